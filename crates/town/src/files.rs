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
use crate::{Flaw, Options, Sink, TOWN_NAME, TownError, flaws, generate};

/// Folder of the municipal files and their manifest.
pub const TRANSFER: &str = "transfer";

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

/// The file of each kind.
struct Files<W: Write>(BTreeMap<RecordKind, Out<W>>);

impl<W: Write> Sink for Files<W> {
    fn line(&mut self, kind: RecordKind, line: &[u8]) -> io::Result<()> {
        match self.0.get_mut(&kind) {
            Some(file) => file.write_all(line),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Writes a whole town: `transfer/` with the municipal files and their manifest, the offices as
/// open data, `town.json`, and in a flawed town `flaws.json` and `broken/`.
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
    let mut files = Files(BTreeMap::new());
    for kind in RecordKind::ALL {
        let file = create(&format!("{TRANSFER}/{}", file_name(options, *kind)))?;
        let file = BufWriter::with_capacity(128 * 1024, HashingWriter::new(file));
        files.0.insert(*kind, file);
    }
    let mut flaws = generate(options, &mut files)?;
    let mut listed = Vec::new();
    for (kind, file) in files.0 {
        let inner = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let (_, entry) = inner.finish(file_name(options, kind).to_string())?;
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
    write_json(create(&format!("{TRANSFER}/{MANIFEST_NAME}"))?, &manifest)?;
    write_json(create(TOWN_FILE)?, &describe(options))?;
    let offices: Vec<Provider> = offices().into_iter().map(|(_, office)| office).collect();
    providers::write(create(OFFICES_FILE)?, &offices)?;
    if options.flawed {
        flaws.extend(flaws::write_broken(options, &manifest, create)?);
        write_json(create(FLAWS_FILE)?, &flaws)?;
    }
    Ok(Written { bytes, flaws })
}

/// Name of the file of a kind in the town's only transfer.
fn file_name(options: &Options, kind: RecordKind) -> FileName {
    FileName { insurer: options.insurer.clone(), kind, scope: Scope::Full, sequence: 1 }
}

/// Writes a value as readable JSON.
pub(crate) fn write_json(out: impl Write, value: &impl Serialize) -> Result<(), TownError> {
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}
