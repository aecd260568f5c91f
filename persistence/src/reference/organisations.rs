//! Table `organisation`.

use diesel::prelude::*;
use grassroots_domain::organisation::{OrganisationCode, Organisations};

use crate::{
    database::{
        columns::Code,
        db::{Db, on_each},
        error::StoreResult,
        schema::organisation,
    },
    reference::units,
};

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = organisation, treat_none_as_default_value = false)]
struct Row<'a> {
    code: String,
    unit_code: i64,
    kind: &'static str,
    name: &'a str,
}

pub fn all(db: &mut Db) -> StoreResult<Organisations> {
    let rows: Vec<(Code<OrganisationCode>, String)> =
        organisation::table.select((organisation::code, organisation::name)).load(db)?;
    Ok(Organisations::new(rows.into_iter().map(|(code, name)| (code.0, name))))
}

/// Inserts an organisation, or renames the organisation with this code.
pub fn save(db: &mut Db, code: OrganisationCode, name: &str) -> StoreResult<()> {
    let row =
        Row { code: code.to_string(), unit_code: units::to_db(code.unit), kind: code.kind.as_str(), name };
    on_each!(db, conn => diesel::insert_into(organisation::table)
        .values(&row)
        .on_conflict(organisation::code)
        .do_update()
        .set(&row)
        .execute(conn))?;
    Ok(())
}
