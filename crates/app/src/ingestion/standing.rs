//! What a transfer is to the store (取込の前の確認): new, broken off, taken before, or out of turn.

use tasuki_core::date::AtMs;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Manifest, Scope};
use tasuki_store::transfer::{self, Transfer, TransferFile, TransferScope, TransferState};
use tasuki_store::{Bulk, Db, StoreError, ingestion};

use super::source::{Plan, PlannedFile};

/// What a transfer is to the store.
pub(super) enum Standing {
    /// It was published with these files.
    Before(Vec<TransferFile>),
    /// It cannot be taken now.
    Refused(OutOfTurn),
    /// It begins.
    New,
    /// It broke off and goes on.
    Broken(Transfer, Vec<TransferFile>),
}

/// Why a transfer cannot be taken now (順番がちがう送信).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfTurn {
    /// A transfer of this number was published with other files.
    Taken,
    /// A later one was published.
    Older,
    /// One before it has not come.
    Gap,
}

/// Where a transfer stands among those of its insurer (送信の順番).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTurn {
    /// It was published with the same files: nothing will change.
    Before,
    /// It begins, or goes on.
    Follows,
    /// It cannot be taken now.
    Out(OutOfTurn),
}

impl Standing {
    pub(super) fn turn(&self) -> InTurn {
        match self {
            Self::Before(_) => InTurn::Before,
            Self::New | Self::Broken(..) => InTurn::Follows,
            Self::Refused(why) => InTurn::Out(*why),
        }
    }
}

/// Why a transfer cannot follow the newest published one; 0 when there is none.
fn out_of_turn(scope: Scope, newest: i64, sequence: i64) -> Option<OutOfTurn> {
    match scope {
        _ if sequence <= newest => Some(OutOfTurn::Older),
        // A full set holds everything: what is missing before it does not matter.
        Scope::Full => None,
        Scope::Diff => (newest + 1 < sequence).then_some(OutOfTurn::Gap),
    }
}

/// The number of the next transfer of an insurer.
pub(super) async fn next(db: &Db, insurer: &InsurerNumber) -> Result<i64, StoreError> {
    let newest = transfer::newest(db, insurer, TransferState::Published).await?;
    Ok(newest.map_or(1, |newest| newest.sequence.saturating_add(1)))
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
                false => Standing::Refused(OutOfTurn::Taken),
            });
        }
        Some(found) if found.state == TransferState::Receiving && unchanged => {
            return Ok(Standing::Broken(found, files));
        }
        _ => {}
    }
    let newest = transfer::newest(db, insurer, TransferState::Published).await?;
    let newest = newest.map_or(0, |transfer| transfer.sequence);
    let out = out_of_turn(manifest.scope, newest, sequence);
    Ok(out.map_or(Standing::New, Standing::Refused))
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
            abandon(db, &left, now).await?;
        }
        // Whoever stood still in a former try of this number holds a smaller version.
        let former = transfer::get(db, insurer, transfer.sequence).await?;
        transfer.version = former.map_or(1, |former| former.version + 1);
        db.store(Bulk::new().with(transfer::begin(&transfer, &files))).await?;
    }
    Ok((transfer, files))
}

/// Removes what a transfer has stored, ends it as failed and tells the insurer.
pub(super) async fn abandon(db: &Db, left: &Transfer, now: AtMs) -> Result<(), StoreError> {
    ingestion::discard(db, left).await?;
    let told = crate::notice::transfer_failed(left, now);
    db.store(Bulk::new().with(transfer::failed(left).and(told))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_follow_without_a_gap_and_a_full_set_after_anything_before_it() {
        let out = |sequence| [Scope::Diff, Scope::Full].map(|it| out_of_turn(it, 4, sequence));
        assert_eq!(out(3), [Some(OutOfTurn::Older); 2]);
        assert_eq!(out(4), [Some(OutOfTurn::Older); 2]);
        assert_eq!(out(5), [None; 2]);
        assert_eq!(out(6), [Some(OutOfTurn::Gap), None]);
        assert_eq!(out_of_turn(Scope::Diff, 0, 1), None);
    }
}
