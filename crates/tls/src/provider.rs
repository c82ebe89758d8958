//! The one cryptography provider of the process: `aws-lc-rs`.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};

/// Makes `aws-lc-rs` the provider of every TLS user in this process, also of libraries that ask
/// for the process-wide default.
///
/// Call it first thing in `main`. Calling it again changes nothing.
pub fn install_provider() {
    // Err means that a provider is already installed, which is what a second call should find.
    let _ = aws_lc_rs::default_provider().install_default();
}

/// The provider, for configurations that name theirs instead of relying on the default.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
