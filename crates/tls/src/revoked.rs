//! Certificates that are revoked right now.

use std::collections::HashSet;
use std::sync::Arc;

use arc_swap::ArcSwap;

/// The set of revoked certificates (失効した証明書), by serial number.
///
/// Read at every request, so that a revocation takes effect on the next request even of a
/// connection that was opened before. Clones share one set; reading never waits for a writer.
#[derive(Debug, Clone, Default)]
pub struct Revoked(Arc<ArcSwap<HashSet<String>>>);

impl Revoked {
    /// A set with these serial numbers; any spelling that [`canonical_serial`] accepts.
    pub fn new<T: AsRef<str>>(serials: impl IntoIterator<Item = T>) -> Self {
        let revoked = Self::default();
        revoked.replace(serials);
        revoked
    }

    /// Puts exactly these serial numbers in the place of the former ones.
    pub fn replace<T: AsRef<str>>(&self, serials: impl IntoIterator<Item = T>) {
        let set: HashSet<String> =
            serials.into_iter().map(|serial| canonical_serial(serial.as_ref())).collect();
        self.0.store(Arc::new(set));
    }

    /// Adds one serial number.
    pub fn insert(&self, serial: &str) {
        let serial = canonical_serial(serial);
        self.0.rcu(|set| {
            let mut set = HashSet::clone(set);
            set.insert(serial.clone());
            set
        });
    }

    /// Whether the certificate with this *canonical* serial number is revoked.
    pub fn contains(&self, serial_hex: &str) -> bool {
        self.0.load().contains(serial_hex)
    }
}

/// One spelling for one serial number: lowercase hexadecimal digits without separators and
/// without leading zeros. Zero itself becomes the empty text, which no certificate of ours has.
pub fn canonical_serial(serial: &str) -> String {
    let digits: String = serial.chars().filter(char::is_ascii_hexdigit).collect();
    digits.trim_start_matches('0').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_meet() {
        for spelling in ["0A:bC:01", "abc01", "ABC01", "00abc01"] {
            assert_eq!(canonical_serial(spelling), "abc01");
        }
    }

    #[test]
    fn clones_share_one_set() {
        let revoked = Revoked::new(["01"]);
        let other = revoked.clone();
        other.insert("02");
        assert!(revoked.contains("1") && revoked.contains("2"));
        revoked.replace(["3"]);
        assert!(!other.contains("1") && other.contains("3"));
    }
}
