//! The tables, as both databases have them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    unit (code) {
        code -> BigInt,
        name -> Text,
        short_name -> Text,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    organisation (code) {
        code -> Text,
        unit_code -> BigInt,
        kind -> Text,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

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
    use crate::db::{Id, Moment};

    rules (version) {
        version -> BigInt,
        created_at -> Moment,
        note -> Text,
        created_by -> Nullable<Id>,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    ground (version) {
        version -> BigInt,
        imported_at -> Moment,
        note -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    account (id) {
        id -> Id,
        username -> Text,
        display_name -> Text,
        password_hash -> Text,
        role -> Text,
        organisation -> Text,
        must_change_password -> Bool,
        disabled -> Bool,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    account_grid (account_id, position) {
        account_id -> Id,
        position -> SmallInt,
        grid_code -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    session (id) {
        id -> Id,
        account_id -> Id,
        device -> Nullable<Text>,
        created_at -> Moment,
        expires_at -> Moment,
        ended_at -> Nullable<Moment>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    refresh_token (hash) {
        hash -> Binary,
        session_id -> Id,
        issued_at -> Moment,
        rotated_at -> Nullable<Moment>,
        successor_salt -> Nullable<Binary>,
        successor_hash -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    incident (id) {
        id -> BigInt,
        uuid -> Id,
        query_secret -> Text,
        cell -> Nullable<BigInt>,
        version -> Integer,
        category -> Text,
        severity -> Text,
        state -> Text,
        level -> Text,
        grid_code -> Nullable<BigInt>,
        village_code -> Nullable<BigInt>,
        township_code -> Nullable<BigInt>,
        county_code -> BigInt,
        city_code -> BigInt,
        reporter_id -> Id,
        received_at -> Moment,
        last_event_at -> Moment,
        first_desk -> Text,
        first_accepted_by -> Nullable<Text>,
        skip_rank -> SmallInt,
        restricted -> Bool,
        reporter_hidden -> Bool,
        county_first -> Bool,
        on_spot -> Bool,
        self_verified -> Bool,
        reopened -> Integer,
        returned -> Integer,
        escalated -> Integer,
        outcome -> Nullable<Text>,
        resolved_level -> Nullable<Text>,
        in_place -> Bool,
        ended_at -> Nullable<Moment>,
        rules_version -> BigInt,
        total -> Text,
        proceedings -> Nullable<Text>,
        desk -> Text,
        superior -> Nullable<Text>,
        at_desk_since -> Nullable<Moment>,
        sent_back -> Bool,
        wakes_at -> Nullable<Moment>,
        supervision -> Nullable<Text>,
        supervised_by -> Nullable<Text>,
        supervised_since -> Nullable<Moment>,
        alarmed_by -> Nullable<Text>,
        alarmed_since -> Nullable<Moment>,
        awaits_decision -> Bool,
        asked_since -> Nullable<Moment>,
        asked_by_id -> Nullable<Id>,
        asked_by_rank -> Nullable<SmallInt>,
        disputed_since -> Nullable<Moment>,
        awaited_from_id -> Nullable<Id>,
        awaited_since -> Nullable<Moment>,
        awaited_until -> Nullable<Moment>,
        checker_id -> Nullable<Id>,
        caretaker_id -> Nullable<Id>,
        holder -> Nullable<Text>,
        due_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

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
        captured_at -> Nullable<Moment>,
        source -> Nullable<Text>,
        occurred_at -> Nullable<Moment>,
        reported_at -> Nullable<Moment>,
        sent_at -> Nullable<Moment>,
        warnings -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    custody_leg (incident_id, number) {
        incident_id -> BigInt,
        number -> Integer,
        desk -> Text,
        level -> Text,
        opened_at -> Moment,
        opened_seq -> Integer,
        superior -> Nullable<Text>,
        on_lapse -> Text,
        clocks -> Text,
        accepted_at -> Nullable<Moment>,
        ended_at -> Nullable<Moment>,
        ended_seq -> Nullable<Integer>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    handling_leg (incident_id, number) {
        incident_id -> BigInt,
        number -> Integer,
        custody -> Integer,
        organisation -> Text,
        role -> Text,
        opened_at -> Moment,
        opened_seq -> Integer,
        clocks -> Text,
        acknowledged_at -> Nullable<Moment>,
        arrived_at -> Nullable<Moment>,
        extended -> Integer,
        granted -> Integer,
        ended_at -> Nullable<Moment>,
        ended_seq -> Nullable<Integer>,
        outcome -> Nullable<Text>,
        result -> Nullable<Text>,
        submitted_by -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    linkage (incident_id, number) {
        incident_id -> BigInt,
        number -> Integer,
        kind -> Text,
        at -> Moment,
        ended_at -> Nullable<Moment>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    queue_mark (account_id, queue) {
        account_id -> Id,
        queue -> Text,
        seen_until -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    receipt (account_id, key) {
        account_id -> Id,
        key -> Id,
        request_hash -> Binary,
        answered_at -> Moment,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    event (id) {
        id -> BigInt,
        incident_id -> BigInt,
        incident_seq -> Integer,
        at -> Moment,
        #[sql_name = "type"]
            kind -> Text,
        schema_version -> Integer,
        actor_id -> Id,
        body -> Text,
        words_hash -> Nullable<Binary>,
        prev_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

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
    use crate::db::{Id, Moment};

    event_waiting (event_id) {
        event_id -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    event_position (position) {
        position -> BigInt,
        event_id -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    feed (epoch) {
        epoch -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    photo (id) {
        id -> Id,
        incident_id -> BigInt,
        number -> Integer,
        sha256 -> Binary,
        size_bytes -> Integer,
        media_type -> Text,
        phase -> Text,
        named_by -> Id,
        named_at -> Moment,
        arrived_at -> Nullable<Moment>,
        examine_at -> Nullable<Moment>,
        taken_at -> Nullable<Moment>,
        distance_m -> Nullable<Double>,
        lie -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    picture (sha256) {
        sha256 -> Binary,
        object -> Id,
        media_type -> Text,
        stored_at -> Moment,
        no_preview -> Nullable<Text>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        thumb -> Nullable<Id>,
        thumb_bytes -> Nullable<Integer>,
        large -> Nullable<Id>,
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
    use crate::db::{Id, Moment};

    orphan (object) {
        object -> Id,
        since -> Moment,
    }
}

diesel::table! {
    use crate::db::Id;

    installation (id) {
        id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    upload (id) {
        id -> Id,
        photo_id -> Id,
        account_id -> Id,
        metadata -> Text,
        received -> Integer,
        expires_at -> Moment,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::{Id, Moment};

    upload_part (upload_id, position) {
        upload_id -> Id,
        position -> Integer,
        size_bytes -> Integer,
        object -> Id,
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
    custody_leg,
    handling_leg,
    linkage,
    event,
    remark,
    event_position
);
diesel::allow_tables_to_appear_in_same_query!(account, session);
diesel::allow_tables_to_appear_in_same_query!(incident, photo, upload);
diesel::allow_tables_to_appear_in_same_query!(photo, picture, picture_quarter);
