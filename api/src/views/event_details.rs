//! The facts of an event as JSON, with names of organisations and units, and with deadlines in China time.

use grassroots_domain::{
    account::Role,
    events::EventBody,
    geography::place::Place,
    incident::{
        case::{Arrival, Work},
        requests::{Correction, RequestedChange},
    },
    organisation::OrganisationCode,
    time::clock::{Clock, Moved},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    json::{deadline::DeadlineView, organisation::organisation, time::local},
    views::{linkage, reader::Reader},
};

/// The facts of an event, such as reason, outcome, method, receiving organisation and deadlines.
#[must_use]
pub fn facts(body: &EventBody, reader: &Reader) -> Value {
    let names = Names(reader);
    match body {
        EventBody::Reported(event) => json!({
            "category": event.routing.category, "severity": event.routing.severity,
            "desk": names.organisation(event.to.desk), "rule": event.routing.rule,
        }),
        EventBody::Accepted(event) => json!({
            "dispatch_due": names.due(event.dispatch), "late": event.late.map(|late| names.arrival(&late)),
        }),
        EventBody::Declined(event) => json!({ "reason": event.reason }),
        EventBody::InfoRequested(event) => json!({ "due": names.due(event.due) }),
        EventBody::Supplemented(event) => {
            json!({ "moved": names.moved(&event.moved), "by_itself": event.by_itself })
        }
        EventBody::Dispatched(event) => json!({
            "to": names.organisation(event.lead.organisation), "handle_due": names.due(event.lead.clocks.handle),
            "assist": names.works(&event.assist), "duty": event.outside,
        }),
        EventBody::Redispatched(event) => json!({
            "to": names.organisation(event.lead.organisation), "handle_due": names.due(event.lead.clocks.handle),
            "duty": event.outside,
        }),
        EventBody::Withdrawn(event) => json!({
            "to": event.back_to.as_ref().map(|back| names.organisation(back.arrival.desk)),
            "dispatch_due": event.dispatch.map(|due| names.due(due)),
        }),
        EventBody::Escalated(event) => {
            let facts = with(names.arrival(&event.to), "reason", &event.reason);
            with(facts, "skipped", &names.organisations(&event.skipped))
        }
        EventBody::AutoEscalated(event) => names.arrival(&event.to),
        EventBody::HandedDown(event) => names.arrival(&event.to),
        EventBody::Transferred(event) => with(names.arrival(&event.to), "reason", &event.reason),
        EventBody::TakenOver(event) => json!({
            "to": names.organisation(event.by.desk), "dispatch_due": names.due(event.dispatch),
        }),
        EventBody::Referred(event) => json!({ "authority": event.to }),
        EventBody::Corrected(event) => {
            let facts = with(names.correction(&event.correction), "moved", &names.moved(&event.moved));
            with(facts, "to", &event.to.map(|to| names.organisation(to.desk)))
        }
        EventBody::Merged(event) => json!({ "into": event.into }),
        EventBody::Absorbed(event) => json!({ "incident": event.incident }),
        EventBody::Released(event) => json!({ "incident": event.incident }),
        EventBody::Voided(event) => json!({ "unanswered": event.unanswered }),
        EventBody::Acknowledged(event) => json!({ "by_itself": event.by_itself }),
        EventBody::Returned(event) => {
            json!({ "reason": event.reason, "dispatch_due": names.due(event.dispatch) })
        }
        EventBody::Disputed(event) => json!({ "reason": event.reason }),
        EventBody::Arbitrated(event) => json!({
            "to": names.organisation(event.lead.organisation), "handle_due": names.due(event.lead.clocks.handle),
        }),
        EventBody::CalledIn(event) => {
            json!({ "assist": names.works(&event.assist), "urgent": event.urgent })
        }
        EventBody::Answered(event) => json!({
            "organisation": names.organisation(event.organisation), "answer": event.assistance,
        }),
        EventBody::Requested(event) => with(names.asked(&event.asked), "reason", &event.reason),
        EventBody::Approved(event) => json!({ "request": event.request }),
        EventBody::Rejected(event) => json!({ "request": event.request }),
        EventBody::Extended(event) => json!({
            "units": event.units, "handle_due": names.due(event.handle), "ceiling_due": names.due(event.ceiling),
        }),
        EventBody::Suspended(event) => json!({ "until": names.due(event.until) }),
        EventBody::Resumed(event) => {
            json!({ "moved": names.moved(&event.moved), "by_itself": event.by_itself })
        }
        EventBody::ResultSubmitted(event) => json!({
            "outcome": event.outcome, "method": event.method, "verify_due": names.due(event.verify),
            "photos": event.photos.len(),
        }),
        EventBody::CheckRequested(event) => json!({ "due": names.due(event.due) }),
        EventBody::CheckReported(event) => json!({ "settled": event.settled }),
        EventBody::Reworked(event) => json!({ "handle_due": names.due(event.lead.clocks.handle) }),
        EventBody::Closed(event) => json!({
            "outcome": event.outcome, "resolved_level": event.resolved_level,
            "self_verified": event.self_verified, "verified_by_colleague": event.verified_by_colleague,
            "forced": event.forced,
        }),
        EventBody::FollowedUp(event) => json!({
            "channel": event.channel, "settled": event.settled, "satisfaction": event.satisfaction,
        }),
        EventBody::Reopened(event) => json!({ "dispatch_due": names.due(event.dispatch) }),
        EventBody::Reminded(event) => json!({ "to": names.organisation(event.to) }),
        EventBody::Supervised(event) => json!({
            "level": event.level, "by": names.organisation(event.by), "reply_due": local(event.reply_due),
        }),
        EventBody::Alarmed(event) => json!({
            "level": event.level, "by": names.organisation(event.by), "over": Clock::as_str(event.over),
        }),
        EventBody::HandedOver(event) => {
            // Only staff who handle incidents and the auditor may know the new reporter.
            let to = Some(event.to).filter(|_| reader.actor.role != Role::GridWorker);
            json!({ "report": event.report, "check": event.check, "to": to })
        }
        EventBody::Rescheduled(event) => json!({ "moved": names.moved(&event.moved) }),
        EventBody::Linked(event) => {
            let facts = with(linkage::facts(&event.opening), "linkage", &event.number);
            let facts = with(facts, "kind", &event.opening.kind());
            with(facts, "due", &event.due.map(|due| names.due(due)))
        }
        EventBody::Recorded(event) => json!({
            "linkage": event.number, "step": event.step, "happened_at": local(event.happened_at),
            "external_no": event.external_no, "due": event.due.map(|due| names.due(due)),
        }),
        EventBody::Concluded(event) => {
            json!({
                "linkage": event.number, "outcome": event.conclusion, "ended_at": local(event.ended_at),
                "until": event.until,
            })
        }
        EventBody::Involved(event) => {
            json!({ "capacity": event.capacity, "by": names.organisation(event.by) })
        }
        EventBody::PhotosAdded(event) => json!({ "photos": event.photos.len() }),
        EventBody::Commented(event) => json!({ "audience": event.audience }),
        EventBody::Objected(event) => json!({ "due": names.due(event.due) }),
        EventBody::ResolvedOnSpot(_)
        | EventBody::ReportWithdrawn(_)
        | EventBody::Unmerged(_)
        | EventBody::Arrived(_)
        | EventBody::Replied(_)
        | EventBody::Lifted(_) => json!({}),
    }
}

