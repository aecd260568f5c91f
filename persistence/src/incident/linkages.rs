//! Table `linkage`: the columns of linkages that lists and counts need. The linkages themselves are in `incident.snapshot`.

use diesel::prelude::*;
use grassroots_domain::incident::linkage::{Linkage, LinkageDetails};

use crate::database::{
    db::{Db, DbTime, count_to_db, insert_rows},
    error::StoreResult,
    schema::linkage,
};

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = linkage, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    incident_id: i64,
    number: i32,
    kind: &'static str,
    at: DbTime,
    ended_at: Option<DbTime>,
    outcome: Option<&'static str>,
}

impl Row {
    fn new(incident_id: i64, linkage: &Linkage) -> Self {
        let at = if let LinkageDetails::Hearing { held_at, .. } = linkage.opening {
            held_at
        } else {
            linkage.opened_at
        };
        Self {
            incident_id,
            number: count_to_db(linkage.number),
            kind: linkage.kind().as_str(),
            at: DbTime(at),
            ended_at: linkage.end.map(|end| DbTime(end.at)),
            outcome: linkage.end.map(|end| end.conclusion.as_str()),
        }
    }
}

/// Writes the new and the changed linkages of an incident. Linkages are never removed.
pub(crate) fn save(db: &mut Db, incident: i64, before: &[Linkage], after: &[Linkage]) -> StoreResult<()> {
    for changed in after.iter().zip(before).filter_map(|(after, before)| (after != before).then_some(after)) {
        let existing = linkage::table.find((incident, count_to_db(changed.number)));
        diesel::update(existing).set(Row::new(incident, changed)).execute(db)?;
    }
    let new: Vec<Row> = after.iter().skip(before.len()).map(|new| Row::new(incident, new)).collect();
    Ok(insert_rows!(db, &new, row => diesel::insert_into(linkage::table).values(row))?)
}
