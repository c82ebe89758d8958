//! Open data of the public care-service register (介護サービス情報公表システム, `jigyosho_*.csv`).
//!
//! One line is one service of one office; an office with several services stands on several lines
//! and often in several files. UTF-8 with byte order mark.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use tasuki_core::provider::{Provider, ProviderNumber};

use crate::characters::full_width_kana;
use crate::municipal::{Finding, Rule};

mod service_names;

pub use service_names::service_of_name;

/// Columns that are read; others are passed over.
const COLUMNS: [&str; 9] = [
    "事業所名",
    "事業所名カナ",
    "サービスの種類",
    "住所",
    "方書",
    "電話番号",
    "法人番号",
    "法人の名称",
    "事業所番号",
];

/// Columns without which a line says nothing.
const REQUIRED: [&str; 3] = ["事業所名", "サービスの種類", "事業所番号"];

/// What an import found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Offices by number, services merged, in the order of numbers.
    pub providers: Vec<Provider>,
    /// What was odd; lines with a finding that is no warning were left out.
    pub findings: Vec<Finding>,
    /// Lines read.
    pub lines: u64,
}

/// Offices from several files of the register.
#[derive(Debug, Default)]
pub struct Importer {
    offices: BTreeMap<ProviderNumber, Provider>,
    findings: Vec<Finding>,
    lines: u64,
}

impl Importer {
    /// Reads one file; findings carry the line within it.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be read.
    pub fn read(&mut self, input: impl Read) -> io::Result<()> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let header = match reader.byte_headers() {
            Ok(header) => header.clone(),
            Err(error) => return self.broken(1, error),
        };
        let named = |name: &str| {
            header.iter().position(|cell| {
                cell.strip_prefix("\u{feff}".as_bytes()).unwrap_or(cell) == name.as_bytes()
            })
        };
        let places = COLUMNS.map(named);
        let lacks = REQUIRED.iter().filter(|name| named(name).is_none());
        let lacking: Vec<Finding> =
            lacks.map(|name| Finding::cell(1, *name, Rule::HeaderLacks, "")).collect();
        if !lacking.is_empty() {
            self.findings.extend(lacking);
            return Ok(());
        }
        let mut record = csv::ByteRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return self.broken(line, error),
            }
            self.lines += 1;
            let cells = places.map(|place| place.and_then(|place| record.get(place)));
            match line_of(line, cells) {
                Ok((provider, warning)) => {
                    self.findings.extend(warning);
                    self.merge(provider);
                }
                Err(finding) => self.findings.push(finding),
            }
        }
    }

    /// Everything that was read.
    pub fn finish(self) -> Import {
        let providers = self.offices.into_values().collect();
        Import { providers, findings: self.findings, lines: self.lines }
    }

    fn broken(&mut self, line: u64, error: csv::Error) -> io::Result<()> {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Err(error),
            _ => {
                self.findings.push(Finding::line(line, Rule::Quote));
                Ok(())
            }
        }
    }

    /// Adds the services of a line to the office; the first line names it.
    fn merge(&mut self, provider: Provider) {
        match self.offices.get_mut(&provider.number) {
            None => {
                self.offices.insert(provider.number.clone(), provider);
            }
            Some(known) => {
                known.is_medical |= provider.is_medical;
                known.services.extend(provider.services);
                known.services.sort_unstable();
                known.services.dedup();
            }
        }
    }
}

/// One line as an office with one service, and a warning about its check digit.
fn line_of(line: u64, cells: [Option<&[u8]>; 9]) -> Result<(Provider, Option<Finding>), Finding> {
    let cells = cells.map(|cell| std::str::from_utf8(cell.unwrap_or_default()).map(str::trim));
    let [Ok(name), Ok(kana), Ok(service), Ok(address), Ok(place), rest @ ..] = cells else {
        return Err(Finding::line(line, Rule::Encoding));
    };
    let [Ok(phone), Ok(corporation), Ok(corporation_name), Ok(number)] = rest else {
        return Err(Finding::line(line, Rule::Encoding));
    };
    let refuse = |column: &str, rule, value: &str| Finding::cell(line, column, rule, value);
    if name.is_empty() {
        return Err(refuse("事業所名", Rule::Required, name));
    }
    let parsed = ProviderNumber::parse(number)
        .map_err(|_| refuse("事業所番号", Rule::ProviderNumber, number))?;
    let service =
        service_of_name(service).ok_or_else(|| refuse("サービスの種類", Rule::Code, service))?;
    let warning = (!parsed.check_digit_fits())
        .then(|| refuse("事業所番号", Rule::ProviderCheckDigit, number));
    let thirteen = corporation.len() == 13 && corporation.bytes().all(|b| b.is_ascii_digit());
    let provider = Provider {
        is_medical: is_medical(&parsed),
        number: parsed,
        name: name.to_owned(),
        kana: full_width_kana(kana),
        services: vec![service],
        corporation_number: thirteen.then(|| corporation.to_owned()),
        corporation_name: corporation_name.to_owned(),
        address: [address, place]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        phone: phone.to_owned(),
        active: true,
    };
    Ok((provider, warning))
}