/// Adds one fact to `facts`.
fn with(mut facts: Value, name: &str, value: &impl Serialize) -> Value {
    if let Value::Object(map) = &mut facts {
        map.insert(name.to_owned(), json!(value));
    }
    facts
}

/// Finds the names of the codes in an event.
struct Names<'a>(&'a Reader);

impl Names<'_> {
    fn organisation(&self, code: OrganisationCode) -> Value {
        json!(organisation(code, &self.0.snapshot.reference_data))
    }

    fn organisations(&self, codes: &[OrganisationCode]) -> Vec<Value> {
        codes.iter().map(|code| self.organisation(*code)).collect()
    }

    fn due(&self, deadline: grassroots_domain::time::clock::Deadline) -> Value {
        json!(DeadlineView::new(deadline, self.0.now))
    }

    fn arrival(&self, arrival: &Arrival) -> Value {
        json!({
            "to": self.organisation(arrival.desk), "accept_due": self.due(arrival.accept),
            "ceiling_due": self.due(arrival.ceiling),
        })
    }

    fn works(&self, works: &[Work]) -> Vec<Value> {
        works
            .iter()
            .map(|work| {
                json!({
                    "organisation": self.organisation(work.organisation),
                    "answer_due": work.clocks.receipt.map(|due| self.due(due)),
                    "handle_due": self.due(work.clocks.handle),
                })
            })
            .collect()
    }

    fn moved(&self, moved: &[Moved]) -> Value {
        let each = moved.iter().map(|moved| {
            json!({ "clock": moved.clock.as_str(), "old": local(moved.old), "new": self.due(moved.new) })
        });
        each.collect::<Vec<_>>().into()
    }

    fn place(&self, place: &Place) -> Value {
        let unit = place.village.or(place.township).unwrap_or(place.county);
        json!({ "grid": place.grid, "unit": unit, "name": self.0.snapshot.reference_data.units.full_name(unit) })
    }

    fn correction(&self, correction: &Correction) -> Value {
        json!({
            "category": correction.category, "severity": correction.severity,
            "place": self.place(&correction.place),
        })
    }

    fn asked(&self, asked: &RequestedChange) -> Value {
        let facts = match asked {
            RequestedChange::Extend { units } => json!({ "units": units }),
            RequestedChange::Suspend { days } => json!({ "days": days }),
            RequestedChange::Correct(correction) => self.correction(correction),
            RequestedChange::ForceClose => json!({}),
        };
        with(facts, "request", &asked.kind())
    }
}
