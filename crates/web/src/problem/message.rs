//! Texts of problems and rules (メッセージ), from the one file `messages.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Code;

/// What a person reads about one code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What happened.
    pub title: String,
    /// Why.
    pub detail: String,
    /// What to do now.
    pub hint: String,
}

/// All texts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    code: BTreeMap<String, Message>,
    rule: BTreeMap<String, String>,
}

/// The file of texts cannot be used; the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum MessagesError {
    /// Not the expected form.
    #[error("messages.toml is not readable")]
    Unreadable(#[from] toml::de::Error),
    /// A code has no text.
    #[error("messages.toml has no text for the code {0}")]
    Missing(&'static str),
}

const FILE: &str = include_str!("../../messages.toml");

static MESSAGES: LazyLock<Messages> = LazyLock::new(|| toml::from_str(FILE).unwrap_or_default());

static NO_MESSAGE: Message =
    Message { title: String::new(), detail: String::new(), hint: String::new() };

/// The texts.
pub fn messages() -> &'static Messages {
    &MESSAGES
}

/// Checks that every code has its text; called when the server starts.
///
/// # Errors
///
/// [`MessagesError`] names what is missing.
pub fn check_messages() -> Result<(), MessagesError> {
    let messages: Messages = toml::from_str(FILE)?;
    match Code::ALL.iter().find(|code| !messages.code.contains_key(code.word())) {
        Some(code) => Err(MessagesError::Missing(code.word())),
        None => Ok(()),
    }
}

impl Messages {
    /// Title, detail and hint of `code`; [`check_messages`] proves that there is one.
    pub fn code(&self, code: Code) -> &Message {
        self.code.get(code.word()).unwrap_or(&NO_MESSAGE)
    }

    /// The sentence for a rule that a field breaks; a general one for an unknown rule.
    pub fn rule(&self, rule: &str) -> String {
        let found = self.rule.get(rule).or_else(|| self.rule.get("unknown"));
        found.cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_text_and_every_text_a_code() {
        check_messages().unwrap();
        assert_eq!(messages().code.len(), Code::ALL.len());
    }

    #[test]
    fn every_text_is_whole_sentences() {
        for (code, message) in &messages().code {
            assert!(!message.title.is_empty() && !message.title.ends_with('。'), "{code}");
            assert!(message.detail.ends_with('。') && message.hint.ends_with('。'), "{code}");
        }
        for (rule, text) in &messages().rule {
            assert!(text.contains('。') || text.contains('：'), "{rule}");
        }
    }

    #[test]
    fn an_unknown_rule_still_says_something() {
        assert_eq!(messages().rule("no such rule"), "この値は使えません。");
    }
}
