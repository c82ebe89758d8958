//! わたしの利用者: the persons an office is in charge of, what needs attention first.

use askama::Template;
use jiff::civil::Date;
use tasuki_core::insured::PersonName;

use super::{Link, Pager, Shell, Tone, filters};

/// The list. The search is posted (field `kana`), so that no name stands in an address.
#[derive(Debug, Clone, Template)]
#[template(path = "persons.html")]
pub struct PersonsPage {
    /// Frame.
    pub shell: Shell,
    /// What persons are called here: 利用者, 患者.
    pub person: &'static str,
    /// What was searched, as typed.
    pub search: String,
    /// Filters in words; the first is すべて.
    pub filters: Vec<Filter>,
    /// Another filter than the first is chosen.
    pub narrowed: bool,
    /// One page of persons, most urgent first.
    pub lines: Vec<PersonLine>,
    /// Steps through the list.
    pub pager: Pager,
}

/// A filter: 認定がもうすぐ終わる 3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The words.
    pub label: String,
    /// Persons it leaves.
    pub count: usize,
    /// Address.
    pub href: String,
    /// It is chosen.
    pub current: bool,
}

/// One person: who, the one thing, the date, the button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// Name and reading.
    pub name: PersonName,
    /// Age in years.
    pub age: i16,
    /// Care level in words; 認定なし when there is none.
    pub level: String,
    /// Address of the person page (an opaque handle).
    pub href: String,
    /// How urgent the thing is.
    pub tone: Tone,
    /// The one thing: 認定の有効期限が近づいています.
    pub thing: String,
    /// Its date.
    pub on: Option<Date>,
    /// Days until the date.
    pub days: Option<i64>,
    /// The button.
    pub action: Link,
}
