//! What each line changes: rows beside what is stored, and findings that only the store can make.

use std::collections::HashMap;
use std::sync::Arc;

use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Finding, Op, RecordKind, Rule};
use tasuki_store::ingestion::heads::{self, PaperHead, PersonHead};
use tasuki_store::ingestion::{PAPER, PERSON, STEP, ending};
use tasuki_store::seal::SealKey;
use tasuki_store::transfer::{SEEN, Transfer};
use tasuki_store::{Bulk, Change, StoreError, Value, document, params, person};

use super::keys::Keys;
use super::prepare::{Made, Prepared, PreparedLine, PreparedPaper, PreparedPerson, Refused};
use crate::App;

/// What one line came to.
pub(super) enum Verdict {
    /// It changes something.
    Taken,
    /// It says what is known.
    Unchanged,
    /// It cannot be taken beside what is stored.
    Refused(Rule, &'static str),
}

/// Totals and findings of a batch.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) taken: u64,
    pub(super) unchanged: u64,
    pub(super) refused: u64,
    pub(super) findings: Vec<Finding>,
}

/// Rows on their way into the store.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) persons: Vec<Vec<Value>>,
    pub(super) papers: Vec<Vec<Value>>,
    pub(super) steps: Vec<Vec<Value>>,
    pub(super) consents: Vec<Vec<Value>>,
    pub(super) assignments: Vec<Vec<Value>>,
    pub(super) services: Vec<Vec<Value>>,
    pub(super) service_records: Vec<Vec<Value>>,
    pub(super) seen: Vec<Vec<Value>>,
    pub(super) change: Change,
}

impl Rows {
    pub(super) fn into_bulk(self) -> Bulk {
        use tasuki_store::ingestion::{ASSIGNMENT, CONSENT, SERVICE_RECORD, SERVICE_USE};
        Bulk::new()
            .with(self.change)
            .insert(&PERSON, self.persons)
            .insert(&PAPER, self.papers)
            .insert(&STEP, self.steps)
            .insert(&CONSENT, self.consents)
            .insert(&ASSIGNMENT, self.assignments)
            .insert(&SERVICE_USE, self.services)
            .insert(&SERVICE_RECORD, self.service_records)
            .insert(&SEEN, self.seen)
    }

    /// Adds a statement.
    pub(super) fn also(&mut self, change: Change) {
        self.change = std::mem::take(&mut self.change).and(change);
    }
}

/// Decides the lines of one transfer.
pub(super) struct Decider<'a> {
    pub(super) app: &'a App,
    pub(super) transfer: Transfer,
    pub(super) key: Arc<SealKey>,
    pub(super) now: AtMs,
    /// Nothing of this insurer is stored but what this run has stored: no need to look.
    pub(super) fresh: bool,
    /// A full set over an earlier one: what it names is marked.
    pub(super) marks: bool,
    /// Keys of the file being taken.
    pub(super) keys: Keys,
    /// Persons that this run has found in order.
    pub(super) named: Keys,
    /// Persons that this run has deleted.
    pub(super) gone: Keys,
}

/// What is stored of the persons of a batch.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) persons: HashMap<String, PersonHead>,
    pub(super) papers: HashMap<(String, String), PaperHead>,
    pub(super) consents: HashMap<(String, String), heads::ConsentHead>,
    pub(super) assignments: HashMap<(String, String), heads::AssignmentHead>,
    pub(super) services: HashMap<(String, String), heads::ServiceHead>,
}

