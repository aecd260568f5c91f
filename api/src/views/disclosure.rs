//! Which events of an incident a reader sees, and which remarks of those events.

use std::collections::BTreeMap;

use grassroots_domain::{
    events::{EventBody, reporting::Commented},
    incident::remark::{Audience, Label},
    reading::visibility::{Visibility, is_sent_to_look, reads_confidential},
};
use grassroots_persistence::incident::events::StoredEvent;

use crate::{app::incidents::History, views::reader::Reader};

/// Whether the reader sees the event. A former holder sees the events up to the end of its own leg, and how the
/// incident was closed. The reporter sees no internal comments, linkages or participants.
pub(super) fn shows(visibility: Visibility, stored: &StoredEvent) -> bool {
    let body = &stored.event.body;
    match visibility {
        Visibility::None => false,
        Visibility::Summary | Visibility::Full => true,
        Visibility::Own => {
            let internal =
                matches!(body, EventBody::Commented(Commented { audience: Audience::Internal, .. }));
            !internal && body.linkage().is_none() && !matches!(body, EventBody::Involved(_))
        }
        Visibility::Former { until } => {
            stored.event.seq <= until || matches!(body, EventBody::Closed(_) | EventBody::Reopened(_))
        }
    }
}

fn reads(history: &History, audience: Audience, stored: &StoredEvent, reader: &Reader) -> bool {
    let of_office = match history.found.visibility {
        Visibility::None | Visibility::Summary => false,
        Visibility::Own if is_sent_to_look(reader.actor.account, &history.found.stored.case) => {
            // A protected reporter writes to the desk, not to a neighbour who looked at the site.
            let incident = history.found.stored.case.incident();
            let is_kept_from_them = incident.reporter_hidden
                && !incident.is_of(reader.actor.account)
                && stored.event.body.is_by_reporter();
            return matches!(audience, Audience::Reporter | Audience::Checker) && !is_kept_from_them;
        }
        Visibility::Own => return audience == Audience::Reporter,
        Visibility::Former { until } => stored.event.seq <= until,
        Visibility::Full => true,
    };
    let case = &history.found.stored.case;
    let kept_close = audience == Audience::Confidential;
    of_office && (!kept_close || reads_confidential(&reader.actor, case, &stored.event.body))
}

/// The remarks of an event that the reader may read.
pub(super) fn words_of(history: &History, stored: &StoredEvent, reader: &Reader) -> BTreeMap<Label, String> {
    let of_event = history.remarks.iter().filter(|remark| remark.event == stored.key);
    let readable = of_event.filter(|remark| reads(history, remark.audience, stored, reader));
    readable.map(|remark| (remark.label, remark.text.clone())).collect()
}
