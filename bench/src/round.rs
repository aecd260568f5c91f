//! One run on one kind of database. Measurements that are compared take turns, and use new databases.

use std::{path::Path, time::Duration};

use grassroots::demo;

use crate::{
    Result,
    database::{BenchDatabase, DatabaseKind, Template},
    intake::{IntakeTarget, Measured, sign_in},
    options::Options,
    pgbench, raw,
    reports::{Bodies, ReportSource},
    server::BenchServer,
    table::{BenchFigure, Table},
};

/// How long clients send before the measurement, so that connections are open and statements are prepared.
const WARM_UP: Duration = Duration::from_millis(500);
/// Reports prepared for each client and each second of a measurement. If the server is faster, the run fails.
const REPORTS_PER_CLIENT: usize = 10_000;
/// Most reports prepared for each second, with any number of clients.
const REPORTS_AT_MOST: usize = 50_000;

/// The results with one number of clients.
struct Step {
    clients: usize,
    bare: Measured,
    intake: Measured,
}

/// Reports a second that are written without a server.
struct Rows {
    one_per_commit: f64,
    batched: f64,
    /// With one statement a report, for each number of clients; and with one statement a batch.
    pgbench: Option<(Vec<f64>, f64)>,
}

/// Does one run.
pub fn measure(options: &Options, template: &Template, scratch: &Path, table: &mut Table) -> Result<()> {
    let (steps, bytes) = intake(options, template, scratch)?;
    let rows = rows(options, template, scratch)?;
    let kind = template.kind;
    for (index, step) in steps.iter().enumerate() {
        let pgbench = rows.pgbench.as_ref().and_then(|(rates, _)| rates.get(index).copied());
        report(table, kind, step, &rows, pgbench);
    }
    add_rows(table, kind, &rows, options);
    table.add(BenchFigure::new(format!("{kind}: bytes a report in tables and indexes"), bytes));
    Ok(())
}

/// Measures reports over HTTP, and the bytes that a report takes in the database. `grassroots` and the bare server take turns.
fn intake(options: &Options, template: &Template, scratch: &Path) -> Result<(Vec<Step>, f64)> {
    let database = template.copy(scratch)?;
    let empty = database.bytes()?;
    let server = BenchServer::grassroots(&options.server()?, &database)?;
    let token = sign_in(server.address, "worker", demo::PASSWORD)?;
    let (mut bare, mut answered) = (None, 0);
    let mut steps = Vec::new();
    for clients in options.clients.iter().map(|clients| clients.get()) {
        let a_second = (REPORTS_PER_CLIENT * clients).min(REPORTS_AT_MOST);
        let seconds = usize::try_from((options.time() + WARM_UP).as_secs() + 1)?;
        let bodies = Bodies::new(a_second * seconds, &template.snapshot.reference_data.grids)?;
        let target = IntakeTarget::new(server.address, &token, &bodies);
        let answer_bytes = target.probe()?;
        let bare = match &bare {
            Some(bare) => bare,
            None => bare.insert(BenchServer::bare(answer_bytes, &database.folder)?),
        };
        let bare = load(&target.repeating(bare.address), clients, options, || Ok(()))?;
        let intake = load(&target, clients, options, || database.gather_statistics())?;
        answered += target.answered();
        steps.push(Step { clients, bare, intake });
    }
    drop(server);
    let stored = database.count_incidents()?;
    if stored != answered {
        return Err(
            format!("{answered} reports were answered with 201, but {stored} are in the database").into()
        );
    }
    let bytes = i32::try_from(database.bytes()? - empty)?;
    Ok((steps, f64::from(bytes) / f64::from(u32::try_from(answered)?)))
}

fn load(
    target: &IntakeTarget<'_>,
    clients: usize,
    options: &Options,
    after_warm_up: impl FnOnce() -> Result<()>,
) -> Result<Measured> {
    target.load(clients, WARM_UP)?;
    after_warm_up()?;
    target.load(clients, options.time())
}

