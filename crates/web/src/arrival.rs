//! Files of municipalities as they arrive (ファイルの到着): of pages and of software alike.

use tasuki_app::AppError;
use tasuki_app::ingestion::spool::{Spool, Upload};
use tasuki_app::ingestion::{self, OutOfTurn};
use tasuki_core::event::Actor;

use crate::problem::Problem;
use crate::server::State;

/// Where files gather.
pub(crate) fn spool(state: &State) -> Result<Spool, Problem> {
    state.spool.clone().ok_or_else(|| {
        Problem::from(AppError::Unavailable("no folder for transfers is set".into()))
    })
}

/// Runs file work where it may wait.
pub(crate) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?
}

/// Takes an upload behind the answer; its result waits in the list of transfers and as a notice.
pub(crate) fn take_behind(state: &State, upload: Upload, actor: Actor) {
    let (app, now) = (state.app.clone(), state.now());
    tokio::spawn(async move {
        if let Err(error) = ingestion::take_upload(app, upload, actor, now).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "an upload was not taken to its end");
        }
    });
}

/// The rule whose text says why a transfer cannot be taken now.
pub(crate) fn rule(why: OutOfTurn) -> &'static str {
    match why {
        OutOfTurn::Taken => "sequence-taken",
        OutOfTurn::Older => "sequence-older",
        OutOfTurn::Gap => "sequence-gap",
    }
}
