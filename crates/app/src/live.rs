//! Settings that change while the platform runs (実行中に変わる設定).

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::Settings;

/// The settings in force, shared by all clones; reading them needs no lock.
///
/// An operator changes settings a few times in the life of a process. Each change is appended,
/// and older ones stay, so that a reference that somebody holds stays good.
#[derive(Debug, Clone)]
pub struct Live(Arc<Version>);

#[derive(Debug)]
struct Version {
    settings: Settings,
    next: OnceLock<Box<Version>>,
}

impl Live {
    /// Settings that were just loaded.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Version { settings, next: OnceLock::new() }))
    }

    /// Puts `settings` in force for every clone; settings that are in force already are left.
    pub fn replace(&self, settings: Settings) {
        let mut settings = settings;
        loop {
            let last = self.last();
            if last.settings == settings {
                return;
            }
            match last.next.set(Box::new(Version { settings, next: OnceLock::new() })) {
                Ok(()) => return,
                // Somebody else was faster: theirs comes before ours.
                Err(back) => settings = back.settings,
            }
        }
    }

    fn last(&self) -> &Version {
        let mut version: &Version = &self.0;
        while let Some(next) = version.next.get() {
            version = next;
        }
        version
    }
}

impl Deref for Live {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.last().settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clone_sees_the_newest_settings() {
        let live = Live::new(Settings::default());
        let other = live.clone();
        live.replace(Settings { renewal_days: 45, ..Settings::default() });
        live.replace(Settings { renewal_days: 30, ..Settings::default() });
        assert_eq!(other.renewal_days, 30);
    }
}