/// Measures rows without HTTP. Each measurement has a new database.
fn rows(options: &Options, template: &Template, scratch: &Path) -> Result<Rows> {
    let mut source = ReportSource::new(&template.snapshot, &template.worker);
    let mut raw = |per_commit| {
        let database = template.copy(scratch)?;
        let mut db = database.connect()?;
        raw::reports_per_second(&mut db, &mut source, per_commit, options.time())
    };
    let (one_per_commit, batched) = (raw(1)?, raw(raw::BATCH)?);
    let pgbench = match template.kind {
        DatabaseKind::Postgres if pgbench::program().is_some() => {
            Some(by_pgbench(options, &mut source, &template.copy(scratch)?)?)
        }
        DatabaseKind::Postgres => {
            eprintln!("pgbench was not found; the table will not have its rows");
            None
        }
        DatabaseKind::Sqlite => None,
    };
    Ok(Rows { one_per_commit, batched, pgbench })
}

fn by_pgbench(
    options: &Options,
    source: &mut ReportSource<'_>,
    database: &BenchDatabase,
) -> Result<(Vec<f64>, f64)> {
    let batch = u32::try_from(raw::BATCH)?;
    pgbench::write_scripts(database, source, &[1, batch])?;
    let single = |clients: &std::num::NonZeroUsize| {
        pgbench::reports_per_second(database, 1, clients.get(), options.time())
    };
    let singles = options.clients.iter().map(single).collect::<Result<_>>()?;
    Ok((singles, pgbench::reports_per_second(database, batch, 1, options.time())?))
}

/// The best possible rate, if the machine handles the request and then writes the rows.
fn limit(bare: f64, rows: f64) -> f64 {
    1.0 / (1.0 / bare + 1.0 / rows)
}

/// The targets: the ratio to the limit, and the ratio to raw rows.
const fn targets(kind: DatabaseKind, clients: usize) -> [&'static str; 2] {
    match (kind, clients) {
        (DatabaseKind::Sqlite, 64) => [" (target ≥ 0.40)", " (target ≥ 1.5)"],
        (DatabaseKind::Postgres, 64) => [" (target ≥ 0.40)", ""],
        (DatabaseKind::Sqlite | DatabaseKind::Postgres, _) => ["", ""],
    }
}

fn report(table: &mut Table, kind: DatabaseKind, step: &Step, rows: &Rows, pgbench: Option<f64>) {
    let Step { clients, bare, intake } = step;
    let of = plural(*clients);
    let [of_limit, of_raw] = targets(kind, *clients);
    table.add(
        BenchFigure::new(format!("{kind}: bare actix-web POST, {of}"), bare.per_second)
            .latency(bare.latency_ms),
    );
    let mut figure = BenchFigure::new(format!("{kind}: **reports over HTTP, {of}**"), intake.per_second)
        .latency(intake.latency_ms)
        .ratio(
            limit(bare.per_second, rows.batched),
            format!("of 1 / (1 / bare + 1 / raw by {}){of_limit}", raw::BATCH),
        );
    if let Some((_, batched)) = rows.pgbench {
        let what = format!("of 1 / (1 / bare + 1 / pgbench by {}){of_limit}", raw::BATCH);
        figure = figure.ratio(limit(bare.per_second, batched), what);
    }
    figure = figure.ratio(rows.one_per_commit, format!("× raw, one commit a report{of_raw}"));
    if let Some(pgbench) = pgbench {
        figure = figure.ratio(pgbench, format!("× pgbench, one statement a report, {of}"));
    }
    table.add(figure);
}

fn add_rows(table: &mut Table, kind: DatabaseKind, rows: &Rows, options: &Options) {
    let raw = format!("{kind}: raw, one connection");
    table.add(BenchFigure::new(format!("{raw}, one commit a report"), rows.one_per_commit));
    table.add(
        BenchFigure::new(format!("{raw}, one commit for {}", raw::BATCH), rows.batched)
            .ratio(rows.one_per_commit, "× raw, one commit a report"),
    );
    let Some((singles, batched)) = &rows.pgbench else { return };
    for (clients, rate) in options.clients.iter().zip(singles) {
        let of = plural(clients.get());
        table.add(BenchFigure::new(format!("{kind}: pgbench, one statement a report, {of}"), *rate));
    }
    let name = format!("{kind}: pgbench, one statement for {}, 1 client", raw::BATCH);
    table.add(
        BenchFigure::new(name, *batched).ratio(rows.batched, format!("× raw, one commit for {}", raw::BATCH)),
    );
}

fn plural(clients: usize) -> String {
    if clients == 1 { "1 client".to_owned() } else { format!("{clients} clients") }
}
