//! An invented municipality in the shape of the country (架空の自治体).
//!
//! Everybody in it is made up, and its numbers lie in prefecture 99, which does not exist. The
//! same options give the same bytes on every machine.

mod applications;
mod certified;
mod dice;
mod difference;
mod dir;
pub mod files;
pub mod flaws;
mod offices;
mod people;
mod sheets;
mod showcase;
mod usage;

use std::io;

use jiff::civil::Date;
use tasuki_core::certification::ApplicationKind;
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::Provider;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Content, EncodeError, Record, RecordKind, header_line, layout};

pub use dir::{TownDir, write_dir};
pub use files::{DIFFERENCE, TOWN_FILE, TRANSFER, TownFile, Written, write};
pub use flaws::Flaw;
pub use offices::{OfficeRole, offices};
pub use showcase::{Showcase, showcase};

use certified::Paper;
use dice::Dice;
use difference::{Before, Line};
use offices::Offices;
use people::Resident;

/// What kind of town to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// Insured persons, the showcase persons included.
    pub persons: u64,
    /// Another seed, another town.
    pub seed: u64,
    /// Whose town; prefecture 99.
    pub insurer: InsurerNumber,
    /// The day on which the town is seen.
    pub today: Date,
    /// Sprinkle every kind of error between the good lines.
    pub flawed: bool,
    /// Persons, of a hundred, to whom something happens on the day after the full set: a second
    /// transfer says what. 0: there is no second transfer.
    pub difference_percent: u32,
}

impl Options {
    /// The town of あおば市 (990010) on `today`, sound.
    ///
    /// # Panics
    ///
    /// Never: the number has its check digit.
    pub fn new(persons: u64, seed: u64, today: Date) -> Self {
        let insurer = town_insurer();
        Self { persons, seed, insurer, today, flawed: false, difference_percent: 0 }
    }
}

/// The number of あおば市.
#[expect(clippy::expect_used, reason = "five digits always have a check digit")]
pub fn town_insurer() -> InsurerNumber {
    InsurerNumber::with_check_digit("99001").expect("five digits")
}

/// Name of the town.
pub const TOWN_NAME: &str = "あおば市";

/// Where the lines go.
pub trait Sink {
    /// Takes one line of a file of `kind`, its end included; the header, where there is one, comes
    /// first.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn line(&mut self, kind: RecordKind, line: &[u8]) -> io::Result<()>;
}

impl<F: FnMut(RecordKind, &[u8]) -> io::Result<()>> Sink for F {
    fn line(&mut self, kind: RecordKind, line: &[u8]) -> io::Result<()> {
        self(kind, line)
    }
}

/// Why a town could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TownError {
    /// A line could not be written.
    #[error("line cannot be written")]
    Io(#[from] io::Error),
    /// A record did not fit its file.
    #[error("record does not fit its file")]
    Encode(#[from] EncodeError),
    /// A table of the town is broken.
    #[error("a table of the town is broken")]
    Table,
}

/// Writes records as lines and counts them.
pub(crate) struct Emitter<'a, S> {
    sink: &'a mut S,
    buffer: Vec<u8>,
    /// Lines written of each kind, the header included.
    lines: [u64; RecordKind::ALL.len()],
}

impl<'a, S: Sink> Emitter<'a, S> {
    fn new(sink: &'a mut S) -> Self {
        Self { sink, buffer: Vec::with_capacity(8 * 1024), lines: [0; RecordKind::ALL.len()] }
    }

    /// Writes bytes as one line and says its number.
    pub(crate) fn raw(&mut self, kind: RecordKind, line: &[u8]) -> Result<u64, TownError> {
        self.sink.line(kind, line)?;
        let place = RecordKind::ALL.iter().position(|known| *known == kind).unwrap_or(0);
        let count = self.lines.get_mut(place).ok_or(TownError::Table)?;
        *count += 1;
        Ok(*count)
    }

    /// Writes the first line of every file that has one.
    fn headers(&mut self) -> Result<(), TownError> {
        for kind in RecordKind::ALL.iter().filter(|kind| !kind.is_json()) {
            let header = header_line(*kind) + "\n";
            self.raw(*kind, header.as_bytes())?;
        }
        Ok(())
    }

    /// Writes the papers of a person.
    fn papers(&mut self, key: &PersonKey, papers: Vec<Paper>) -> Result<(), TownError> {
        self.records(key, papers.into_iter().map(difference::put))
    }

    /// Writes lines of a person.
    fn records(
        &mut self,
        key: &PersonKey,
        lines: impl IntoIterator<Item = Line>,
    ) -> Result<(), TownError> {
        for (kind, history, change) in lines {
            let history = history.to_string();
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            layout::encode(kind, &Record { person: key.clone(), history, change }, &mut buffer)?;
            self.raw(kind, &buffer)?;
            self.buffer = buffer;
        }
        Ok(())
    }
}

