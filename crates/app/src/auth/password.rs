//! Hashing of passwords (パスワードの照合): argon2id, two at a time, off the event loop.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::AppError;
use crate::secret::Secret;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// 19 MiB and two passes.
    ///
    /// Source: OWASP Password Storage Cheat Sheet, minimum for argon2id.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// Hashes and checks passwords; clones share one limit.
#[derive(Debug, Clone)]
pub struct Passwords {
    cost: Cost,
    running: Arc<Semaphore>,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    /// Not this password, or nobody to compare with.
    Wrong,
    /// The password.
    Right,
    /// The password, but its hash is cheaper than today's cost: hash it again.
    RightButCheap,
}

/// Hashes that run at once: each takes megabytes and a core.
const AT_ONCE: usize = 2;

impl Passwords {
    /// Hashes at this cost.
    pub fn new(cost: Cost) -> Self {
        Self { cost, running: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The hash of a password, as a PHC string.
    ///
    /// # Errors
    ///
    /// [`AppError::Internal`] when the hash cannot be made.
    pub async fn hash(&self, password: &Secret) -> Result<Zeroizing<String>, AppError> {
        let cost = self.cost;
        self.run(password, move |password| {
            let hash = argon2(cost)?.hash_password(password)?;
            Ok(Zeroizing::new(hash.to_string()))
        })
        .await
    }

    /// Compares a password with a hash; without one it does the same work and says wrong.
    pub(crate) async fn check(
        &self,
        password: &Secret,
        hash: Option<&str>,
    ) -> Result<Checked, AppError> {
        let cost = self.cost;
        let hash = hash.map(|hash| Zeroizing::new(hash.to_owned()));
        self.run(password, move |password| {
            let Some(hash) = hash else {
                argon2(cost)?.hash_password(password)?;
                return Ok(Checked::Wrong);
            };
            let parsed = PasswordHash::new(&hash)?;
            if argon2(cost)?.verify_password(password, &parsed).is_err() {
                return Ok(Checked::Wrong);
            }
            let params = Params::try_from(&parsed)?;
            let cheap = params.m_cost() < cost.memory_kib || params.t_cost() < cost.passes;
            Ok(if cheap { Checked::RightButCheap } else { Checked::Right })
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        password: &Secret,
        work: impl FnOnce(&[u8]) -> Result<T, argon2::password_hash::Error> + Send + 'static,
    ) -> Result<T, AppError> {
        let permit = self.running.clone().acquire_owned().await.map_err(AppError::internal)?;
        let password = password.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(password.expose().as_bytes())
        });
        done.await.map_err(AppError::internal)?.map_err(AppError::internal)
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(Cost::default())
    }
}

fn argon2(cost: Cost) -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None)
        .map_err(|_| argon2::password_hash::Error::ParamsInvalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

    #[tokio::test]
    async fn only_the_password_is_right() {
        let passwords = Passwords::new(CHEAP);
        let (right, wrong) = (Secret::new("たすき-1234567"), Secret::new("たすき-1234568"));
        let hash = passwords.hash(&right).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_ne!(hash, passwords.hash(&right).await.unwrap());
        assert_eq!(passwords.check(&right, Some(&hash)).await.unwrap(), Checked::Right);
        assert_eq!(passwords.check(&wrong, Some(&hash)).await.unwrap(), Checked::Wrong);
        assert_eq!(passwords.check(&right, None).await.unwrap(), Checked::Wrong);
    }

    #[tokio::test]
    async fn a_hash_below_the_present_cost_is_recognised() {
        let password = Secret::new("たすき-1234567");
        let hash = Passwords::new(CHEAP).hash(&password).await.unwrap();
        for dearer in [Cost { memory_kib: 128, passes: 1 }, Cost { memory_kib: 64, passes: 2 }] {
            let found = Passwords::new(dearer).check(&password, Some(&hash)).await.unwrap();
            assert_eq!(found, Checked::RightButCheap);
        }
    }
}
