//! The reading thread: bytes to checked lines with their bodies written and digested.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use tasuki_core::certification::CertificationProgress;
use tasuki_core::document::{Author, Body};
use tasuki_core::insured::{InsuredNumber, InsuredPerson, Sex};
use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::characters::search_key;
use tasuki_formats::municipal::{
    ApplicationConsent, Batch, Content, FileName, Finding, HashingReader, Line, ManifestFile, Op,
    OpenError, OpinionRequest, Reader, Rule, ServiceUse,
};
use tasuki_store::ingestion::StepDates;
use tasuki_store::seal::SealKey;
use tokio::sync::mpsc::Sender;

/// What the reading thread hands over.
pub(super) enum Part {
    /// The next lines.
    Lines(Prepared),
    /// The header is not sound: no line can be read.
    Header(Vec<Finding>),
    /// The file has ended; this is what came.
    End(ManifestFile),
    /// The file could not be read.
    Broken(io::Error),
}

/// A batch of lines.
pub(super) struct Prepared {
    /// Number of the last line passed.
    pub(super) line: u64,
    /// Lines that can be taken.
    pub(super) good: Vec<PreparedLine>,
    /// Lines that cannot.
    pub(super) bad: Vec<Refused>,
}

/// A refused line.
pub(super) struct Refused {
    pub(super) findings: Vec<Finding>,
    /// Whose and which record it meant, when that could be read.
    pub(super) key: Option<(InsuredNumber, String)>,
}

/// A line that breaks no rule of its own.
pub(super) struct PreparedLine {
    pub(super) line: u64,
    pub(super) insured: InsuredNumber,
    pub(super) history: String,
    pub(super) op: Op,
    /// `None` for a deletion.
    pub(super) made: Option<Made>,
    pub(super) warnings: Vec<Finding>,
}

/// What a line says, as the store takes it.
pub(super) enum Made {
    Person(PreparedPerson),
    Paper(Box<PreparedPaper>),
    Consent(Box<ApplicationConsent>),
    Request(OpinionRequest),
    Service(ServiceUse),
}

/// A person with the body written.
pub(super) struct PreparedPerson {
    pub(super) birth_date: Date,
    pub(super) sex: Sex,
    pub(super) kana_key: String,
    pub(super) json: Vec<u8>,
    pub(super) digest: Vec<u8>,
}

/// A paper with the body written.
pub(super) struct PreparedPaper {
    pub(super) author: Author,
    pub(super) valid_from: Option<Date>,
    pub(super) valid_until: Option<Date>,
    pub(super) step: Option<StepDates>,
    pub(super) json: Vec<u8>,
    pub(super) digest: Vec<u8>,
}

/// A file to read.
pub(super) struct Reading {
    pub(super) path: PathBuf,
    pub(super) name: FileName,
    /// Lines that were taken before.
    pub(super) skip: u64,
    pub(super) batch_bytes: usize,
    pub(super) key: Arc<SealKey>,
}

/// Reads a file to its end and hands it over part by part; stops when nobody listens.
pub(super) fn run(reading: &Reading, parts: &Sender<Part>) {
    let last = match read(reading, parts) {
        Ok(last) => last,
        Err(error) => Part::Broken(error),
    };
    // Whoever listened has gone: there is nobody to tell.
    let _ = parts.blocking_send(last);
}

fn read(reading: &Reading, parts: &Sender<Part>) -> io::Result<Part> {
    let file = HashingReader::new(File::open(&reading.path)?);
    let mut input = BufReader::with_capacity(1 << 16, file);
    let mut reader = match Reader::open(&mut input, &reading.name) {
        Ok(reader) => reader,
        Err(OpenError::Header(findings)) => return Ok(Part::Header(findings)),
        Err(OpenError::Io(error)) => return Err(error),
    };
    reader.skip_to(reading.skip)?;
    let mut batch = Batch::default();
    while reader.read_batch(&mut batch, reading.batch_bytes)? {
        let mut prepared =
            Prepared { line: reader.line(), good: Vec::with_capacity(batch.len()), bad: vec![] };
        for (number, bytes) in batch.raw() {
            match reader.layout().parse_line(number, bytes) {
                Ok(line) => match prepare(line, &reading.name.insurer, &reading.key) {
                    Ok(line) => prepared.good.push(line),
                    Err(refused) => prepared.bad.push(refused),
                },
                Err(findings) => {
                    let key = reader.layout().key_of(bytes);
                    prepared.bad.push(Refused { findings, key });
                }
            }
        }
        if parts.blocking_send(Part::Lines(prepared)).is_err() {
            break;
        }
    }
    drop(reader);
    Ok(Part::End(input.into_inner().finish(reading.name.to_string())))
}

