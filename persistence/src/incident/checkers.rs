//! Table `checker`: the grid workers who have to check the result of an incident, or did. They see what becomes of it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use grassroots_domain::{ids::AccountId, incident::Incident};

use crate::database::{
    db::{Db, DbId, insert_rows},
    error::StoreResult,
    schema::checker,
};

#[derive(Insertable)]
#[diesel(table_name = checker)]
struct Row {
    account_id: DbId,
    incident_id: i64,
}

/// Writes what a decision changed from `before` to `after`.
pub(crate) fn save(db: &mut Db, incident: i64, before: &Incident, after: &Incident) -> StoreResult<()> {
    let checkers = |incident: &Incident| incident.checkers().collect::<BTreeSet<AccountId>>();
    let new = checkers(after);
    if checkers(before) == new {
        return Ok(());
    }
    diesel::delete(checker::table.filter(checker::incident_id.eq(incident))).execute(db)?;
    let rows: Vec<Row> =
        new.into_iter().map(|account| Row { account_id: account.into(), incident_id: incident }).collect();
    Ok(insert_rows!(db, &rows, row => diesel::insert_into(checker::table).values(row))?)
}
