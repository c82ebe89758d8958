//! The end of a transfer: what a full set does not name ends, and readers see the new state.

use tasuki_core::event::{Action, Actor, Event, Outcome, Purpose};
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Manifest, RecordKind};
use tasuki_store::ingestion::ending::{self, Page};
use tasuki_store::ingestion::{self, Publication, average, page_end};
use tasuki_store::transfer::{self, SEEN, Transfer};
use tasuki_store::{Bulk, Change, params};

use super::Report;
use super::decide::Decider;
use crate::AppError;

/// Persons that are looked at together.
const PAGE: i64 = 1_000;

/// Ends every record that a full set does not name; answers how many. Kinds that the set does not
/// hold, and kinds of which a line could not be told, are left alone.
pub(super) async fn end_unseen(
    decider: &Decider<'_>,
    manifest: &Manifest,
) -> Result<u64, AppError> {
    if !decider.marks {
        return Ok(0);
    }
    let Transfer { insurer, sequence, .. } = &decider.transfer;
    let db = &decider.app.db;
    let unread = ending::unread_kinds(db, insurer, *sequence).await?;
    let kinds: Vec<RecordKind> = manifest
        .files
        .iter()
        .filter_map(|file| tasuki_formats::municipal::FileName::parse(&file.name).ok())
        .map(|name| name.kind)
        .filter(|kind| !unread.contains(kind.word()))
        .collect();
    let mut ended = 0;
    let mut after = String::new();
    while let Some(until) = page_end(db, insurer, &after, PAGE).await? {
        let page = Page { insurer, sequence: *sequence, after: &after, until: &until };
        ended += end_page(decider, page, &kinds).await?;
        after = until;
    }
    Ok(ended)
}

/// Ends what the set does not name of one page of persons.
async fn end_page(
    decider: &Decider<'_>,
    page: Page<'_>,
    kinds: &[RecordKind],
) -> Result<u64, AppError> {
    let Transfer { insurer, sequence, generation, .. } = &decider.transfer;
    let (db, now) = (&decider.app.db, decider.now);
    let named = ending::Marks::of(db, page).await?;
    let mut change = Change::new();
    let mut marks = Vec::new();
    let mut ended = 0;
    let papers: Vec<&str> =
        kinds.iter().filter_map(|kind| kind.document_kind()).map(Word::word).collect();
    if !papers.is_empty() {
        for (unseen, version) in ending::unseen_papers(db, page, &named, &papers).await? {
            change = change.and(ending::paper(insurer, &unseen, version, *generation, now));
            ended += 1;
        }
    }
    let mut end_later = |found: Vec<ending::Unseen>, kind: &str| {
        for unseen in found {
            marks.push(params![insurer, *sequence, unseen.insured, kind, unseen.series]);
            ended += 1;
        }
    };
    if kinds.contains(&RecordKind::Consent) {
        end_later(ending::unseen_consents(db, page, &named).await?, ending::CONSENT_END);
    }
    if kinds.contains(&RecordKind::OpinionRequest) {
        end_later(ending::unseen_assignments(db, page, &named).await?, ending::ASSIGNMENT_END);
    }
    if kinds.contains(&RecordKind::ServiceUse) {
        end_later(ending::unseen_services(db, page, &named).await?, ending::SERVICE_END);
    }
    if kinds.contains(&RecordKind::InsuredPerson) {
        for unseen in ending::unseen_persons(db, page, &named).await? {
            change = change.and(ending::person(insurer, &unseen.insured, *generation, now));
            ended += 1;
        }
    }
    if 0 < ended {
        let bulk = Bulk::new().with(transfer::held(&decider.transfer)).with(change);
        db.store(bulk.insert(&SEEN, marks)).await?;
    }
    Ok(ended)
}

/// Lets readers see the transfer, with its event, in one commit.
pub(super) async fn publish(
    decider: &Decider<'_>,
    manifest: &Manifest,
    report: &Report,
    former: i64,
    actor: &Actor,
) -> Result<(), AppError> {
    let Transfer { insurer, sequence, generation, .. } = &decider.transfer;
    let (db, now) = (&decider.app.db, decider.now);
    let averages = average::compute(db, insurer, *generation, now.date()).await?;
    let publication =
        Publication { insurer, sequence: *sequence, former, generation: *generation, at: now };
    let total = report.summary();
    let note = format!(
        "{insurer}/{}/{sequence:06} taken {} unchanged {} refused {} ended {}",
        manifest.scope.word(),
        total.taken,
        total.unchanged,
        total.refused,
        report.ended,
    );
    let event = Event {
        at: now,
        actor: actor.clone(),
        person: None,
        action: Action::Ingest,
        purpose: Purpose::InsurerDuty,
        outcome: Outcome::Allowed,
        touched: vec![],
        note: Some(note),
    };
    let change = ingestion::publish(&publication)
        .and(transfer::published(&decider.transfer, now))
        .and(average::replace(insurer, &averages))
        .and(crate::notice::transfer_published(&decider.transfer, total.refused, now))
        .and_event(event);
    db.commit(change).await?;
    // Nobody takes a published transfer over: its marks need no guard.
    ingestion::forget_seen(db, &decider.transfer, |_| Change::new()).await?;
    Ok(())
}