/// Writes and digests what a line says.
fn prepare(line: Line, insurer: &InsurerNumber, key: &SealKey) -> Result<PreparedLine, Refused> {
    let Line { number, record, warnings } = line;
    let op = record.change.op();
    let (insured, history) = (record.person.insured, record.history);
    let made = match record.change {
        tasuki_formats::municipal::Change::Delete => None,
        tasuki_formats::municipal::Change::Put(content)
        | tasuki_formats::municipal::Change::Correct(content) => Some(content),
    };
    let made = match made.map(|content| make(content, insurer, key)).transpose() {
        Ok(made) => made,
        Err(rule) => {
            let findings = vec![Finding::line(number, rule)];
            return Err(Refused { findings, key: Some((insured, history)) });
        }
    };
    Ok(PreparedLine { line: number, insured, history, op, made, warnings })
}

fn make(content: Content, insurer: &InsurerNumber, key: &SealKey) -> Result<Made, Rule> {
    Ok(match content {
        Content::Person(person) => Made::Person(make_person(&person, key)?),
        Content::Paper(body) => Made::Paper(Box::new(make_paper(&body, insurer, key)?)),
        Content::Consent(consent) => Made::Consent(consent),
        Content::OpinionRequest(request) => Made::Request(request),
        Content::ServiceUse(service) => Made::Service(service),
    })
}

fn make_person(person: &InsuredPerson, key: &SealKey) -> Result<PreparedPerson, Rule> {
    let json = serde_json::to_vec(person).map_err(|_| Rule::Json)?;
    Ok(PreparedPerson {
        birth_date: person.birth_date,
        sex: person.sex,
        kana_key: search_key(person.name.kana.expose()),
        digest: key.digest(&json),
        json,
    })
}

fn make_paper(body: &Body, insurer: &InsurerNumber, key: &SealKey) -> Result<PreparedPaper, Rule> {
    let json = body.to_json().map_err(|_| Rule::Json)?;
    let author = match body {
        Body::AttendingPhysicianOpinion(opinion) => Author::Provider(opinion.institution.clone()),
        _ => Author::Insurer(insurer.clone()),
    };
    let (valid_from, valid_until) = period(body);
    let step = match body {
        Body::CertificationProgress(progress) => Some(step(progress)),
        _ => None,
    };
    let digest = key.digest(&json);
    Ok(PreparedPaper { author, valid_from, valid_until, step, json, digest })
}

/// The period a paper prints, or the day it is about: papers are listed by it, newest first.
fn period(body: &Body) -> (Option<Date>, Option<Date>) {
    match body {
        Body::InsuredCertificate(certificate) => match &certificate.certified {
            Some(need) => (Some(need.period.from), Some(need.period.until)),
            None => (Some(certificate.issued_on), None),
        },
        Body::BurdenRatioCertificate(certificate) => {
            (Some(certificate.first.from), Some(certificate.until()))
        }
        Body::BurdenLimitCertificate(certificate) => {
            (Some(certificate.applies_from), Some(certificate.expires_on))
        }
        Body::BurdenReductionCertificate(certificate) => {
            (Some(certificate.applies_from), Some(certificate.expires_on))
        }
        Body::SurveySheet(sheet) => (Some(sheet.surveyed_on), None),
        Body::AttendingPhysicianOpinion(opinion) => (Some(opinion.written_on), None),
        Body::HomeModificationUse(used) => (Some(used.used_on), None),
        Body::EquipmentPurchaseUse(bought) => (Some(bought.bought_on), None),
        Body::CertificationProgress(progress) => (Some(progress.filed_on), None),
    }
}

fn step(progress: &CertificationProgress) -> StepDates {
    StepDates {
        filed_on: progress.filed_on,
        survey_done_on: progress.survey.done_on,
        opinion_asked_on: progress.opinion.requested_on,
        opinion_received_on: progress.opinion.received_on,
        opinion_provider: progress.opinion.institution.as_ref().map(ToString::to_string),
        board_planned_on: progress.board.planned_on,
        board_held_on: progress.board.held_on,
        postponement: progress.postponement_days(),
        closed_on: progress.decided_on.or(progress.ended.map(|end| end.on)),
    }
}
