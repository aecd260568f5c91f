//! `serve`: makes everything ready, then serves until stopped.

use grassroots_persistence::database::store::Store;

use crate::{
    application::{Application, asked_to_stop},
    auth::passwords::Passwords,
    cli::{console::Console, database, failure::CliFailure},
    clock::TimeSource,
    config::ServeConfig,
    demo::{self, Holding},
    localization::localized,
};

/// Serves until the process is told to stop.
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

/// Makes the data folder, migrates the database and fills it with the demo if that is asked for.
///
/// # Errors
/// When the database cannot be made ready, when the demo would be reachable from other machines, when it would be mixed
/// with other data, or when its well-known passwords would be served as if they were secret.
pub async fn prepare(config: &ServeConfig, clock: &TimeSource) -> Result<(), CliFailure> {
    let address = config.address();
    if config.demo && !address.ip().is_loopback() {
        return Err(CliFailure::new(localized!(
            "演示账号的密码是公开的，只能监听本机地址；请把 {address} 改为 127.0.0.1",
            "everybody knows the passwords of the demo, so it serves this machine only; listen on 127.0.0.1, not on \
             {address}"
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
    if store.read(demo::holding).await? == Holding::Demo {
        return Err(CliFailure::new(localized!(
            "这个数据库是演示库，密码是公开的；请加 --demo 启动，或用 --data-dir、--database-url 指定另一个数据库",
            "this database holds the demo, whose passwords everybody knows; start it with --demo, or name another \
             database with --data-dir or --database-url"
        )));
    }
    Ok(())
}
