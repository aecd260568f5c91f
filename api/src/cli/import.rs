//! `import`: reads a file and writes it to the database.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use grassroots_persistence::database::store::Store;

use crate::{
    app::snapshot::Snapshots,
    auth::passwords::Passwords,
    cli::{console::Console, database, failure::CliFailure},
    clock::TimeSource,
    config::DataConfig,
    import::{accounts, calendar, categories, divisions, grids},
    secret::Secret,
};
use grassroots_domain::text::localized::localized;

/// Largest file. The grids of a province are much smaller.
const MAX_FILE_BYTES: u64 = 512 * 1024 * 1024;

#[derive(Subcommand, Debug)]
pub(super) enum ImportCommand {
    /// Units (行政区划). CSV: code,name,short_name,level,parent_code,kind.
    ///
    /// code and parent_code have 12 digits; level is city, county, township or village; kind is a word such as town.
    /// Every unit gets a desk, townships and counties also every department, villages a mediation committee.
    Divisions(ImportArgs),

    /// Grids (网格). GeoJSON FeatureCollection of polygons, WGS-84 or CGCS2000.
    ///
    /// Properties: code (15 digits, or the 12 of a village that is one grid), name, and synthetic (true for a made-up
    /// shape). Import the divisions first.
    Grids(ImportArgs),

    /// Categories (事件类别). CSV: code,zh,en,first_level,severity,limit,unit,lead,assist,flags.
    ///
    /// The file replaces all categories, in a new version of the rules. Values of unit: wh working hours, wd working days,
    /// ch continuous hours, cm continuous minutes, cd calendar days. assist and flags are separated by `;`. Categories
    /// that describe people are refused.
    Categories(ImportArgs),

    /// Holidays and make-up workdays (节假日与调休). CSV: date,kind,name.
    ///
    /// kind is holiday or makeup_workday. The file replaces all days of the years in it, in a new version of the rules.
    /// Other years do not change.
    Calendar(ImportArgs),

    /// Accounts (账号). CSV: username,display_name,role,organisation,grids and optionally initial_password.
    ///
    /// grids are separated by `;`. Missing passwords are generated and printed once, as CSV on standard output. All
    /// passwords must be changed at the first sign-in. Of existing accounts the name, role, organisation and grids
    /// change, never the password.
    Accounts(ImportArgs),
}

#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// The file, in UTF-8. - means standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    data: DataConfig,
}

/// Imports a file, and writes the counts.
pub(super) async fn run(
    command: ImportCommand,
    clock: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    let (ImportCommand::Divisions(args)
    | ImportCommand::Grids(args)
    | ImportCommand::Categories(args)
    | ImportCommand::Calendar(args)
    | ImportCommand::Accounts(args)) = &command;
    let bytes = read(&args.file).map_err(|error| {
        let file = args.file.display();
        CliFailure::new(localized!("无法读取 {file}：{error}", "cannot read {file}: {error}"))
    })?;
    let store = database::open(&args.data).await?;
    let result = import(&command, &bytes, &store, clock, console).await;
    store.close();
    result
}

async fn import(
    command: &ImportCommand,
    bytes: &[u8],
    store: &Store,
    clock: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    let now = clock.now();
    let summary = match command {
        ImportCommand::Divisions(_) => {
            let parsed = divisions::parse(bytes, &database::units(store).await?)?;
            store.write(move |db| divisions::apply(db, &parsed, now)).await?
        }
        ImportCommand::Grids(_) => {
            let parsed = grids::parse(bytes, &database::units(store).await?)?;
            store.write(move |db| grids::apply(db, &parsed, now)).await?
        }
        ImportCommand::Categories(_) => {
            let parsed = categories::parse(bytes)?;
            store.write(move |db| categories::apply(db, &parsed, now)).await?
        }
        ImportCommand::Calendar(_) => {
            let parsed = calendar::parse(bytes)?;
            store.write(move |db| calendar::apply(db, &parsed, now)).await?
        }
        ImportCommand::Accounts(_) => return import_accounts(bytes, store, clock, console).await,
    };
    Ok(write!(console.out, "{summary}")?)
}

/// Writes the generated passwords to standard output, so that they can be sent to a file, and the counts to standard
/// error.
async fn import_accounts(
    bytes: &[u8],
    store: &Store,
    clock: &TimeSource,
    console: &mut Console<'_>,
) -> Result<(), CliFailure> {
    let snapshot = Snapshots::load(store).await?.current();
    let parsed = accounts::parse(bytes, &snapshot.reference_data)?;
    let ready = accounts::prepare(parsed, store, &Passwords::new()?).await?;
    let now = clock.now();
    let imported = store.write(move |db| accounts::apply(db, &ready, now)).await?;
    if !imported.one_time_passwords.is_empty() {
        let passwords = imported.one_time_passwords.iter();
        write_passwords(console, passwords.map(|(username, password)| (username.as_str(), password)))?;
    }
    Ok(write!(console.err, "{}", imported.summary)?)
}

/// Writes one-time passwords as CSV.
pub(super) fn write_passwords<'a>(
    console: &mut Console<'_>,
    passwords: impl Iterator<Item = (&'a str, &'a Secret)>,
) -> Result<(), CliFailure> {
    let mut csv = csv::Writer::from_writer(&mut *console.out);
    csv.write_record(["username", "initial_password"])?;
    for (username, password) in passwords {
        csv.write_record([username, password.expose()])?;
    }
    Ok(csv.flush()?)
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let source: Box<dyn io::Read> =
        if file == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(file)?) };
    let mut bytes = Vec::new();
    source.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() > usize::try_from(MAX_FILE_BYTES).unwrap_or(usize::MAX) {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {MAX_FILE_BYTES} bytes")));
    }
    Ok(bytes)
}
