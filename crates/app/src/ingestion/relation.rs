//! Records that tie a person to offices: consents, opinion requests, months of service.
//!
//! The ledger is never overwritten: a changed consent is a new entry that replaces the former one,
//! and what a person took back stays taken back until they give it anew.

use tasuki_core::assignment::IdentityCheck;
use tasuki_core::consent::{Consent, Withdrawal, WithdrawnBy};
use tasuki_core::date::AtMs;
use tasuki_core::opinion::request::RequestedOpinion;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Op, OpinionRequest, Rule};
use tasuki_store::ingestion::{ending, file_id, heads};
use tasuki_store::transfer::Transfer;
use tasuki_store::{StoreError, Value, assignment, consent, params};

use super::decide::{Decider, Rows, Stored, Verdict};
use super::prepare::{Made, PreparedLine};

impl Decider<'_> {
    /// Why a record cannot be taken beside its newest row, of the generation `head`: a correction
    /// or deletion of what was never sent, or a key that this transfer has had before.
    fn refused(&self, op: Op, head: Option<i64>) -> Option<Verdict> {
        match head {
            None if op != Op::Put => Some(Verdict::Refused(Rule::UnknownHistory, "history")),
            Some(generation) if generation == self.transfer.generation => {
                Some(Verdict::Refused(Rule::RepeatedKey, "history"))
            }
            _ => None,
        }
    }

    pub(super) fn consent(
        &self,
        line: PreparedLine,
        stored: &Stored,
        rows: &mut Rows,
    ) -> Result<Verdict, StoreError> {
        let key = (line.insured.expose().to_owned(), line.history.clone());
        let head = stored.consents.get(&key);
        if let Some(refused) = self.refused(line.op, head.map(|head| head.generation)) {
            return Ok(refused);
        }
        let person = self.person_key(&line.insured);
        let Some(Made::Consent(made)) = line.made else {
            let open = head.filter(|head| head.withdrawn.is_none());
            if let Some(head) = open {
                let id = file_id(&line.history, head.number);
                self.mark(line.insured.expose(), ending::CONSENT_END, &id, rows);
            }
            return Ok(if open.is_some() { Verdict::Taken } else { Verdict::Unchanged });
        };
        let Some(head) = head else {
            let entry = made.to_consent(file_id(&line.history, 1), person);
            self.consent_row(entry, rows)?;
            return Ok(Verdict::Taken);
        };
        let id = file_id(&line.history, head.number);
        let known = self.open_consent(&person, &id, head)?;
        let says = made.to_consent(id.clone(), person.clone());
        let bare = |consent: &Consent| Consent { withdrawn: None, ..consent.clone() };
        let same = Consent { replaces: known.replaces.clone(), ..bare(&says) } == bare(&known);
        match (same, &head.withdrawn, &says.withdrawn) {
            (true, None, Some(_)) => {
                self.mark(line.insured.expose(), ending::CONSENT_END, &id, rows);
                Ok(Verdict::Taken)
            }
            (true, _, _) => Ok(Verdict::Unchanged),
            (false, withdrawn, _) => {
                let mut entry = made.to_consent(file_id(&line.history, head.number + 1), person);
                entry.replaces = Some(id.clone());
                match withdrawn {
                    Some((at, by)) if entry.given_at <= AtMs(*at) => {
                        let by = WithdrawnBy::from_word(by).unwrap_or(WithdrawnBy::Insurer);
                        entry.withdrawn = Some(Withdrawal { at: AtMs(*at), by });
                    }
                    Some(_) => {}
                    None => {
                        self.mark(line.insured.expose(), ending::CONSENT_REPLACED, &id, rows);
                    }
                }
                self.consent_row(entry, rows)?;
                Ok(Verdict::Taken)
            }
        }
    }

    fn open_consent(
        &self,
        person: &tasuki_core::insured::PersonKey,
        id: &str,
        head: &heads::ConsentHead,
    ) -> Result<Consent, StoreError> {
        let corrupt = || StoreError::Corrupt { table: "consent", column: "body" };
        let place = consent::place(person, id);
        let body = self.key.open(place.as_bytes(), &head.body).map_err(|_| corrupt())?;
        serde_json::from_slice(&body).map_err(|_| corrupt())
    }

    fn consent_row(&self, mut entry: Consent, rows: &mut Rows) -> Result<(), StoreError> {
        let withdrawn = entry.withdrawn.take();
        let unsealed = |_| StoreError::Unavailable("a consent could not be sealed");
        let json = serde_json::to_vec(&entry).map_err(unsealed)?;
        let body = self.seal(&consent::place(&entry.person, &entry.id), &json)?;
        rows.consents.push(params![
            &entry.person.insurer,
            &entry.person.insured,
            entry.id,
            self.transfer.generation,
            entry.given_at,
            entry.from,
            entry.until,
            withdrawn.as_ref().map(|withdrawal| withdrawal.at),
            withdrawn.map(|withdrawal| withdrawal.by.word()),
            body,
            1_i64,
        ]);
        Ok(())
    }

    /// An opinion request registers the institution as in charge.
    pub(super) fn request(
        &self,
        line: &PreparedLine,
        stored: &Stored,
        rows: &mut Rows,
    ) -> Result<Verdict, StoreError> {
        let key = (line.insured.expose().to_owned(), line.history.clone());
        let head = stored.assignments.get(&key);
        if let Some(refused) = self.refused(line.op, head.map(|head| head.generation)) {
            return Ok(refused);
        }
        let end = |head: &heads::AssignmentHead, rows: &mut Rows| {
            let id = file_id(&line.history, head.number);
            self.mark(line.insured.expose(), ending::ASSIGNMENT_END, &id, rows);
        };
        let open = head.filter(|head| !head.ended);
        let Some(Made::Request(made)) = &line.made else {
            return Ok(match open {
                Some(head) => {
                    end(head, rows);
                    Verdict::Taken
                }
                None => Verdict::Unchanged,
            });
        };
        let same = match head {
            Some(head) => self.says(line, head, made)?.then_some(head),
            None => None,
        };
        match (same, made.cancelled_on) {
            (Some(head), Some(_)) if !head.ended => {
                end(head, rows);
                return Ok(Verdict::Taken);
            }
            (Some(_), _) => return Ok(Verdict::Unchanged),
            (None, _) => {}
        }
        if let Some(head) = open {
            end(head, rows);
        }
        let id = file_id(&line.history, head.map_or(1, |head| head.number + 1));
        self.request_row(line, id, made, rows)?;
        Ok(Verdict::Taken)
    }

    /// The registration `head` says what the request `made` says.
    fn says(
        &self,
        line: &PreparedLine,
        head: &heads::AssignmentHead,
        made: &OpinionRequest,
    ) -> Result<bool, StoreError> {
        let started_at = AtMs::start_of(made.requested_on);
        if head.provider != made.institution.as_str() || head.started_at_ms != started_at.0 {
            return Ok(false);
        }
        let Some(sealed) = &head.body else { return Ok(requested(made) == bare(made)) };
        let id = file_id(&line.history, head.number);
        let known = assignment::request(sealed, &self.person_key(&line.insured), &id, &self.key)?;
        Ok(known == requested(made))
    }

    fn request_row(
        &self,
        line: &PreparedLine,
        id: String,
        made: &OpinionRequest,
        rows: &mut Rows,
    ) -> Result<(), StoreError> {
        let unsealed = |_| StoreError::Unavailable("a request could not be sealed");
        let json = serde_json::to_vec(&requested(made)).map_err(unsealed)?;
        let body = self.seal(&assignment::place(&self.person_key(&line.insured), &id), &json)?;
        let Transfer { insurer, generation, .. } = &self.transfer;
        let ended_at = made.cancelled_on.map(AtMs::start_of);
        rows.assignments.push(params![
            insurer,
            &line.insured,
            id,
            *generation,
            &made.institution,
            IdentityCheck::OpinionRequest.word(),
            AtMs::start_of(made.requested_on),
            ended_at,
            ended_at.map(|_| "insurer"),
            1_i64,
            body,
        ]);
        Ok(())
    }

    /// A month of service: the office stays in charge while such months keep coming.
    pub(super) fn service(&self, line: &PreparedLine, stored: &Stored, rows: &mut Rows) -> Verdict {
        let key = (line.insured.expose().to_owned(), line.history.clone());
        let head = stored.services.get(&key);
        if let Some(refused) = self.refused(line.op, head.map(|head| head.generation)) {
            return refused;
        }
        let says = match &line.made {
            Some(Made::Service(made)) => Some((&made.provider, made.month.to_string())),
            _ => None,
        };
        let open = head.filter(|head| !head.ended);
        let same = match (open, &says) {
            (None, None) => true,
            (Some(head), Some((provider, month))) => {
                head.provider == provider.as_str() && head.month == *month
            }
            _ => false,
        };
        if same {
            return Verdict::Unchanged;
        }
        if let Some(head) = open {
            let id = file_id(&line.history, head.number);
            self.mark(line.insured.expose(), ending::SERVICE_END, &id, rows);
        }
        if let Some((provider, month)) = says {
            let id = file_id(&line.history, head.map_or(1, |head| head.number + 1));
            let Transfer { insurer, generation, .. } = &self.transfer;
            let insured = &line.insured;
            rows.services.push(params![insurer, insured, provider, &*month, *generation]);
            let record = params![insurer, insured, id, *generation, provider, month, Value::Null];
            rows.service_records.push(record);
        }
        Verdict::Taken
    }
}

/// What a request says to the institution that is asked.
fn requested(made: &OpinionRequest) -> RequestedOpinion {
    RequestedOpinion {
        physician: made.physician.clone(),
        requested_on: made.requested_on,
        due_on: made.due_on,
    }
}

/// What a row without a body says: the day of the request and nothing else.
fn bare(made: &OpinionRequest) -> RequestedOpinion {
    RequestedOpinion { physician: None, requested_on: made.requested_on, due_on: None }
}