impl Decider<'_> {
    /// Begins a file.
    pub(super) fn begin_file(&mut self) {
        self.keys.clear();
    }

    /// Decides a batch.
    pub(super) async fn decide(
        &mut self,
        kind: RecordKind,
        batch: Prepared,
    ) -> Result<(Rows, Outcome), StoreError> {
        let stored = self.stored(kind, &batch.good).await?;
        let (mut rows, mut outcome) = (Rows::default(), Outcome::default());
        for refused in batch.bad {
            self.refuse(kind, refused, &mut rows, &mut outcome);
        }
        for mut line in batch.good {
            outcome.findings.append(&mut line.warnings);
            let number = line.line;
            match self.line(kind, line, &stored, &mut rows)? {
                Verdict::Taken => outcome.taken += 1,
                Verdict::Unchanged => outcome.unchanged += 1,
                Verdict::Refused(rule, column) => {
                    outcome.refused += 1;
                    outcome.findings.push(Finding::cell(number, column, rule, ""));
                }
            }
        }
        outcome.findings.sort_by_key(|finding| finding.line);
        Ok((rows, outcome))
    }

    /// Reads what is stored of the persons that the lines name.
    async fn stored(&self, kind: RecordKind, lines: &[PreparedLine]) -> Result<Stored, StoreError> {
        let knows_all = self.fresh && !self.keys.forgets() && !self.named.forgets();
        if knows_all {
            return Ok(Stored::default());
        }
        let mut keys: Vec<&str> = lines.iter().map(|line| line.insured.expose()).collect();
        keys.sort_unstable();
        keys.dedup();
        let (db, insurer) = (&self.app.db, &self.transfer.insurer);
        let mut stored =
            Stored { persons: heads::persons(db, insurer, &keys).await?, ..Stored::default() };
        match kind {
            RecordKind::InsuredPerson => {}
            RecordKind::Consent => stored.consents = heads::consents(db, insurer, &keys).await?,
            RecordKind::OpinionRequest => {
                stored.assignments = heads::assignments(db, insurer, &keys).await?;
            }
            RecordKind::ServiceUse => {
                stored.services = heads::services(db, insurer, &keys).await?;
            }
            paper => {
                let word = paper.document_kind().map_or("", Word::word);
                stored.papers = heads::papers(db, insurer, word, &keys).await?;
            }
        }
        Ok(stored)
    }

    fn refuse(
        &mut self,
        kind: RecordKind,
        refused: Refused,
        rows: &mut Rows,
        outcome: &mut Outcome,
    ) {
        outcome.refused += 1;
        outcome.findings.extend(refused.findings);
        if self.marks {
            match refused.key {
                // A record that is named badly is not gone.
                Some((insured, history)) => self.mark_history(kind, &insured, &history, rows),
                None => self.mark("", ending::UNREAD, kind.word(), rows),
            }
        }
    }

    /// Decides one line.
    fn line(
        &mut self,
        kind: RecordKind,
        line: PreparedLine,
        stored: &Stored,
        rows: &mut Rows,
    ) -> Result<Verdict, StoreError> {
        let history = if kind == RecordKind::InsuredPerson { "" } else { &*line.history };
        if !self.keys.add(&line.insured, history) {
            return Ok(Verdict::Refused(Rule::RepeatedKey, "history"));
        }
        if self.marks {
            self.mark_history(kind, &line.insured, &line.history, rows);
        }
        if kind == RecordKind::InsuredPerson {
            return self.person(line, stored, rows);
        }
        if !self.knows(&line.insured, stored) {
            return Ok(Verdict::Refused(Rule::UnknownPerson, "insured"));
        }
        match kind {
            RecordKind::Consent => self.consent(line, stored, rows),
            RecordKind::OpinionRequest => self.request(&line, stored, rows),
            RecordKind::ServiceUse => Ok(self.service(&line, stored, rows)),
            paper => self.paper(paper, line, stored, rows),
        }
    }

    /// The person is held, or was named earlier in this transfer.
    fn knows(&self, insured: &InsuredNumber, stored: &Stored) -> bool {
        let held = || {
            let head = stored.persons.get(insured.expose());
            head.is_some_and(|head| !head.deleted) && !self.gone.has(insured, "")
        };
        self.named.has(insured, "") || held()
    }

    /// Whose record.
    pub(super) fn person_key(&self, insured: &InsuredNumber) -> PersonKey {
        PersonKey { insurer: self.transfer.insurer.clone(), insured: insured.clone() }
    }

    /// Marks a record as named by the full set.
    fn mark_history(
        &self,
        kind: RecordKind,
        insured: &InsuredNumber,
        history: &str,
        rows: &mut Rows,
    ) {
        match kind {
            RecordKind::InsuredPerson => self.mark(insured.expose(), ending::PERSON, "", rows),
            RecordKind::Consent => self.mark(insured.expose(), ending::CONSENT, history, rows),
            RecordKind::OpinionRequest => {
                self.mark(insured.expose(), ending::ASSIGNMENT, history, rows);
            }
            RecordKind::ServiceUse => self.mark(insured.expose(), ending::SERVICE, history, rows),
            paper => {
                let word = paper.document_kind().map_or("", Word::word);
                self.mark(insured.expose(), word, history, rows);
            }
        }
    }

    /// Adds a mark.
    pub(super) fn mark(&self, insured: &str, kind: &str, series: &str, rows: &mut Rows) {
        let Transfer { insurer, sequence, .. } = &self.transfer;
        rows.seen.push(params![insurer, *sequence, insured, kind, series]);
    }

    fn person(
        &mut self,
        line: PreparedLine,
        stored: &Stored,
        rows: &mut Rows,
    ) -> Result<Verdict, StoreError> {
        let head = stored.persons.get(line.insured.expose());
        // A transfer that goes on, or a very long one, has forgotten the persons it named first.
        if head.is_some_and(|head| head.generation == self.transfer.generation) {
            return Ok(Verdict::Refused(Rule::RepeatedKey, "history"));
        }
        let head = head.filter(|head| !head.deleted);
        let Some(Made::Person(made)) = line.made else {
            if head.is_none() {
                return Ok(Verdict::Refused(Rule::UnknownHistory, "insured"));
            }
            let Transfer { insurer, generation, .. } = &self.transfer;
            let end = ending::person(insurer, line.insured.expose(), *generation, self.now);
            rows.also(end);
            self.named.remove(&line.insured, "");
            self.gone.add(&line.insured, "");
            return Ok(Verdict::Taken);
        };
        if line.op == Op::Correct && head.is_none() {
            return Ok(Verdict::Refused(Rule::UnknownHistory, "insured"));
        }
        self.named.add(&line.insured, "");
        if head.is_some_and(|head| head.digest == made.digest) {
            return Ok(Verdict::Unchanged);
        }
        rows.persons.push(self.person_row(&line.insured, made)?);
        Ok(Verdict::Taken)
    }

    fn person_row(
        &self,
        insured: &InsuredNumber,
        made: PreparedPerson,
    ) -> Result<Vec<Value>, StoreError> {
        let Transfer { insurer, generation, .. } = &self.transfer;
        let place = person::place(&self.person_key(insured), *generation);
        let body = self.seal(&place, &made.json)?;
        Ok(params![
            insurer,
            insured,
            *generation,
            made.birth_date,
            made.sex.word(),
            made.kana_key,
            false,
            self.now,
            made.digest,
            body,
        ])
    }

    /// Seals a body for its place.
    pub(super) fn seal(&self, place: &str, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let unsealed = StoreError::Unavailable("a body could not be sealed");
        self.key.seal(place.as_bytes(), body).map_err(|_| unsealed)
    }

    fn paper(
        &self,
        kind: RecordKind,
        line: PreparedLine,
        stored: &Stored,
        rows: &mut Rows,
    ) -> Result<Verdict, StoreError> {
        let word = kind.document_kind().map_or("", Word::word);
        let key = (line.insured.expose().to_owned(), line.history);
        let head = stored.papers.get(&key);
        let live = head.filter(|head| !head.deleted);
        if live.is_none() && line.op != Op::Put {
            return Ok(Verdict::Refused(Rule::UnknownHistory, "history"));
        }
        // A broken transfer that goes on has forgotten the keys of the lines it took before.
        if head.is_some_and(|head| head.generation == self.transfer.generation) {
            return Ok(Verdict::Refused(Rule::RepeatedKey, "history"));
        }
        let (insured, series) = key;
        let Some(Made::Paper(made)) = line.made else {
            let Transfer { insurer, generation, .. } = &self.transfer;
            let unseen = ending::Unseen { insured, kind: word.to_owned(), series };
            let version = head.map_or(0, |head| head.version);
            rows.also(ending::paper(insurer, &unseen, version, *generation, self.now));
            return Ok(Verdict::Taken);
        };
        if live.is_some_and(|head| head.digest == made.digest) {
            return Ok(Verdict::Unchanged);
        }
        let version = head.map_or(1, |head| head.version + 1);
        self.paper_rows(&line.insured, word, &series, version, *made, rows)?;
        Ok(Verdict::Taken)
    }

    fn paper_rows(
        &self,
        insured: &InsuredNumber,
        kind: &str,
        series: &str,
        version: i64,
        made: PreparedPaper,
        rows: &mut Rows,
    ) -> Result<(), StoreError> {
        let Transfer { insurer, generation, .. } = &self.transfer;
        if let Some(step) = made.step {
            let number = insured.expose();
            rows.steps.push(step.into_row(insurer, number, series, version, *generation));
        }
        let place = document::place(&self.person_key(insured), kind, series, version);
        let body = self.seal(&place, &made.json)?;
        rows.papers.push(params![
            insurer,
            insured,
            kind,
            series,
            version,
            *generation,
            document::author_word(&made.author),
            made.valid_from,
            made.valid_until,
            self.now,
            false,
            made.digest,
            body,
        ]);
        Ok(())
    }
}
