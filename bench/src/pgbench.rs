//! Measures `pgbench`, which inserts the same rows in one statement, without `grassroots`.

use std::{path::PathBuf, process::Command, time::Duration};

use diesel::{
    QueryableByName, RunQueryDsl as _,
    sql_types::{BigInt, Nullable, Text},
};
use grassroots_persistence::{database::db::Db, incident::intake::insert_all};

use crate::{Result, database::BenchDatabase, reports::ReportSource};

/// Largest number of threads of `pgbench`.
const THREADS: usize = 2;

/// Selects the columns of one row, with their values as text.
const COLUMNS: &str = "SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, j.value \
     FROM TABLE t CROSS JOIN LATERAL jsonb_each_text(to_jsonb(t)) j \
     JOIN pg_attribute a ON a.attrelid = 'TABLE'::regclass AND a.attname = j.key \
     WHERE t.KEY = $1 ORDER BY a.attnum";

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text, column_name = "type")]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

/// Measures reports a second. Each statement is one transaction and inserts `per_statement` reports.
pub fn reports_per_second(
    database: &BenchDatabase,
    per_statement: u32,
    clients: usize,
    time: Duration,
) -> Result<f64> {
    let output = Command::new(program().ok_or("pgbench is missing")?)
        .args(["-n", "-M", "prepared", "-f"])
        .arg(database.folder.join(file_name(per_statement)))
        .args(["-c", &clients.to_string(), "-j", &clients.min(THREADS).to_string()])
        .args(["-T", &time.as_secs().to_string()])
        .arg(&database.url)
        .output()?;
    let output_text = String::from_utf8_lossy(&output.stdout);
    let tps = parse_tps(&output_text)
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("pgbench failed: {}{output_text}", String::from_utf8_lossy(&output.stderr)))?;
    Ok(tps * f64::from(per_statement))
}

/// The path of `pgbench`, in its newest version. Debian does not put it into PATH; each version has its own folder.
pub fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().rev().map(|folder| folder.join("pgbench")).find(|file| file.is_file())
}

/// Writes the scripts. They insert the rows of one report of `source` many times, each time with new ids.
pub fn write_scripts(database: &BenchDatabase, source: &mut ReportSource<'_>, sizes: &[u32]) -> Result<()> {
    let mut db = database.connect()?;
    let key = insert_all(&mut db, &[source.next()?])?
        .into_iter()
        .next()
        .flatten()
        .ok_or("the id of the report exists already")?;
    for size in sizes {
        std::fs::write(database.folder.join(file_name(*size)), statement(&mut db, key, *size)?)?;
    }
    Ok(())
}

fn file_name(per_statement: u32) -> String {
    format!("insert-{per_statement}.sql")
}

/// A statement that inserts the rows of the incident `key` `count` times.
fn statement(db: &mut Db, key: i64, count: u32) -> Result<String> {
    let incident = insert(db, ("incident", "id"), key, &[("id", None), ("uuid", Some("gen_random_uuid()"))])?;
    let report = insert(db, ("report", "incident_id"), key, &[("incident_id", Some("i.id"))])?;
    let own = [("id", None), ("incident_id", Some("i.id"))];
    let event = insert(db, ("event", "incident_id"), key, &own)?;
    Ok(format!(
        "WITH i AS ({incident} FROM generate_series(1, {count}) RETURNING id),\n\
         r AS ({report} FROM i),\n\
         e AS ({event} FROM i RETURNING id)\n\
         INSERT INTO event_waiting (event_id) SELECT id FROM e;\n"
    ))
}

/// `INSERT INTO table (…) SELECT …` with the values of the row whose `key` column is `value`. A column in `own` is left
/// out, or gets the expression given there.
fn insert(
    db: &mut Db,
    (table, key): (&str, &str),
    value: i64,
    own: &[(&str, Option<&str>)],
) -> Result<String> {
    let Db::Postgres(connection) = db else { return Err("pgbench is for PostgreSQL".into()) };
    let columns: Vec<Column> = diesel::sql_query(COLUMNS.replace("TABLE", table).replace("KEY", key))
        .bind::<BigInt, _>(value)
        .load(connection)?;
    if columns.is_empty() {
        return Err(format!("{table} has no row {value}").into());
    }
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for Column { name, kind, value } in &columns {
        let literal = match own.iter().find(|(own, _)| own == name) {
            None => format!("CAST({} AS {kind})", literal(value.as_deref())),
            Some((_, None)) => continue,
            Some((_, Some(source))) => (*source).to_owned(),
        };
        names.push(name.as_str());
        values.push(literal);
    }
    Ok(format!("INSERT INTO {table} ({}) SELECT {}", names.join(", "), values.join(", ")))
}

/// A literal without colons. `pgbench` takes the word after a colon for one of its variables, even in a text.
fn literal(value: Option<&str>) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    let escaped = value.replace('\\', r"\\").replace('\'', "''").replace(':', r"\x3A").replace('\n', r"\n");
    format!("E'{escaped}'")
}

fn parse_tps(output: &str) -> Option<f64> {
    output.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_have_no_colon_and_the_same_value() {
        assert_eq!(literal(None), "NULL");
        assert_eq!(literal(Some(r#"{"a":false}"#)), r#"E'{"a"\x3Afalse}'"#);
        assert_eq!(literal(Some(r"\x00'")), r"E'\\x00'''");
    }

    #[test]
    fn tps_is_parsed_from_the_output_of_pgbench() {
        let output = "latency average = 0.1 ms\ntps = 8123.456 (without initial connection time)\n";
        assert_eq!(parse_tps(output), Some(8123.456));
        assert_eq!(parse_tps("tps?"), None);
    }
}
