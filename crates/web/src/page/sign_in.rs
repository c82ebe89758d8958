//! Sign-in of staff (サインイン): certificate, then password, then one-time code.

use askama::Template;

use super::plain::{Field, FieldKind};
use super::{Form, Shell, filters};

/// Step one: login and password. Form fields: `login`, `password`.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// Frame.
    pub shell: Shell,
    /// What was typed, and errors; never the password.
    pub form: Form,
    /// The organisation that the device's certificate names.
    pub office: String,
}

/// Step two: one-time code. Form field: `code`.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in_code.html")]
pub struct SignInCodePage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Where the code was sent, masked (t•••@example.jp); `None`: the code application.
    pub sent_to: Option<String>,
    /// A code can be sent by mail.
    pub can_mail: bool,
}

/// Step two without a telephone: a recovery code. Form field: `recovery_code`.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in_recovery.html")]
pub struct SignInRecoveryPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
}

/// What only the first sign-in asks for: an own password, the code application.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in_first.html")]
pub struct FirstStepPage {
    /// Frame.
    pub shell: Shell,
    /// Errors.
    pub form: Form,
    /// Why it is asked, one paragraph each.
    pub intro: Vec<&'static str>,
    /// Fields; none for a page that only explains.
    pub fields: Vec<Field>,
    /// Address that the form is sent to.
    pub action: &'static str,
    /// Words of the button.
    pub button: &'static str,
}
