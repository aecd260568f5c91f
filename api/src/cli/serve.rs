//! `serve`: prepares the database, then serves until the process is told to stop.

use grassroots_persistence::database::store::Store;

use crate::{
    application::{Application, asked_to_stop},
    auth::passwords::Passwords,
    cli::{console::Console, database, failure::CliFailure},
    clock::TimeSource,
    config::ServeConfig,
    demo::{self, DatabaseContent},
};
use grassroots_domain::text::localized::localized;

pub(super) async fn run(
    config: ServeConfig,
    clock: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    prepare(&config, clock).await?;
    let failed = |error: &dyn std::fmt::Display| {
        CliFailure::new(localized!("服务无法运行：{error}", "the server cannot run: {error}"))
    };
    let application = Application::build(&config, clock.clone()).await.map_err(|error| failed(&error))?;
    if config.demo {
        let url = format!("http://{}", application.address());
        writeln!(console.out, "{}", demo::banner(&url))?;
    }
    application.run_until(asked_to_stop()).await.map_err(|error| failed(&error))
}

/// Creates the data folder, migrates the database, and loads the demo if `--demo` is given.
///
/// # Errors
/// The database cannot be migrated. With `--demo`: the address can be reached from other machines, or the database
/// contains other data. Without `--demo`: the database contains the demo, whose passwords are public.
pub async fn prepare(config: &ServeConfig, clock: &TimeSource) -> Result<(), CliFailure> {
    let address = config.address();
    if config.demo && !address.ip().is_loopback() {
        return Err(CliFailure::new(localized!(
            "演示账号的密码是公开的，只能监听本机地址；请把 {address} 改为 127.0.0.1",
            "the passwords of the demo are public, so it must listen on this machine only; use 127.0.0.1, not {address}"
        )));
    }
    let store = database::open(&config.data).await?;
    let ready = if config.demo { seed(&store, clock).await } else { refuse_demo(&store).await };
    store.close();
    ready
}

async fn seed(store: &Store, clock: &TimeSource) -> Result<(), CliFailure> {
    if demo::seed(store, &Passwords::new()?, clock.now()).await? {
        tracing::info!("the demo was loaded");
    }
    Ok(())
}

async fn refuse_demo(store: &Store) -> Result<(), CliFailure> {
    if store.read(demo::database_content).await? == DatabaseContent::Demo {
        return Err(CliFailure::new(localized!(
            "这个数据库是演示库，密码是公开的；请加 --demo 启动，或用 --data-dir、--database-url 指定另一个数据库",
            "this database contains the demo, whose passwords are public; start it with --demo, or choose another \
             database with --data-dir or --database-url"
        )));
    }
    Ok(())
}
