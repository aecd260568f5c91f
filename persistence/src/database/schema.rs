//! The tables, as both databases have them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    unit (code) {
        code -> BigInt,
        name -> Text,
        short_name -> Text,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    organisation (code) {
        code -> Text,
        unit_code -> BigInt,
        kind -> Text,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    grid (code) {
        code -> BigInt,
        unit_code -> BigInt,
        name -> Text,
        shape -> Text,
        synthetic -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    rules (version) {
        version -> BigInt,
        created_at -> SqlTime,
        note -> Text,
        created_by -> Nullable<SqlId>,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    reference_data (version) {
        version -> BigInt,
        imported_at -> SqlTime,
        note -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    account (id) {
        id -> SqlId,
        username -> Text,
        display_name -> Text,
        password_hash -> Text,
        role -> Text,
        organisation -> Text,
        must_change_password -> Bool,
        disabled -> Bool,
        created_at -> SqlTime,
        updated_at -> SqlTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    account_grid (account_id, position) {
        account_id -> SqlId,
        position -> SmallInt,
        grid_code -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    session (id) {
        id -> SqlId,
        account_id -> SqlId,
        device -> Nullable<Text>,
        created_at -> SqlTime,
        expires_at -> SqlTime,
        ended_at -> Nullable<SqlTime>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    refresh_token (hash) {
        hash -> Binary,
        session_id -> SqlId,
        issued_at -> SqlTime,
        rotated_at -> Nullable<SqlTime>,
        successor_salt -> Nullable<Binary>,
        successor_hash -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    incident (id) {
        id -> BigInt,
        uuid -> SqlId,
        query_secret -> Text,
        version -> Integer,
        cell -> Nullable<BigInt>,
        category -> Text,
        severity -> Text,
        state -> Text,
        level -> Text,
        grid_code -> Nullable<BigInt>,
        village_code -> Nullable<BigInt>,
        township_code -> Nullable<BigInt>,
        county_code -> BigInt,
        reporter_id -> SqlId,
        reporter_hidden -> Bool,
        caretaker_id -> Nullable<SqlId>,
        received_at -> SqlTime,
        ended_at -> Nullable<SqlTime>,
        skip_rank -> SmallInt,
        restricted -> Bool,
        outcome -> Nullable<Text>,
        resolved_level -> Nullable<Text>,
        marks -> SmallInt,
        desk -> Text,
        superior -> Nullable<Text>,
        at_desk_since -> Nullable<SqlTime>,
        wakes_at -> Nullable<SqlTime>,
        due_at -> Nullable<SqlTime>,
        snapshot -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    attention (incident_id, kind) {
        incident_id -> BigInt,
        kind -> Text,
        organisation -> Nullable<Text>,
        account_id -> Nullable<SqlId>,
        rank -> Nullable<SmallInt>,
        since -> SqlTime,
        until -> Nullable<SqlTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    report (incident_id) {
        incident_id -> BigInt,
        salt -> Binary,
        content_hash -> Binary,
        title -> Nullable<Text>,
        description -> Text,
        place_text -> Nullable<Text>,
        lon -> Nullable<Double>,
        lat -> Nullable<Double>,
        raw_lon -> Nullable<Double>,
        raw_lat -> Nullable<Double>,
        datum -> Nullable<Text>,
        accuracy_m -> Nullable<Double>,
        captured_at -> Nullable<SqlTime>,
        source -> Nullable<Text>,
        occurred_at -> Nullable<SqlTime>,
        reported_at -> Nullable<SqlTime>,
        sent_at -> Nullable<SqlTime>,
        warnings -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::SqlId;

    external_number (source, number) {
        source -> Text,
        number -> Text,
        incident_uuid -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::SqlId;

    checker (account_id, incident_id) {
        account_id -> SqlId,
        incident_id -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::SqlTime;

    reopening (incident_id, closed_at) {
        incident_id -> BigInt,
        closed_at -> SqlTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    participation (incident_id, role, leg) {
        incident_id -> BigInt,
        role -> Text,
        leg -> Integer,
        organisation -> Text,
        since -> SqlTime,
        is_open -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    linkage (incident_id, number) {
        incident_id -> BigInt,
        number -> Integer,
        kind -> Text,
        at -> SqlTime,
        ended_at -> Nullable<SqlTime>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    worklist_mark (account_id, worklist) {
        account_id -> SqlId,
        worklist -> Text,
        seen_until -> SqlTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    receipt (account_id, key) {
        account_id -> SqlId,
        key -> SqlId,
        request_hash -> Binary,
        answered_at -> SqlTime,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    event (id) {
        id -> BigInt,
        incident_id -> BigInt,
        incident_seq -> Integer,
        at -> SqlTime,
        #[sql_name = "type"]
            kind -> Text,
        schema_version -> Integer,
        actor_id -> SqlId,
        body -> Text,
        words_hash -> Nullable<Binary>,
        prev_hash -> Nullable<Binary>,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    remark (event_id, label) {
        event_id -> BigInt,
        label -> Text,
        audience -> Text,
        salt -> Binary,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    event_waiting (event_id) {
        event_id -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    event_position (position) {
        position -> BigInt,
        event_id -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    feed (epoch) {
        epoch -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    photo (id) {
        id -> SqlId,
        incident_id -> BigInt,
        number -> Integer,
        sha256 -> Binary,
        size_bytes -> Integer,
        media_type -> Text,
        phase -> Text,
        named_by -> SqlId,
        named_at -> SqlTime,
        arrived_at -> Nullable<SqlTime>,
        examine_at -> Nullable<SqlTime>,
        taken_at -> Nullable<SqlTime>,
        distance_m -> Nullable<Double>,
        position_match -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    picture (sha256) {
        sha256 -> Binary,
        object -> SqlId,
        media_type -> Text,
        stored_at -> SqlTime,
        no_preview -> Nullable<Text>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        thumb -> Nullable<SqlId>,
        thumb_bytes -> Nullable<Integer>,
        large -> Nullable<SqlId>,
        large_bytes -> Nullable<Integer>,
        fingerprint -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    picture_quarter (quarter, sha256) {
        quarter -> Integer,
        sha256 -> Binary,
    }
}

diesel::table! {
    use crate::database::db::{SqlId, SqlTime};

    orphan (object) {
        object -> SqlId,
        since -> SqlTime,
    }
}

diesel::table! {
    use crate::database::db::SqlId;

    installation (id) {
        id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    upload (id) {
        id -> SqlId,
        photo_id -> SqlId,
        account_id -> SqlId,
        metadata -> Text,
        received -> Integer,
        expires_at -> SqlTime,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::database::db::{SqlId, SqlTime};

    upload_part (upload_id, position) {
        upload_id -> SqlId,
        position -> Integer,
        size_bytes -> Integer,
        object -> SqlId,
    }
}

diesel::joinable!(session -> account (account_id));
diesel::joinable!(report -> incident (incident_id));
diesel::joinable!(linkage -> incident (incident_id));
diesel::joinable!(photo -> incident (incident_id));
diesel::joinable!(upload -> photo (photo_id));
diesel::joinable!(event_position -> event (event_id));
diesel::joinable!(remark -> event (event_id));
diesel::joinable!(event -> incident (incident_id));
diesel::allow_tables_to_appear_in_same_query!(
    incident,
    report,
    attention,
    participation,
    linkage,
    reopening,
    event,
    remark,
    event_position
);
diesel::allow_tables_to_appear_in_same_query!(account, session);
diesel::allow_tables_to_appear_in_same_query!(incident, photo, upload);
diesel::allow_tables_to_appear_in_same_query!(photo, picture, picture_quarter);
