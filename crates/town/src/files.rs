//! A town as files: the files of one transfer, its manifest, offices, and `town.json`.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

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
use crate::{Flaw, Options, Sink, TOWN_NAME, TownError, flaws, generate_both};

/// Folder of the municipal files and their manifest.
pub const TRANSFER: &str = "transfer";

/// Folder of the second transfer with its manifest: what happened the day after.
pub const DIFFERENCE: &str = "difference";

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

/// What [`write()`] wrote.
#[derive(Debug, Clone)]
pub struct Written {
    /// Bytes of the municipal files.
    pub bytes: u64,
    /// Flaws, when the town is flawed.
    pub flaws: Vec<Flaw>,
}

/// Writes the bytes of one file.
type Out<W> = BufWriter<HashingWriter<W>>;

/// A transfer being written: the file of each kind.
struct Files<W: Write> {
    folder: &'static str,
    /// The transfer without its files.
    manifest: Manifest,
    files: BTreeMap<RecordKind, Out<W>>,
}

impl<W: Write> Sink for Files<W> {
    fn line(&mut self, kind: RecordKind, line: &[u8]) -> io::Result<()> {
        match self.files.get_mut(&kind) {
            Some(file) => file.write_all(line),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl<W: Write> Files<W> {
    /// A transfer without files.
    fn new(options: &Options, folder: &'static str, scope: Scope, sequence: u32) -> Self {
        let insurer = options.insurer.clone();
        let protocol = PROTOCOL_VERSION;
        let manifest = Manifest { protocol, insurer, sequence, scope, files: vec![] };
        Self { folder, manifest, files: BTreeMap::new() }
    }

    /// Opens the file of every kind.
    fn open(mut self, create: &mut impl FnMut(&str) -> io::Result<W>) -> io::Result<Self> {
        for kind in RecordKind::ALL {
            let file = create(&format!("{}/{}", self.folder, self.name(*kind)))?;
            let file = BufWriter::with_capacity(128 * 1024, HashingWriter::new(file));
            self.files.insert(*kind, file);
        }
        Ok(self)
    }

    fn name(&self, kind: RecordKind) -> FileName {
        let Manifest { insurer, scope, sequence, .. } = &self.manifest;
        FileName { insurer: insurer.clone(), kind, scope: *scope, sequence: *sequence }
    }

    /// Ends the files and writes the manifest beside them.
    fn finish(
        mut self,
        create: &mut impl FnMut(&str) -> io::Result<W>,
    ) -> Result<Manifest, TownError> {
        for (kind, file) in std::mem::take(&mut self.files) {
            let inner = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            let (_, entry) = inner.finish(self.name(kind).to_string())?;
            self.manifest.files.push(entry);
        }
        write_json(create(&format!("{}/{MANIFEST_NAME}", self.folder))?, &self.manifest)?;
        Ok(self.manifest)
    }
}

/// Writes a whole town: `transfer/` with the municipal files and their manifest, `difference/` in
/// the same way when it is asked for, the offices as open data, `town.json`, and in a flawed town
/// `flaws.json` and `broken/`.
///
/// `create` opens a file by its path from the town's folder, for example `transfer/manifest.json`;
/// this crate touches no disk itself.
///
/// # Errors
///
/// [`TownError`] when something cannot be written.
pub fn write<W: Write>(
    options: &Options,
    create: &mut impl FnMut(&str) -> io::Result<W>,
) -> Result<Written, TownError> {
    let mut full = Files::new(options, TRANSFER, Scope::Full, 1).open(create)?;
    let mut later = Files::new(options, DIFFERENCE, Scope::Diff, 2);
    if 0 < options.difference_percent {
        later = later.open(create)?;
    }
    let mut flaws = generate_both(options, &mut full, &mut later)?;
    let manifest = full.finish(create)?;
    let mut bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    if 0 < options.difference_percent {
        bytes += later.finish(create)?.files.iter().map(|file| file.bytes).sum::<u64>();
    }
    write_json(create(TOWN_FILE)?, &describe(options))?;
    let offices: Vec<Provider> = offices().into_iter().map(|(_, office)| office).collect();
    providers::write(create(OFFICES_FILE)?, &offices)?;
    if options.flawed {
        flaws.extend(flaws::write_broken(options, &manifest, create)?);
        write_json(create(FLAWS_FILE)?, &flaws)?;
    }
    Ok(Written { bytes, flaws })
}

/// Writes a value as readable JSON.
pub(crate) fn write_json(out: impl Write, value: &impl Serialize) -> Result<(), TownError> {
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}
