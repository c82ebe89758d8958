//! The neighbouring systems (連携先) that use cases call.

use std::sync::Arc;

use tasuki_gateway::identity::IdentityClient;
use tasuki_gateway::online_eligibility::OnlineEligibility;
use tasuki_gateway::{GatewayError, Refusal};

use crate::AppError;

/// Clients of the neighbours; cheap to clone. What is not configured is absent, and whoever needs
/// it is told so.
#[derive(Clone, Default)]
pub struct Neighbours {
    /// The citizen's sign-in (デジタル認証アプリ).
    pub identity: Option<Arc<IdentityClient>>,
    /// Online eligibility (オンライン資格確認等システム).
    pub eligibility: Option<OnlineEligibility>,
}

impl std::fmt::Debug for Neighbours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Neighbours")
            .field("identity", &self.identity.is_some())
            .field("eligibility", &self.eligibility.is_some())
            .finish()
    }
}

/// Why a neighbour did not help; each is another sentence for whoever waits.
#[derive(Debug, thiserror::Error)]
pub enum NeighbourError {
    /// This platform was set up without the neighbour.
    #[error("the neighbour is not configured")]
    NotConfigured,
    /// The neighbour answered, and the answer is no.
    #[error("the neighbour refused")]
    Refused(Refusal),
    /// The neighbour cannot be reached, or its answer cannot be trusted.
    #[error("the neighbour does not answer")]
    Away(#[source] GatewayError),
    /// Our own house.
    #[error("the platform could not go on")]
    App(#[from] AppError),
}

impl From<GatewayError> for NeighbourError {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Refused(refusal) => Self::Refused(refusal),
            GatewayError::Unreachable(_) | GatewayError::Malformed { .. } => Self::Away(error),
        }
    }
}

impl From<tasuki_store::StoreError> for NeighbourError {
    fn from(error: tasuki_store::StoreError) -> Self {
        Self::App(error.into())
    }
}

impl NeighbourError {
    /// A word for the log; never personal data.
    pub(crate) fn word(&self) -> &'static str {
        use tasuki_core::word::Word;
        match self {
            Self::NotConfigured => "not-configured",
            Self::Refused(refusal) => refusal.word(),
            Self::Away(GatewayError::Malformed { .. }) => "malformed",
            Self::Away(_) => "unreachable",
            Self::App(_) => "internal",
        }
    }
}
