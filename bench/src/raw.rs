//! Measures rows written without a server: with the same functions of `persistence`, on one connection.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::connection::SimpleConnection as _;
use grassroots_persistence::{
    database::db::Db,
    incident::intake::{NewIncident, insert_all},
};

use crate::{Result, numbers::rate, reports::ReportSource};

/// Reports in one batch.
pub const BATCH: usize = 64;
/// Reports written before the measurement, so that statements are prepared and pages are in memory.
const WARM_UP: usize = 2 * BATCH;

/// Measures reports a second on `db`, with `per_commit` reports in one transaction. The time to create the reports is not
/// counted.
pub fn reports_per_second(
    db: &mut Db,
    source: &mut ReportSource<'_>,
    per_commit: usize,
    time: Duration,
) -> Result<f64> {
    let (mut written, mut busy) = (0, Duration::ZERO);
    let mut warm_up = WARM_UP;
    while busy < time {
        let batch = (0..BATCH).map(|_| source.next()).collect::<Result<Vec<_>>>()?;
        let started = Instant::now();
        batch.chunks(per_commit).try_for_each(|reports| commit(db, reports))?;
        if warm_up > 0 {
            warm_up -= batch.len();
        } else {
            busy += started.elapsed();
            written += batch.len();
        }
    }
    Ok(rate(written, busy))
}

fn commit(db: &mut Db, reports: &[Arc<NewIncident>]) -> Result<()> {
    let begin = match db {
        Db::Sqlite(_) => "BEGIN IMMEDIATE",
        Db::Postgres(_) => "BEGIN",
    };
    db.batch_execute(begin)?;
    insert_all(db, reports)?;
    Ok(db.batch_execute("COMMIT")?)
}
