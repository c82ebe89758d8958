//! Events of signing in (サインインの記録).

use tasuki_core::account::{JobType, Organisation};
use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};

/// An event about nobody's papers.
pub(crate) fn event(
    actor: Actor,
    action: Action,
    outcome: Outcome,
    note: impl Into<String>,
    now: AtMs,
) -> Event {
    Event {
        at: now,
        actor,
        person: None,
        action,
        purpose: Purpose::Operation,
        outcome,
        touched: Vec::new(),
        note: Some(note.into()),
    }
}

/// A member of staff who is signing in.
pub(crate) fn staff(
    organisation: &Organisation,
    account: &str,
    job: JobType,
    device: &str,
) -> Actor {
    Actor::Staff {
        organisation: organisation.clone(),
        account: account.to_owned(),
        job,
        device: device.to_owned(),
    }
}

/// A sign-in that failed: by a known member, or by nobody known on a device.
///
/// The note is a word and, for an unknown login, the device; never what was typed.
pub(crate) fn failed(actor: Option<Actor>, device: &str, why: &str, now: AtMs) -> Event {
    let unknown = actor.is_none();
    let actor = actor.unwrap_or_else(|| Actor::System { part: "sign-in".to_owned() });
    let note = if unknown { format!("{why} device={device}") } else { why.to_owned() };
    event(actor, Action::SignIn, Outcome::Failed, note, now)
}
