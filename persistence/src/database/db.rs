//! The connection type [`Db`] for both databases, and the conversion of ids, times and counts.
//!
//! Each database has native types: `uuid` and `timestamptz` on PostgreSQL, 16 bytes and milliseconds on SQLite. Times are whole
//! milliseconds on both.

use chrono::{DateTime, Utc};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgConnection},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, HasSqlType, SqlType, Timestamptz},
    sqlite::{Sqlite, SqliteConnection},
};
use grassroots_domain::{
    ids::{AccountId, IncidentId},
    time::{Instant, truncate},
};
use uuid::Uuid;

use crate::database::error::{StoreError, StoreResult};

pub use connection::{Db, MultiBackend};

mod connection {
    use super::{PgConnection, SqliteConnection};

    /// A connection to SQLite or PostgreSQL.
    #[derive(diesel::MultiConnection)]
    pub enum Db {
        Postgres(PgConnection),
        Sqlite(SqliteConnection),
    }
}

/// Lets a type that is written to and read from both databases be used in queries for either.
macro_rules! on_both {
    ([$($parameter:ident: $bound:path)?] $type:ty, $sql:ident) => {
        impl$(<$parameter: $bound + std::fmt::Debug + Send + Sync + 'static>)? ToSql<$sql, MultiBackend> for $type
        where
            Self: ToSql<$sql, Pg> + ToSql<$sql, Sqlite>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }

        impl$(<$parameter>)? FromSql<$sql, MultiBackend> for $type
        where
            Self: FromSql<$sql, Pg> + FromSql<$sql, Sqlite>,
        {
            fn from_sql(
                value: <MultiBackend as diesel::backend::Backend>::RawValue<'_>,
            ) -> deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }
    };
}
pub(crate) use on_both;

/// Compiles a query for each database, for queries that diesel cannot express for both.
macro_rules! on_each {
    ($db:expr, $conn:ident => $query:expr) => {
        match $db {
            $crate::database::db::Db::Postgres($conn) => $query,
            $crate::database::db::Db::Sqlite($conn) => $query,
        }
    };
}
pub(crate) use on_each;

/// Inserts rows. PostgreSQL gets one statement, because each statement costs a round trip. SQLite gets one statement a row,
/// because a short prepared statement is faster than a long one that is prepared each time.
macro_rules! insert_rows {
    ($db:expr, $rows:expr, $row:ident => $insert:expr) => {{
        let rows = $rows;
        match &mut *$db {
            $crate::database::db::Db::Postgres(conn) if rows.len() > 1 => {
                let $row = rows;
                $insert.execute(conn).map(drop)
            }
            db => rows.iter().try_for_each(|$row| $crate::database::db::on_each!(db, conn => $insert.execute(conn)).map(drop)),
        }
    }};
}
pub(crate) use insert_rows;

/// Inserts rows like [`insert_rows`], and returns the `RETURNING` columns of those that were inserted.
macro_rules! insert_rows_returning {
    ($db:expr, $rows:expr, $row:ident => $insert:expr) => {{
        let rows = $rows;
        match &mut *$db {
            $crate::database::db::Db::Postgres(conn) if rows.len() > 1 => {
                let $row = rows;
                $insert.get_results(conn)
            }
            db => rows
                .iter()
                .filter_map(|$row| {
                    $crate::database::db::on_each!(db, conn => $insert.get_result(conn).optional()).transpose()
                })
                .collect(),
        }
    }};
}
pub(crate) use insert_rows_returning;

pub(crate) fn size_to_db(size: u32) -> StoreResult<i32> {
    i32::try_from(size).map_err(|error| StoreError::decode("size", size, error))
}

pub(crate) fn size_from_db(column: &'static str, size: i32) -> StoreResult<u32> {
    u32::try_from(size).map_err(|error| StoreError::decode(column, size, error))
}

pub(crate) fn count_to_db(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

pub(crate) fn count_from_db(column: &'static str, count: i32) -> StoreResult<u32> {
    u32::try_from(count).map_err(|error| StoreError::decode(column, count, error))
}

/// SQL type of ids: `uuid` on PostgreSQL, 16 bytes on SQLite.
#[derive(SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(name = "uuid"), sqlite_type(name = "Binary"))]
pub struct SqlId;

/// SQL type of times: `timestamptz` on PostgreSQL, milliseconds since 1970 on SQLite.
#[derive(SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
pub struct SqlTime;

#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlId)]
pub struct DbId(pub Uuid);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlTime)]
pub struct DbTime(pub Instant);

impl From<AccountId> for DbId {
    fn from(id: AccountId) -> Self {
        Self(id.0)
    }
}

impl From<IncidentId> for DbId {
    fn from(id: IncidentId) -> Self {
        Self(id.0)
    }
}

impl HasSqlType<SqlId> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<SqlId>(lookup)
    }
}

impl HasSqlType<SqlTime> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<SqlTime>(lookup)
    }
}

impl ToSql<SqlId, Pg> for DbId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<SqlId, Sqlite> for DbId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<SqlId, Pg> for DbId {
    fn from_sql(value: <Pg as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl FromSql<SqlId, Sqlite> for DbId {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(&<Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?)?))
    }
}

on_both!([] DbId, SqlId);

impl ToSql<SqlTime, Pg> for DbTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <DateTime<Utc> as ToSql<Timestamptz, Pg>>::to_sql(&truncate(self.0), &mut out.reborrow())
    }
}

impl ToSql<SqlTime, Sqlite> for DbTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_millis());
        Ok(IsNull::No)
    }
}

impl FromSql<SqlTime, Pg> for DbTime {
    fn from_sql(value: <Pg as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(value).map(Self)
    }
}

impl FromSql<SqlTime, Sqlite> for DbTime {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let milliseconds = <i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?;
        DateTime::from_timestamp_millis(milliseconds).map(Self).ok_or_else(|| "time out of range".into())
    }
}

on_both!([] DbTime, SqlTime);
