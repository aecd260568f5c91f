//! One run on one database: what is compared is measured in turn, on fresh databases.

use std::{path::Path, time::Duration};

use grassroots::demo;

use crate::{
    Result,
    database::{BenchDatabase, DatabaseKind, Template},
    intake::{IntakeTarget, Seen, sign_in},
    options::Options,
    pgbench, raw,
    reports::{Bodies, ReportSource},
    server::BenchServer,
    table::{BenchFigure, Table},
};

/// Sent before the clock starts: connections open, statements are prepared.
const WARM_UP: Duration = Duration::from_millis(500);
/// Reports made beforehand for each second and client, and for each second at most; a server that is faster than that
/// ends the run with an error.
const REPORTS_PER_CLIENT: usize = 10_000;
const REPORTS_AT_MOST: usize = 50_000;

/// What one number of clients saw.
struct Step {
    clients: usize,
    bare: Seen,
    intake: Seen,
}

/// Reports a second without a server.
struct Rows {
    one_per_commit: f64,
    batched: f64,
    /// One statement a report, by number of clients; and one statement a batch.
    pgbench: Option<(Vec<f64>, f64)>,
}

/// Measures everything once.
pub fn measure(options: &Options, template: &Template, scratch: &Path, table: &mut Table) -> Result<()> {
    let steps = intake(options, template, scratch)?;
    let rows = rows(options, template, scratch)?;
    let kind = template.kind;
    for (index, step) in steps.iter().enumerate() {
        let pgbench = rows.pgbench.as_ref().and_then(|(rates, _)| rates.get(index).copied());
        report(table, kind, step, &rows, pgbench);
    }
    add_rows(table, kind, &rows, options);
    Ok(())
}

/// Reports over HTTP, in turn with the bare server.
fn intake(options: &Options, template: &Template, scratch: &Path) -> Result<Vec<Step>> {
    let database = template.copy(scratch)?;
    let server = BenchServer::grassroots(&options.server()?, &database)?;
    let token = sign_in(server.address, "worker", demo::PASSWORD)?;
    let (mut bare, mut answered) = (None, 0);
    let mut steps = Vec::new();
    for clients in options.clients.iter().map(|clients| clients.get()) {
        let a_second = (REPORTS_PER_CLIENT * clients).min(REPORTS_AT_MOST);
        let seconds = usize::try_from((options.time() + WARM_UP).as_secs() + 1)?;
        let bodies = Bodies::new(a_second * seconds, &template.snapshot.ground.grids)?;
        let target = IntakeTarget::new(server.address, &token, &bodies);
        let answer_bytes = target.probe()?;
        let bare = match &bare {
            Some(bare) => bare,
            None => bare.insert(BenchServer::bare(answer_bytes, &database.folder)?),
        };
        let bare = load(&target.again(bare.address), clients, options, || Ok(()))?;
        let intake = load(&target, clients, options, || database.gather_statistics())?;
        answered += target.answered();
        steps.push(Step { clients, bare, intake });
    }
    drop(server);
    let stored = database.incidents()?;
    if stored != answered {
        return Err(format!("{answered} reports were answered 201, {stored} are in the database").into());
    }
    Ok(steps)
}

fn load(
    target: &IntakeTarget<'_>,
    clients: usize,
    options: &Options,
    once_warm: impl FnOnce() -> Result<()>,
) -> Result<Seen> {
    target.load(clients, WARM_UP)?;
    once_warm()?;
    target.load(clients, options.time())
}

/// Rows without HTTP, each kind in a database of its own.
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
            eprintln!("pgbench was not found: its rows are left out");
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

/// What could be reached at best if the same machine had to do both, one after the other.
fn limit(bare: f64, rows: f64) -> f64 {
    1.0 / (1.0 / bare + 1.0 / rows)
}

/// What must be reached: of the limit, and of raw rows.
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