/// The number is one of a medical institution (class 1 medicine, 3 dentistry, 4 pharmacy).
pub fn is_medical(number: &ProviderNumber) -> bool {
    matches!(number.as_str().as_bytes().get(2), Some(b'1' | b'3' | b'4'))
}

/// Writes offices in the layout of the register, one line for each service.
///
/// # Errors
///
/// When writing fails.
pub fn write(mut out: impl Write, providers: &[Provider]) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "都道府県コード又は市町村コード",
        "No",
        "都道府県名",
        "市区町村名",
        "事業所名",
        "事業所名カナ",
        "サービスの種類",
        "住所",
        "方書",
        "緯度",
        "経度",
        "電話番号",
        "FAX番号",
        "法人番号",
        "法人の名称",
        "事業所番号",
    ])?;
    let mut count = 0u64;
    for provider in providers {
        for service in &provider.services {
            count += 1;
            let count = count.to_string();
            let prefecture = provider.number.as_str().get(..2).unwrap_or_default();
            let corporation = provider.corporation_number.as_deref().unwrap_or_default();
            writer.write_record([
                prefecture,
                &count,
                "",
                "",
                &provider.name,
                &provider.kana,
                service.name(),
                &provider.address,
                "",
                "",
                "",
                &provider.phone,
                "",
                corporation,
                &provider.corporation_name,
                provider.number.as_str(),
            ])?;
        }
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\u{feff}都道府県コード又は市町村コード,No,\
        事業所名,事業所名カナ,サービスの種類,住所,方書,電話番号,法人番号,法人の名称,事業所番号\n\
        999999,1,訪問介護みどり,ﾎｳﾓﾝｶｲｺﾞﾐﾄﾞﾘ,訪問介護,あおば市緑町1,2階,099-000-0001,9999999999999,社会福祉法人みどり,9970000015\n\
        999999,2,訪問介護みどり,ホウモンカイゴミドリ,通所介護,あおば市緑町1,,099-000-0001,,社会福祉法人みどり,9970000015\n\
        999999,3,番号ちがい,,訪問介護,,,,,,9970000010\n\
        999999,4,短い番号,,訪問介護,,,,,,997000001\n\
        999999,5,知らないサービス,,宇宙介護,,,,,,9970000023\n";

    fn import(file: &[u8]) -> Import {
        let mut importer = Importer::default();
        importer.read(file).unwrap();
        importer.finish()
    }

    #[test]
    fn lines_of_one_number_become_one_office() {
        let import = import(FILE.as_bytes());
        let office = import.providers.iter().find(|office| office.number.as_str() == "9970000015");
        let office = office.unwrap();
        let codes: Vec<_> = office.services.iter().map(|service| service.code()).collect();
        assert_eq!(codes, ["11", "15"]);
        assert_eq!(office.kana, "ホウモンカイゴミドリ");
        assert_eq!(office.address, "あおば市緑町1 2階");
        assert_eq!(office.corporation_number.as_deref(), Some("9999999999999"));
        assert!(!office.is_medical);
    }

    #[test]
    fn a_check_digit_warns_and_the_rest_is_refused() {
        let import = import(FILE.as_bytes());
        let found: Vec<_> =
            import.findings.iter().map(|finding| (finding.line, finding.rule)).collect();
        assert_eq!(
            found,
            [(4, Rule::ProviderCheckDigit), (5, Rule::ProviderNumber), (6, Rule::Code)]
        );
        assert_eq!((import.providers.len(), import.lines), (2, 5));
    }

    #[test]
    fn a_file_without_the_needed_columns_is_refused() {
        let import = import("氏名,住所\na,b\n".as_bytes());
        assert_eq!(import.findings.len(), 3);
        assert!(import.providers.is_empty());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let offices: Vec<_> = import(FILE.as_bytes()).providers;
        let mut file = Vec::new();
        write(&mut file, &offices).unwrap();
        assert_eq!(import(&file).providers, offices);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        ) {
            let mut file = FILE.lines().next().unwrap().as_bytes().to_vec();
            file.push(b'\n');
            file.extend_from_slice(&bytes);
            import(&file);
            import(&bytes);
        }
    }
}