/// Makes the town, line by line; returns the flaws when it is flawed.
///
/// # Errors
///
/// [`TownError`] when a line cannot be written.
pub fn generate(options: &Options, sink: &mut impl Sink) -> Result<Vec<Flaw>, TownError> {
    let options = Options { difference_percent: 0, ..options.clone() };
    generate_both(&options, sink, &mut |_: RecordKind, _: &[u8]| Ok(()))
}

/// Makes the town and what happens in it the day after, which goes to `later`.
///
/// # Errors
///
/// [`TownError`] when a line cannot be written.
pub fn generate_both(
    options: &Options,
    sink: &mut impl Sink,
    later: &mut impl Sink,
) -> Result<Vec<Flaw>, TownError> {
    let (mut emitter, mut later) = (Emitter::new(sink), Emitter::new(later));
    emitter.headers()?;
    if 0 < options.difference_percent {
        later.headers()?;
    }
    let cast = showcase::cast(options);
    let mut made = 0;
    for member in cast {
        if made < options.persons {
            emitter.papers(&member.key, member.papers)?;
            made += 1;
        }
    }
    let flaws = if options.flawed { flaws::sprinkle(options, &mut emitter)? } else { Vec::new() };
    crowd(options, made, &mut emitter, &mut later)?;
    Ok(flaws)
}

/// First number of those who are not in the showcase.
const FIRST_NUMBER: u64 = 1_000_000;

/// Everybody else; who is left over when the full set is complete comes the day after.
fn crowd<S: Sink, L: Sink>(
    options: &Options,
    mut made: u64,
    emitter: &mut Emitter<'_, S>,
    later: &mut Emitter<'_, L>,
) -> Result<(), TownError> {
    let Options { persons, today, insurer, .. } = options;
    let mut dice = Dice::new(options.seed ^ 0x7461_7375_6b69);
    // The day after has chances of its own, so that the full set is the same without it.
    let mut fate = Dice::new(options.seed ^ 0x6e65_7874);
    let offices = Offices::new();
    let newcomers = persons * u64::from(options.difference_percent) / 100 / NEWCOMERS;
    let mut household = people::Names::new().household(&mut dice);
    while made < persons + newcomers {
        if household.left == 0 {
            household = people::Names::new().household(&mut dice);
        }
        household.left -= 1;
        let number = FIRST_NUMBER + made;
        let resident = people::resident(&household, number, insurer, *today, &mut dice)
            .ok_or(TownError::Table)?;
        let key = resident.person.key.clone();
        let papers = papers_of(resident, &offices, *today, &mut dice)?;
        if made < *persons {
            if fate.chance(options.difference_percent * 10) {
                let before = Before { papers: &papers, offices: &offices, today: *today };
                later.records(&key, before.lines(&mut fate))?;
            }
            emitter.papers(&key, papers)?;
        } else {
            later.papers(&key, papers)?;
        }
        made += 1;
    }
    Ok(())
}

/// Of so many persons to whom something happens, one more is new in the town.
const NEWCOMERS: u64 = 20;

/// Every paper of one person, the register's entry first.
fn papers_of(
    resident: Resident,
    offices: &Offices,
    today: Date,
    dice: &mut Dice,
) -> Result<Vec<Paper>, TownError> {
    let Resident { person, certified, age } = resident;
    let gone = person.lost_on.is_some();
    let mut papers = vec![(RecordKind::InsuredPerson, 1, Content::Person(Box::new(person)))];
    let clinic = *dice.one(&offices.of(OfficeRole::Clinic));
    if certified {
        let case = certified::case(today, dice);
        let office = *dice.one(&offices.of(OfficeRole::CareManagement));
        let facility = offices.first(OfficeRole::Facility);
        papers.extend(certified::certificates(&case, Some(office), facility, today, dice));
        papers.extend(applications::completed(&case, clinic, dice));
        papers.extend(usage::purchases(&case, today, dice));
        if !gone {
            let served: Vec<&Provider> = if case.in_facility {
                facility.into_iter().collect()
            } else {
                vec![office, *dice.one(&offices.of(OfficeRole::HomeVisit))]
            };
            papers.extend(usage::service_months(
                &served,
                if dice.chance(950) { 2 } else { 0 },
                today,
            ));
            let ends_soon = case.period.in_renewal_window(today);
            if (ends_soon && dice.chance(650)) || dice.chance(20) {
                let kind =
                    if ends_soon { ApplicationKind::Renewal } else { ApplicationKind::Change };
                let stage = *dice.one(&applications::STAGES);
                let next = case.history + 1;
                papers.extend(applications::running(stage, kind, next, clinic, today, dice));
            }
        }
    } else if !gone && age >= 65 && dice.chance(7) {
        let stage = *dice.one(&applications::STAGES);
        let kind = ApplicationKind::New;
        papers.extend(applications::running(stage, kind, 1, clinic, today, dice));
    }
    Ok(papers)
}
