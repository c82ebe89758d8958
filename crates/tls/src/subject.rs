//! Whom a client certificate names.

use rcgen::{DistinguishedName, DnType, DnValue};
use x509_parser::oid_registry::{
    OID_X509_COMMON_NAME, OID_X509_ORGANIZATION_NAME, OID_X509_SERIALNUMBER, Oid,
};
use x509_parser::x509::X509Name;

/// The longest text of each attribute, in characters.
///
/// Source: RFC 5280, appendix A.1 (`ub-organization-name`, `ub-common-name`, `ub-serial-number`).
const LONGEST: usize = 64;

/// X.520 `serialNumber` (2.5.4.5): a number of the *subject*, not of the certificate.
const SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];

/// Subject (主体者) of a client certificate: one device of one organisation.
///
/// Written as `O` = name, `serialNumber` = number, `CN` = device. All three have 1 to 64
/// characters; number and device are ASCII letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientSubject {
    /// The organisation's name as people read it: an office, a clinic, a municipality.
    pub organisation: String,
    /// The organisation's public number: provider, medical institution or insurer number.
    pub organisation_number: String,
    /// Identifies the device among all devices of the platform.
    pub device_id: String,
}

/// Why a subject is not a [`ClientSubject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// An attribute is missing, or there more than once.
    #[error("the subject needs exactly one {attribute}")]
    Count {
        /// `O`, `serialNumber` or `CN`.
        attribute: &'static str,
    },
    /// An attribute is empty, too long, or has a character outside its alphabet.
    #[error("the subject's {attribute} has a forbidden form")]
    Form {
        /// `O`, `serialNumber` or `CN`.
        attribute: &'static str,
    },
}

impl ClientSubject {
    /// Checks the three texts.
    ///
    /// # Errors
    ///
    /// [`SubjectError::Form`] names the first attribute that breaks its rule.
    pub fn check(&self) -> Result<(), SubjectError> {
        let token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        form("O", &self.organisation, |c| !c.is_control())?;
        form("serialNumber", &self.organisation_number, token)?;
        form("CN", &self.device_id, token)
    }

    /// Writes the subject as a distinguished name.
    pub(crate) fn to_name(&self) -> Result<DistinguishedName, SubjectError> {
        self.check()?;
        let printable = |attribute, text: &str| match text.try_into() {
            Ok(text) => Ok(DnValue::PrintableString(text)),
            Err(_) => Err(SubjectError::Form { attribute }),
        };
        let number = printable("serialNumber", &self.organisation_number)?;
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, self.organisation.as_str());
        name.push(DnType::CustomDnType(SERIAL_NUMBER.to_vec()), number);
        name.push(DnType::CommonName, printable("CN", &self.device_id)?);
        Ok(name)
    }

    /// Reads the subject of a certificate that our authority issued.
    pub(crate) fn from_name(name: &X509Name<'_>) -> Result<Self, SubjectError> {
        let subject = Self {
            organisation: only(name, "O", &OID_X509_ORGANIZATION_NAME)?,
            organisation_number: only(name, "serialNumber", &OID_X509_SERIALNUMBER)?,
            device_id: only(name, "CN", &OID_X509_COMMON_NAME)?,
        };
        subject.check()?;
        Ok(subject)
    }
}

/// The one value of an attribute; a second one would leave open which of them is meant.
fn only(
    name: &X509Name<'_>,
    attribute: &'static str,
    oid: &Oid<'static>,
) -> Result<String, SubjectError> {
    let mut values = name.iter_by_oid(oid);
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(SubjectError::Count { attribute });
    };
    value.as_str().map(str::to_owned).map_err(|_| SubjectError::Form { attribute })
}

fn form(
    attribute: &'static str,
    text: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), SubjectError> {
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && text.chars().all(allowed);
    if fits { Ok(()) } else { Err(SubjectError::Form { attribute }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(organisation: &str, number: &str, device: &str) -> ClientSubject {
        ClientSubject {
            organisation: organisation.to_owned(),
            organisation_number: number.to_owned(),
            device_id: device.to_owned(),
        }
    }

    #[test]
    fn names_the_attribute_that_breaks_its_rule() {
        let error = |o, n, d| subject(o, n, d).check().unwrap_err();
        let form = |attribute| SubjectError::Form { attribute };
        assert_eq!(error("", "1390000001", "d-1"), form("O"));
        assert_eq!(error("架空\n事業所", "1390000001", "d-1"), form("O"));
        assert_eq!(error("架空事業所", "１３９", "d-1"), form("serialNumber"));
        assert_eq!(error("架空事業所", "1390000001", "d/1"), form("CN"));
        assert_eq!(error("架空事業所", "1390000001", &"d".repeat(65)), form("CN"));
    }

    #[test]
    fn sixty_four_characters_fit() {
        assert_eq!(subject(&"架".repeat(64), "1390000001", "d-1").check(), Ok(()));
    }
}
