//! Work that gives way (取込の優先順位): a thread whose processor time the system takes back as soon
//! as somebody who waits for an answer needs it.

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::AppError;

/// How far a thread stands back, from 0 to 19. A waiting request gets about ten times as much.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Runs `work` in such a thread; what it spawns as threads stands back as well.
pub(super) async fn run<T: Send + 'static>(
    work: impl FnOnce(&Handle) -> T + Send + 'static,
) -> Result<T, AppError> {
    let (send, done) = oneshot::channel();
    let runtime = Handle::current();
    let stand_back_and_work = move || {
        stand_back();
        // Whoever asked may have gone; the work is done all the same.
        let _ = send.send(work(&runtime));
    };
    std::thread::Builder::new()
        .name("tasuki-ingest".to_owned())
        .spawn(stand_back_and_work)
        .map_err(|error| AppError::Unavailable(error.into()))?;
    done.await.map_err(AppError::internal)
}

/// On Linux a thread has a place of its own in the queue for the processor; elsewhere only the
/// whole process has one.
fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, "taking files could not be given a lower priority");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_runs_aside_and_its_threads_stand_back_and_nothing_else() {
        let place = || rustix::process::getpriority_process(None).unwrap();
        let before = place();
        let own = run(move |_| (place(), std::thread::spawn(place).join().unwrap())).await;
        assert_eq!(own.unwrap(), (NICE, NICE));
        assert_eq!(place(), before);
    }
}
