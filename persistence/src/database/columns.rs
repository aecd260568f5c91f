//! Columns that hold a value of the domain as text: its code, or JSON.

use std::{fmt, str::FromStr};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Binary, Text},
    sqlite::Sqlite,
};
use grassroots_domain::hash::Hash;
use serde::{Serialize, de::DeserializeOwned};

use crate::database::db::MultiBackend;

/// A value that is stored as its code, such as `pending_acceptance` or `411224107-desk`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Code<T>(pub T);

/// A value that is stored as JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T>(pub T);

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// The text of a value in its column.
trait Stored {
    fn text(&self) -> Result<String, BoxedError>;
}

impl<T: fmt::Display> Stored for Code<T> {
    fn text(&self) -> Result<String, BoxedError> {
        Ok(self.0.to_string())
    }
}

impl<T: Serialize> Stored for Json<T> {
    fn text(&self) -> Result<String, BoxedError> {
        Ok(serde_json::to_string(&self.0)?)
    }
}

macro_rules! stored_as_text {
    ($column:ident: $writable:path, $readable:path, $read:expr) => {
        impl<T: $writable + fmt::Debug> ToSql<Text, Pg> for $column<T> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                std::io::Write::write_all(out, self.text()?.as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl<T: $writable + fmt::Debug> ToSql<Text, Sqlite> for $column<T> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.text()?);
                Ok(IsNull::No)
            }
        }

        impl<T: $writable + fmt::Debug + Send + Sync + 'static> ToSql<Text, MultiBackend> for $column<T> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((Text, self));
                Ok(IsNull::No)
            }
        }

        impl<T: $readable> FromSql<Text, Pg> for $column<T> {
            fn from_sql(value: <Pg as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                $read(std::str::from_utf8(value.as_bytes())?)
            }
        }

        impl<T: $readable> FromSql<Text, Sqlite> for $column<T> {
            fn from_sql(
                value: <Sqlite as diesel::backend::Backend>::RawValue<'_>,
            ) -> deserialize::Result<Self> {
                $read(&<String as FromSql<Text, Sqlite>>::from_sql(value)?)
            }
        }

        impl<T: $readable> FromSql<Text, MultiBackend> for $column<T> {
            fn from_sql(
                value: <MultiBackend as diesel::backend::Backend>::RawValue<'_>,
            ) -> deserialize::Result<Self> {
                value.from_sql::<Self, Text>()
            }
        }
    };
}

/// Values that can be read from their code.
trait Coded: FromStr<Err: fmt::Display> {}

impl<T: FromStr<Err: fmt::Display>> Coded for T {}

stored_as_text!(Code: fmt::Display, Coded, read_code);
stored_as_text!(Json: Serialize, DeserializeOwned, read_json);

fn read_code<T: Coded>(text: &str) -> deserialize::Result<Code<T>> {
    text.parse().map(Code).map_err(|error| format!("{error}").into())
}

fn read_json<T: DeserializeOwned>(text: &str) -> deserialize::Result<Json<T>> {
    Ok(Json(serde_json::from_str(text)?))
}

/// A SHA-256 digest, stored as 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct DbHash(pub Hash);

impl ToSql<Binary, Pg> for DbHash {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &self.0.0)?;
        Ok(IsNull::No)
    }
}

impl ToSql<Binary, Sqlite> for DbHash {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.0.as_slice());
        Ok(IsNull::No)
    }
}

impl ToSql<Binary, MultiBackend> for DbHash {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Binary, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Pg> for DbHash {
    fn from_sql(value: <Pg as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Hash(value.as_bytes().try_into()?)))
    }
}

impl FromSql<Binary, Sqlite> for DbHash {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(Hash(bytes.as_slice().try_into()?)))
    }
}

impl FromSql<Binary, MultiBackend> for DbHash {
    fn from_sql(
        value: <MultiBackend as diesel::backend::Backend>::RawValue<'_>,
    ) -> deserialize::Result<Self> {
        value.from_sql::<Self, Binary>()
    }
}
