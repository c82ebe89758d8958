//! Records that tie a person to offices: consents, opinion requests, months of service.
//!
//! The ledger is never overwritten: a changed consent is a new entry that replaces the former one,
//! and what a person took back stays taken back until they give it anew.

use tasuki_core::assignment::IdentityCheck;
use tasuki_core::consent::{Consent, Withdrawal, WithdrawnBy};
use tasuki_core::date::AtMs;
use tasuki_core::word::Word;
use tasuki_formats::municipal::{Op, Rule};
use tasuki_store::ingestion::{ending, file_id, heads};
use tasuki_store::transfer::Transfer;
use tasuki_store::{StoreError, consent, params};

use super::decide::{Decider, Rows, Stored, Verdict};
use super::prepare::{Made, PreparedLine};

impl Decider<'_> {
    pub(super) fn consent(
        &self,
        line: PreparedLine,
        stored: &Stored,
        rows: &mut Rows,
    ) -> Result<Verdict, StoreError> {
        let key = (line.insured.expose().to_owned(), line.history.clone());
        let head = stored.consents.get(&key);
        if head.is_none() && line.op != Op::Put {
            return Ok(Verdict::Refused(Rule::UnknownHistory, "history"));
        }
        if head.is_some_and(|head| head.generation == self.transfer.generation) {
            return Ok(Verdict::Refused(Rule::RepeatedKey, "history"));
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
    pub(super) fn request(&self, line: &PreparedLine, stored: &Stored, rows: &mut Rows) -> Verdict {
        let key = (line.insured.expose().to_owned(), line.history.clone());
        let head = stored.assignments.get(&key);
        if head.is_none() && line.op != Op::Put {
            return Verdict::Refused(Rule::UnknownHistory, "history");
        }
        if head.is_some_and(|head| head.generation == self.transfer.generation) {
            return Verdict::Refused(Rule::RepeatedKey, "history");
        }
        let end = |head: &heads::AssignmentHead, rows: &mut Rows| {
            let id = file_id(&line.history, head.number);
            self.mark(line.insured.expose(), ending::ASSIGNMENT_END, &id, rows);
        };
        let open = head.filter(|head| !head.ended);
        let Some(Made::Request(made)) = &line.made else {
            return match open {
                Some(head) => {
                    end(head, rows);
                    Verdict::Taken
                }
                None => Verdict::Unchanged,
            };
        };
        let started_at = AtMs::start_of(made.requested_on);
        let same = head.filter(|head| {
            head.provider == made.institution.as_str() && head.started_at_ms == started_at.0
        });
        match (same, made.cancelled_on) {
            (Some(head), Some(_)) if !head.ended => {
                end(head, rows);
                return Verdict::Taken;
            }
            (Some(_), _) => return Verdict::Unchanged,
            (None, _) => {}
        }
        if let Some(head) = open {
            end(head, rows);
        }
        let Transfer { insurer, generation, .. } = &self.transfer;
        let ended_at = made.cancelled_on.map(AtMs::start_of);
        rows.assignments.push(params![
            insurer,
            &line.insured,
            file_id(&line.history, head.map_or(1, |head| head.number + 1)),
            *generation,
            &made.institution,
            IdentityCheck::OpinionRequest.word(),
            started_at,
            ended_at,
            ended_at.map(|_| "insurer"),
            1_i64,
        ]);
        Verdict::Taken
    }

    /// A month of service; what was seen stays seen, so nothing takes it back.
    pub(super) fn service(&self, line: &PreparedLine, stored: &Stored, rows: &mut Rows) -> Verdict {
        let Some(Made::Service(made)) = &line.made else {
            return Verdict::Refused(Rule::UnknownHistory, "history");
        };
        let month = made.month.to_string();
        let (insured, provider) = (line.insured.expose().to_owned(), made.provider.to_string());
        if stored.services.contains(&(insured, provider, month.clone())) {
            return Verdict::Unchanged;
        }
        let Transfer { insurer, generation, .. } = &self.transfer;
        rows.services.push(params![insurer, &line.insured, &made.provider, month, *generation]);
        Verdict::Taken
    }
}
