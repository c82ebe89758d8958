//! The municipalities of the simulated share: invented towns, taken in as their files come, and
//! everybody certified registered with the office of the bench.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tasuki_app::ingestion::{self, Options, Outcome, Source};
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_core::event::Actor;
use tasuki_core::insured::PersonKey;
use tasuki_core::insurer::{Insurer, InsurerNumber};
use tasuki_formats::municipal::{FileName, Layout, RecordKind, Scope};
use tasuki_store::ingestion::ASSIGNMENT;
use tasuki_store::insurer;

use super::super::house::House;
use super::super::seed;
use super::peak::DIFFERENCE_PERCENT;

/// A municipality that is connected.
pub(super) struct Town {
    pub(super) insurer: InsurerNumber,
    pub(super) persons: u64,
    /// Its transfer of the day after.
    pub(super) difference: PathBuf,
    /// Who has a certificate.
    pub(super) certified: Vec<PersonKey>,
}

/// Makes the `place`-th town and takes its full set.
pub(super) async fn make(
    house: &House,
    folder: &Path,
    place: u64,
    persons: u64,
    now: AtMs,
) -> anyhow::Result<Town> {
    let number = format!("99{:03}", 100 + place);
    let number = InsurerNumber::with_check_digit(&number).context("too many towns")?;
    let mut town = tasuki_town::Options::new(persons, place + 1, now.date());
    town.insurer = number.clone();
    town.difference_percent = DIFFERENCE_PERCENT;
    let written = tasuki_town::write_dir(&town, &folder.join(number.as_str()))?;
    let known = Insurer {
        number: number.clone(),
        name: tasuki_town::TOWN_NAME.to_owned(),
        connected_since: None,
        not_connected_because: None,
        takes_consent: true,
    };
    house.app.db.commit(insurer::add(&known)).await?;
    let source = Source::Folder(written.transfer.clone());
    let actor = Actor::System { part: "bench".to_owned() };
    let report =
        ingestion::take(&house.app, &source, &Options::default(), &actor, now, &|_| {}).await?;
    ensure!(report.outcome == Outcome::Published, "a town was not taken");
    let certified = certified(&written.transfer, &number)?;
    let then = now.plus_ms(-10 * DAY_MS);
    let rows =
        certified.iter().map(|person| seed::registration(person, &house.office, then)).collect();
    house.app.db.insert_many(&ASSIGNMENT, rows).await?;
    let difference = written.difference.context("the town has no day after")?;
    Ok(Town { insurer: number, persons, difference, certified })
}

/// Who has a certificate in the files of a full set.
fn certified(folder: &Path, insurer: &InsurerNumber) -> anyhow::Result<Vec<PersonKey>> {
    let kind = RecordKind::InsuredCertificate;
    let name = FileName { insurer: insurer.clone(), kind, scope: Scope::Full, sequence: 1 };
    let text = std::fs::read(folder.join(name.to_string()))?;
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let header = lines.next().unwrap_or_default();
    let layout = Layout::of_header(&name, header).ok().context("a header of the town")?;
    let keys = lines.filter_map(|line| layout.key_of(line));
    let mut persons: Vec<_> =
        keys.map(|(insured, _)| PersonKey { insurer: insurer.clone(), insured }).collect();
    persons.dedup();
    ensure!(!persons.is_empty(), "nobody in the town is certified: take more persons");
    Ok(persons)
}
