//! What a transfer is to the store (取込の前の確認): new, broken off, taken before, or out of turn.

use tasuki_core::date::AtMs;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Manifest, Rule, Scope};
use tasuki_store::transfer::{self, Transfer, TransferFile, TransferScope, TransferState};
use tasuki_store::{Bulk, Db, StoreError, ingestion};

use super::source::{Plan, PlannedFile};

/// What a transfer is to the store.
pub(super) enum Standing {
    /// It was published with these files.
    Before(Vec<TransferFile>),
    /// It cannot be taken now.
    Refused(Rule),
    /// It begins.
    New,
    /// It broke off and goes on.
    Broken(Transfer, Vec<TransferFile>),
}

/// What this transfer is to the store.
pub(super) async fn standing(db: &Db, manifest: &Manifest) -> Result<Standing, StoreError> {
    let (insurer, sequence) = (&manifest.insurer, i64::from(manifest.sequence));
    let same = transfer::get(db, insurer, sequence).await?;
    let files = transfer::files(db, insurer, sequence).await?;
    let unchanged = files.len() == manifest.files.len()
        && manifest.files.iter().all(|file| {
            files.iter().any(|known| known.name == file.name && known.sha256 == file.sha256)
        });
    match same {
        Some(found) if found.state == TransferState::Published => {
            return Ok(match unchanged {
                true => Standing::Before(files),
                false => Standing::Refused(Rule::SequenceGap),
            });
        }
        Some(found) if found.state == TransferState::Receiving && unchanged => {
            return Ok(Standing::Broken(found, files));
        }
        _ => {}
    }
    let newest = transfer::newest(db, insurer, TransferState::Published).await?;
    let newest = newest.map_or(0, |transfer| transfer.sequence);
    let follows = match manifest.scope {
        // A full set holds everything: what is missing before it does not matter.
        Scope::Full => newest < sequence,
        Scope::Diff => newest.checked_add(1) == Some(sequence),
    };
    Ok(if follows { Standing::New } else { Standing::Refused(Rule::SequenceGap) })
}

/// Takes over a transfer that broke off. Whoever held it may have stored more until now, and will
/// store nothing more.
pub(super) async fn go_on(
    db: &Db,
    mut transfer: Transfer,
) -> Result<(Transfer, Vec<TransferFile>), StoreError> {
    db.store(Bulk::new().with(transfer::take_over(&transfer))).await?;
    transfer.version += 1;
    let files = transfer::files(db, &transfer.insurer, transfer.sequence).await?;
    Ok((transfer, files))
}

/// Gives up what another transfer of the insurer has left, and begins this one.
pub(super) async fn begin(
    db: &Db,
    plan: &Plan,
    published: i64,
    dry_run: bool,
    now: AtMs,
) -> Result<(Transfer, Vec<TransferFile>), StoreError> {
    let Manifest { insurer, sequence, scope, .. } = &plan.manifest;
    let mut transfer = Transfer {
        insurer: insurer.clone(),
        sequence: i64::from(*sequence),
        scope: TransferScope::from_word(scope.word()).unwrap_or(TransferScope::Diff),
        state: TransferState::Receiving,
        generation: published + 1,
        started_at: now,
        published_at: None,
        version: 1,
    };
    let file = |planned: &PlannedFile| TransferFile {
        name: planned.name.to_string(),
        kind: planned.name.kind.word().to_owned(),
        sha256: planned.announced.sha256.clone(),
        lines_done: 0,
        taken: 0,
        unchanged: 0,
        refused: 0,
        complete: false,
    };
    let files: Vec<TransferFile> = plan.files.iter().map(file).collect();
    if !dry_run {
        while let Some(mut left) = transfer::newest(db, insurer, TransferState::Receiving).await? {
            db.store(Bulk::new().with(transfer::take_over(&left))).await?;
            left.version += 1;
            abandon(db, &left).await?;
        }
        // Whoever stood still in a former try of this number holds a smaller version.
        let former = transfer::get(db, insurer, transfer.sequence).await?;
        transfer.version = former.map_or(1, |former| former.version + 1);
        db.store(Bulk::new().with(transfer::begin(&transfer, &files))).await?;
    }
    Ok((transfer, files))
}

/// Removes what a transfer has stored and ends it as failed.
pub(super) async fn abandon(db: &Db, left: &Transfer) -> Result<(), StoreError> {
    ingestion::discard(db, left).await?;
    db.store(Bulk::new().with(transfer::failed(left))).await
}
