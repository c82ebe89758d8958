//! A transfer on its way (取込の進み): begun, advanced file by file, taken over, ended.

use tasuki_core::date::AtMs;
use tasuki_core::word::Word;

use super::{Transfer, TransferFile};
use crate::{Change, params};

/// Begins a transfer; a failed one of the same number is begun anew, with a greater version.
/// Duplicate when another process has begun it meanwhile.
pub fn begin(transfer: &Transfer, files: &[TransferFile]) -> Change {
    let Transfer { insurer, sequence, .. } = transfer;
    let mut change = forget(transfer).with(
        "INSERT INTO transfer (insurer_number, sequence, scope, state, generation,
                started_at_ms, version)
         VALUES ($1, $2, $3, 'receiving', $4, $5, $6)",
        params![
            insurer,
            *sequence,
            transfer.scope.word(),
            transfer.generation,
            transfer.started_at,
            transfer.version,
        ],
    );
    for file in files {
        change = change.with(
            "INSERT INTO transfer_file (insurer_number, sequence, name, kind, sha256, lines_done,
                    taken, unchanged, refused, complete, version)
             VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 1)",
            params![insurer, *sequence, &*file.name, &*file.kind, &*file.sha256],
        );
    }
    change
}

/// Removes what is known of the failed try before this one, and of no other.
fn forget(transfer: &Transfer) -> Change {
    let failed = || params![&transfer.insurer, transfer.sequence, transfer.version];
    Change::new()
        .with(
            "DELETE FROM transfer_finding
              WHERE insurer_number = $1 AND sequence = $2
                AND EXISTS (SELECT 1 FROM transfer t
                             WHERE t.insurer_number = $1 AND t.sequence = $2
                               AND t.state = 'failed' AND t.version < $3)",
            failed(),
        )
        .with(
            "DELETE FROM transfer_file
              WHERE insurer_number = $1 AND sequence = $2
                AND EXISTS (SELECT 1 FROM transfer t
                             WHERE t.insurer_number = $1 AND t.sequence = $2
                               AND t.state = 'failed' AND t.version < $3)",
            failed(),
        )
        .with(
            "DELETE FROM transfer
              WHERE insurer_number = $1 AND sequence = $2 AND state = 'failed' AND version < $3",
            failed(),
        )
}

/// Takes over a transfer that broke off; whoever held it before is stopped by [`held`].
pub fn take_over(transfer: &Transfer) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version],
    )
}

/// Guards a bulk: stale when another process has taken the transfer over.
pub fn held(transfer: &Transfer) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET version = version
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version],
    )
}

/// Saves how far a file has been taken.
pub fn advance(transfer: &Transfer, file: &TransferFile) -> Change {
    Change::new().with_one(
        "UPDATE transfer_file
            SET lines_done = $4, taken = $5, unchanged = $6, refused = $7, complete = $8,
                version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND name = $3",
        params![
            &transfer.insurer,
            transfer.sequence,
            &*file.name,
            file.lines_done,
            file.taken,
            file.unchanged,
            file.refused,
            file.complete,
        ],
    )
}

/// Ends a transfer as published.
pub fn published(transfer: &Transfer, at: AtMs) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET state = 'published', published_at_ms = $4, version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version, at],
    )
}

/// Ends a transfer as failed.
pub fn failed(transfer: &Transfer) -> Change {
    Change::new().with_one(
        "UPDATE transfer
            SET state = 'failed', version = version + 1
          WHERE insurer_number = $1 AND sequence = $2 AND version = $3 AND state = 'receiving'",
        params![&transfer.insurer, transfer.sequence, transfer.version],
    )
}
