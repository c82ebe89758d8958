//! A town on disk: the files of one transfer, its manifest, offices, and `town.json`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::provider::Provider;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{
    FileName, HashingWriter, MANIFEST_NAME, Manifest, PROTOCOL_VERSION, RecordKind, Scope,
};
use tasuki_formats::providers;

use crate::offices::{OfficeRole, offices};
use crate::showcase::{Showcase, showcase};
use crate::{Flaw, Options, Sink, TOWN_NAME, TownError, flaws, generate};

/// Name of the description of the town.
pub const TOWN_FILE: &str = "town.json";

/// Name of the list of offices in the layout of the public register.
pub const OFFICES_FILE: &str = "jigyosho_town.csv";

/// Name of the list of flaws, in a flawed town.
pub const FLAWS_FILE: &str = "flaws.json";

/// The town as `town.json` describes it to the demo and to tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TownFile {
    /// Insurer's number.
    pub insurer: InsurerNumber,
    /// Insurer's name.
    pub insurer_name: String,
    /// The day on which the town is seen.
    pub today: Date,
    /// Insured persons in the files.
    pub persons: u64,
    /// Offices and medical institutions.
    pub offices: Vec<TownOffice>,
    /// Persons with a story; the first of the files.
    pub showcase: Vec<Showcase>,
}

/// An office of the town.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TownOffice {
    /// Its part: `care_management`, `home_visit`, `nursing`, `day_service`, `equipment`,
    /// `facility` or `clinic`.
    pub role: String,
    /// The office.
    pub provider: Provider,
}

/// Word of a role in `town.json`.
fn role_word(role: OfficeRole) -> &'static str {
    match role {
        OfficeRole::CareManagement => "care_management",
        OfficeRole::HomeVisit => "home_visit",
        OfficeRole::Nursing => "nursing",
        OfficeRole::DayService => "day_service",
        OfficeRole::Equipment => "equipment",
        OfficeRole::Facility => "facility",
        OfficeRole::Clinic => "clinic",
    }
}

/// What `town.json` says of a town.
pub fn describe(options: &Options) -> TownFile {
    let office = |(role, provider)| TownOffice { role: role_word(role).to_owned(), provider };
    TownFile {
        insurer: options.insurer.clone(),
        insurer_name: TOWN_NAME.to_owned(),
        today: options.today,
        persons: options.persons,
        offices: offices().into_iter().map(office).collect(),
        showcase: showcase(options),
    }
}

/// Where [`write_dir`] put things.
#[derive(Debug, Clone)]
pub struct Written {
    /// The municipal files with their manifest, in a folder of their own.
    pub transfer: PathBuf,
    /// Bytes of the municipal files.
    pub bytes: u64,
    /// Flaws, when the town is flawed.
    pub flaws: Vec<Flaw>,
}

type Out = BufWriter<HashingWriter<File>>;

/// Files that open when their first line comes.
struct DirSink<'a> {
    dir: &'a Path,
    insurer: &'a InsurerNumber,
    files: BTreeMap<RecordKind, Out>,
}

impl DirSink<'_> {
    fn name(&self, kind: RecordKind) -> FileName {
        FileName { insurer: self.insurer.clone(), kind, scope: Scope::Full, sequence: 1 }
    }

    fn open(&self, kind: RecordKind) -> std::io::Result<Out> {
        let file = File::create(self.dir.join(self.name(kind).to_string()))?;
        Ok(BufWriter::with_capacity(128 * 1024, HashingWriter::new(file)))
    }
}

impl Sink for DirSink<'_> {
    fn line(&mut self, kind: RecordKind, line: &[u8]) -> std::io::Result<()> {
        if !self.files.contains_key(&kind) {
            let file = self.open(kind)?;
            self.files.insert(kind, file);
        }
        match self.files.get_mut(&kind) {
            Some(file) => file.write_all(line),
            None => Err(std::io::ErrorKind::NotFound.into()),
        }
    }
}

/// Writes a town into `dir`: `transfer/` with the municipal files and their manifest, the offices
/// as open data, `town.json`, and in a flawed town `flaws.json` and `broken/`.
///
/// # Errors
///
/// [`TownError`] when something cannot be written.
pub fn write_dir(options: &Options, dir: &Path) -> Result<Written, TownError> {
    let transfer = dir.join("transfer");
    std::fs::create_dir_all(&transfer)?;
    let mut sink = DirSink { dir: &transfer, insurer: &options.insurer, files: BTreeMap::new() };
    for kind in RecordKind::ALL {
        let file = sink.open(*kind)?;
        sink.files.insert(*kind, file);
    }
    let mut flaws = generate(options, &mut sink)?;
    let files = std::mem::take(&mut sink.files);
    let mut listed = Vec::new();
    for (kind, file) in files {
        let name = sink.name(kind).to_string();
        let inner = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        let (_, entry) = inner.finish(name)?;
        listed.push(entry);
    }
    let bytes = listed.iter().map(|file| file.bytes).sum();
    let manifest = Manifest {
        protocol: PROTOCOL_VERSION,
        insurer: options.insurer.clone(),
        sequence: 1,
        scope: Scope::Full,
        files: listed,
    };
    write_json(&transfer.join(MANIFEST_NAME), &manifest)?;
    write_json(&dir.join(TOWN_FILE), &describe(options))?;
    let offices: Vec<Provider> = offices().into_iter().map(|(_, office)| office).collect();
    providers::write(File::create(dir.join(OFFICES_FILE))?, &offices)?;
    if options.flawed {
        flaws.extend(flaws::write_broken(options, &manifest, &dir.join("broken"))?);
        write_json(&dir.join(FLAWS_FILE), &flaws)?;
    }
    Ok(Written { transfer, bytes, flaws })
}

/// Writes a value as readable JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), TownError> {
    let mut file = BufWriter::new(File::create(path)?);
    serde_json::to_writer_pretty(&mut file, value).map_err(std::io::Error::from)?;
    file.write_all(b"\n")?;
    file.flush()?;
    Ok(())
}
