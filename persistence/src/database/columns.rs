//! Columns that hold a value of the domain: its code, JSON, MessagePack, or a digest.

use std::{fmt, str::FromStr};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Binary, Text},
    sqlite::Sqlite,
};
use grassroots_domain::{hash::Hash, text::invalid_value::InvalidValue};
use serde::{Serialize, de::DeserializeOwned};

use crate::database::db::{MultiBackend, on_both};

/// A value that is stored as its code, such as `pending_acceptance` or `411224107-desk`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Code<T>(pub T);

/// A value that is stored as JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T>(pub T);

macro_rules! stored_as_text {
    ($column:ident: $writable:path, $write:expr, $readable:path, $read:expr) => {
        impl<T: $writable + fmt::Debug> ToSql<Text, Pg> for $column<T> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                std::io::Write::write_all(out, $write(&self.0)?.as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl<T: $writable + fmt::Debug> ToSql<Text, Sqlite> for $column<T> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value($write(&self.0)?);
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

        on_both!([T: $writable] $column<T>, Text);
    };
}

stored_as_text!(Code: fmt::Display, write_code, FromStr<Err = InvalidValue>, read_code);
stored_as_text!(Json: Serialize, serde_json::to_string, DeserializeOwned, read_json);

fn write_code(value: &impl fmt::Display) -> Result<String, std::convert::Infallible> {
    Ok(value.to_string())
}

fn read_code<T: FromStr<Err = InvalidValue>>(text: &str) -> deserialize::Result<Code<T>> {
    Ok(Code(text.parse()?))
}

fn read_json<T: DeserializeOwned>(text: &str) -> deserialize::Result<Json<T>> {
    Ok(Json(serde_json::from_str(text)?))
}

/// A value that is stored as MessagePack with the names of its fields, which is a third shorter than JSON and quicker to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct Packed<T>(pub T);

/// A SHA-256 digest, stored as 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct DbHash(pub Hash);

macro_rules! stored_as_bytes {
    ([$($parameter:ident: $writable:path, $readable:path)?] $column:ty, $write:expr, $read:expr) => {
        impl$(<$parameter: $writable + fmt::Debug>)? ToSql<Binary, Pg> for $column {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                std::io::Write::write_all(out, &$write(&self.0)?[..])?;
                Ok(IsNull::No)
            }
        }

        impl$(<$parameter: $writable + fmt::Debug>)? ToSql<Binary, Sqlite> for $column {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value($write(&self.0)?);
                Ok(IsNull::No)
            }
        }

        impl$(<$parameter: $readable>)? FromSql<Binary, Pg> for $column {
            fn from_sql(value: <Pg as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self($read(value.as_bytes())?))
            }
        }

        impl$(<$parameter: $readable>)? FromSql<Binary, Sqlite> for $column {
            fn from_sql(
                value: <Sqlite as diesel::backend::Backend>::RawValue<'_>,
            ) -> deserialize::Result<Self> {
                let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                Ok(Self($read(&bytes)?))
            }
        }

        on_both!([$($parameter: $writable)?] $column, Binary);
    };
}

stored_as_bytes!([T: Serialize, DeserializeOwned] Packed<T>, rmp_serde::to_vec_named, rmp_serde::from_slice);
stored_as_bytes!([] DbHash, write_hash, read_hash);

fn write_hash(hash: &Hash) -> Result<&[u8], std::convert::Infallible> {
    Ok(&hash.0)
}

fn read_hash(bytes: &[u8]) -> Result<Hash, std::array::TryFromSliceError> {
    bytes.try_into().map(Hash)
}
