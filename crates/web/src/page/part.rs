//! Small parts that many pages show (部品): tones, badges, links, explanations.

/// How something stands; each tone has a word, an icon and a colour, never a colour alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// Information.
    Key,
    /// In order.
    Good,
    /// Needs attention.
    Warn,
    /// Wrong, ended or refused.
    Bad,
}

impl Tone {
    /// Class of the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Key => "key",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// Nothing asks for attention.
    pub fn is_quiet(self) -> bool {
        self == Self::Plain
    }

    /// Name of the icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Plain | Self::Key => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// The word that screen readers say before a message.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain | Self::Key => "お知らせ",
            Self::Good => "完了",
            Self::Warn => "注意",
            Self::Bad => "エラー",
        }
    }
}

/// A state in a word, with icon and colour (札).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// Colour and icon.
    pub tone: Tone,
    /// The word.
    pub word: String,
}

impl Badge {
    /// A badge.
    pub fn new(tone: Tone, word: impl Into<String>) -> Self {
        Self { tone, word: word.into() }
    }
}

/// A link or button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The words.
    pub label: String,
    /// Address.
    pub href: String,
}

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// One of several to choose from, in a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// The words.
    pub label: String,
    /// A sentence below the words; may be empty.
    pub hint: String,
}

impl Choice {
    /// A choice without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }

    /// The same choice with a sentence below.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// A hard word in plain words, with where it comes from (むずかしい言葉の説明).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The word of the law.
    pub word: &'static str,
    /// What it means, in one or two sentences.
    pub meaning: &'static str,
    /// Where it stands: law and article, or the paper of the ministry.
    pub source: &'static str,
}

/// Something that is there, is not there, or is there and may not be shown (and the reader may
/// know that it exists).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown<T> {
    /// There it is.
    Yes(T),
    /// There is none; a sentence says so.
    Absent(String),
    /// It is not shown; a sentence says why, and a link what can be done.
    Hidden {
        /// Why, in one sentence.
        why: String,
        /// What can be done, if anything.
        action: Option<Link>,
    },
}

/// Steps through a long list (ページ送り).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pager {
    /// What is shown: 「1〜20件め（全57件）」; empty when the total may not be known.
    pub range: String,
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the next page.
    pub next: Option<String>,
}

/// Where one step of a procedure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us (●).
    Done,
    /// Going on (◐).
    Now,
    /// Ahead (○).
    Ahead,
}

impl StepState {
    /// Class of the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::Ahead => "ahead",
        }
    }

    /// Name of the icon.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Done => "step-done",
            Self::Now => "step-now",
            Self::Ahead => "step-ahead",
        }
    }

    /// The word that screen readers say.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "済み",
            Self::Now => "いまここ",
            Self::Ahead => "これから",
        }
    }

    /// Going on.
    pub fn is_now(self) -> bool {
        self == Self::Now
    }
}

/// One step of a procedure (手順).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name: 調査.
    pub name: String,
    /// Where it stands.
    pub state: StepState,
    /// When it was done.
    pub on: Option<jiff::civil::Date>,
    /// A few words: 依頼済み 8日め.
    pub note: String,
}

/// Something that is not shown, where it would stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenLine {
    /// Why, in one sentence: 主治医意見書：ご本人の同意がまだありません。
    pub why: String,
    /// What can be done.
    pub action: Option<Link>,
}
