//! What a grant covers, and who gets one.

use tasuki_core::account::{JobType, Membership, Organisation};
use tasuki_core::document::{Author, DocumentKind as Kind};
use tasuki_core::event::Gate;
use tasuki_core::insured::PersonKey;
use tasuki_core::provider::{Provider, ProviderNumber};
use tasuki_core::word::Word;
use tasuki_policy::{
    Block, Grant, Permit, Reader, Relation, Request, Sharing, authorise, authorise_basics,
    authorise_head, authorise_list, authorise_log, authorise_search,
};

use crate::rules::{care_manager, city, clinic, office, staff};
use crate::space;

fn sharing() -> Sharing {
    Sharing::published().unwrap()
}

fn in_charge() -> Relation {
    Relation { assigned: true, continuing: true, ..Relation::default() }
}

#[test]
fn a_grant_covers_its_person_and_kind_and_no_other() {
    let (person, reader) = (space::person(), care_manager());
    let (kind, relation) = (Kind::SurveySheet, in_charge());
    let request =
        Request { person: &person, reader: &reader, kind, made_it: false, consent: true, relation };
    let grant = authorise(&sharing(), &request).unwrap();
    let author = Author::Insurer(person.insurer.clone());
    let mut other = person.clone();
    other.insurer = space::insurer("99002");
    assert_eq!((grant.permit(), grant.only_by()), (Permit::Consented, None));
    assert!(grant.covers(&person, kind, &author));
    assert!(!grant.covers(&other, kind, &author));
    assert!(!grant.covers(&person, Kind::LifeRecord, &author));
}

#[test]
fn an_author_whose_relation_ended_is_granted_its_own_papers_only() {
    let (person, reader) = (space::person(), office(&["15"], JobType::CareWorker));
    let ask = |made_it, consent, relation| {
        let (person, reader, kind) = (&person, &reader, Kind::LifeRecord);
        authorise(&sharing(), &Request { person, reader, kind, made_it, consent, relation })
    };
    let me = reader.author().unwrap();
    let own = ask(true, false, Relation::default()).unwrap();
    assert_eq!((own.permit(), own.only_by()), (Permit::WroteIt, Some(&me)));
    assert!(own.covers(&person, Kind::LifeRecord, &me));
    assert!(!own.covers(&person, Kind::LifeRecord, &Author::InsuredPerson));
    // In charge without consent: still only its own. With consent: all, its own among them.
    assert_eq!(ask(true, false, in_charge()).unwrap().only_by(), Some(&me));
    assert_eq!(ask(true, true, in_charge()).unwrap().only_by(), None);
    assert_eq!(ask(false, false, Relation::default()).unwrap_err().gate, Gate::Assignment);
    let stopped = Relation { block: Some(Block::DeviceStopped), ..in_charge() };
    assert_eq!(ask(true, true, stopped).unwrap_err().gate, Gate::Block);
}

#[test]
fn an_author_is_told_whose_its_papers_are_and_nothing_else() {
    let (person, reader) = (space::person(), office(&["15"], JobType::CareWorker));
    let (sharing, kind) = (sharing(), Kind::LifeRecord);
    let own = |person, made_it, relation| {
        let reader = &reader;
        let ask = Request { person, reader, kind, made_it, consent: false, relation };
        authorise(&sharing, &ask).into_iter().collect::<Vec<_>>()
    };
    let head = |own: &[Grant], relation| {
        let head = authorise_head(&sharing, &person, &reader, relation, own);
        head.map(|head| (head.is_head_only(), head.may_see_move())).map_err(|denied| denied.gate)
    };
    let ended = Relation::default();
    assert_eq!(head(&own(&person, true, ended), ended), Ok((true, false)));
    assert_eq!(head(&own(&person, false, ended), ended), Err(Gate::Assignment));
    let other = PersonKey { insurer: space::insurer("99002"), ..person.clone() };
    assert_eq!(head(&own(&other, true, ended), ended), Err(Gate::Assignment));
    assert_eq!(head(&own(&person, true, in_charge()), in_charge()), Ok((false, true)));
    let lapsed = Relation { assigned: true, ..ended };
    assert_eq!(head(&own(&person, true, lapsed), lapsed), Ok((true, false)));
    // Kept from the person by the insurer: nobody is here.
    let kept = Relation { block: Some(Block::Protection), ..ended };
    assert_eq!(head(&own(&person, true, kept), kept), Err(Gate::Assignment));
}

#[test]
fn a_job_of_elsewhere_opens_nothing_and_searches_nobody() {
    let (sharing, person) = (sharing(), space::person());
    for job in JobType::ALL.iter().copied() {
        let town = Reader::Insurer { number: person.insurer.clone(), staff: staff(job) };
        let officer = job == JobType::MunicipalOfficer;
        let elsewhere = [JobType::BoardMember, JobType::Operator].contains(&job);
        for (reader, here) in [(office(&["43"], job), !officer && !elsewhere), (town, officer)] {
            let basics = authorise_basics(&sharing, &person, &reader, in_charge());
            assert_eq!(basics.is_ok(), here, "{reader:?}");
            assert_eq!(authorise_search(&sharing, &reader, None).is_ok(), here, "{reader:?}");
            assert_eq!(authorise_list(&sharing, &reader, None).is_ok(), here, "{reader:?}");
        }
    }
}

#[test]
fn where_a_protected_person_is_stays_with_insurer_offices_in_charge_and_person() {
    let basics = |reader: &Reader, relation| {
        let grant = authorise_basics(&sharing(), &space::person(), reader, relation);
        grant.map(|grant| grant.may_see_whereabouts()).map_err(|denied| denied.gate)
    };
    let protected = Relation { protected: true, ..Relation::default() };
    let person = |delegate| Reader::InsuredPerson { delegate };
    assert_eq!(basics(&person(false), protected), Ok(true));
    assert_eq!(basics(&person(true), protected), Err(Gate::Block));
    assert_eq!(basics(&person(true), Relation::default()), Ok(true));
    assert_eq!(basics(&city("99001"), protected), Ok(true));
    assert_eq!(basics(&city("99002"), protected), Err(Gate::Assignment));
    let nurse = office(&["13"], JobType::Nurse);
    assert_eq!(basics(&nurse, protected), Err(Gate::Assignment));
    assert_eq!(basics(&nurse, Relation { protected: true, ..in_charge() }), Ok(true));
    assert_eq!(basics(&nurse, Relation { emergency: true, ..protected }), Ok(false));
    assert_eq!(basics(&nurse, Relation { disaster_open: true, ..protected }), Ok(false));
    let calm = Relation { emergency: true, ..Relation::default() };
    assert_eq!(basics(&nurse, calm), Ok(true));
    assert_eq!(basics(&office(&["13"], JobType::Clerk), calm), Err(Gate::Assignment));
}

#[test]
fn which_offices_are_blocked_is_for_the_person_and_the_insurer() {
    let blocks = |reader: &Reader, relation| {
        authorise_basics(&sharing(), &space::person(), reader, relation).unwrap().may_see_blocks()
    };
    let person = |delegate| Reader::InsuredPerson { delegate };
    assert!(blocks(&person(false), Relation { protected: true, ..Relation::default() }));
    assert!(blocks(&city("99001"), Relation::default()));
    assert!(!blocks(&person(true), Relation::default()));
    assert!(!blocks(&office(&["13"], JobType::Nurse), in_charge()));
}

#[test]
fn a_move_tells_the_old_household_nothing() {
    let knows = |reader: &Reader, relation| {
        authorise_basics(&sharing(), &space::person(), reader, relation).unwrap().may_see_move()
    };
    let person = |delegate| Reader::InsuredPerson { delegate };
    let nurse = office(&["13"], JobType::Nurse);
    assert!(knows(&person(false), Relation::default()));
    assert!(!knows(&person(true), Relation::default()));
    assert!(knows(&city("99001"), Relation { protected: true, ..Relation::default() }));
    assert!(knows(&nurse, in_charge()));
    assert!(!knows(&nurse, Relation { protected: true, ..in_charge() }));
}

#[test]
fn papers_too_hide_where_a_protected_person_is() {
    let (person, reader) = (space::person(), office(&["13"], JobType::Nurse));
    let ask = |relation| {
        let (person, reader, kind) = (&person, &reader, Kind::InsuredCertificate);
        let request = Request { person, reader, kind, made_it: false, consent: false, relation };
        authorise(&sharing(), &request).unwrap().may_see_whereabouts()
    };
    assert!(ask(Relation { protected: true, ..in_charge() }));
    assert!(!ask(Relation { protected: true, emergency: true, ..Relation::default() }));
}

/// Authors keep their own papers, but hear nothing new in them of where the person lives now.
#[test]
fn own_papers_hide_where_a_protected_person_is_from_who_is_no_longer_near() {
    let person = space::person();
    let ask = |reader: &Reader, kind, relation| {
        let relation = Relation { protected: true, ..relation };
        let person = &person;
        let request = Request { person, reader, kind, made_it: true, consent: false, relation };
        let grant = authorise(&sharing(), &request).unwrap();
        (grant.permit(), grant.may_see_whereabouts())
    };
    let day_care = office(&["15"], JobType::CareWorker);
    let closed = Relation { block: Some(Block::Protection), ..in_charge() };
    assert_eq!(ask(&day_care, Kind::LifeRecord, in_charge()), (Permit::WroteIt, true));
    assert_eq!(ask(&day_care, Kind::LifeRecord, closed), (Permit::WroteIt, false));
    let (here, gone) = (city("99001"), city("99002"));
    assert_eq!(ask(&here, Kind::SurveySheet, in_charge()), (Permit::Shared, true));
    assert_eq!(ask(&gone, Kind::SurveySheet, in_charge()), (Permit::WroteIt, false));
}

#[test]
fn the_access_log_is_for_the_person_an_unprotected_delegate_and_the_insurer() {
    let log = |reader: &Reader, relation| {
        let grant = authorise_log(&sharing(), &space::person(), reader, relation);
        grant.map(|grant| grant.may_see_places()).map_err(|denied| denied.gate)
    };
    let protected = Relation { protected: true, ..in_charge() };
    for delegate in [false, true] {
        assert_eq!(log(&Reader::InsuredPerson { delegate }, in_charge()), Ok(true));
    }
    assert_eq!(log(&Reader::InsuredPerson { delegate: false }, protected), Ok(false));
    assert_eq!(log(&Reader::InsuredPerson { delegate: true }, protected), Err(Gate::Block));
    assert_eq!(log(&city("99001"), protected), Ok(false));
    assert_eq!(log(&city("99002"), in_charge()), Err(Gate::Assignment));
    assert_eq!(log(&care_manager(), in_charge()), Err(Gate::Role));
    assert_eq!(log(&Reader::Operator, in_charge()), Err(Gate::Role));
}

#[test]
fn staff_search_and_list_and_an_insurer_finds_its_own_persons_only() {
    let search = |reader: &Reader, block| {
        let grant = authorise_search(&sharing(), reader, block);
        grant.map(|grant| grant.within().cloned()).map_err(|denied| denied.gate)
    };
    assert_eq!(search(&care_manager(), None), Ok(None));
    assert_eq!(search(&clinic(&[], JobType::Clerk), None), Ok(None));
    assert_eq!(search(&city("99002"), None), Ok(Some(space::insurer("99002"))));
    assert_eq!(search(&care_manager(), Some(Block::AccountStopped)), Err(Gate::Block));
    for reader in [Reader::Operator, Reader::ReviewBoard, Reader::InsuredPerson { delegate: false }]
    {
        assert_eq!(search(&reader, None), Err(Gate::Role));
        assert_eq!(authorise_list(&sharing(), &reader, None).unwrap_err().gate, Gate::Role);
    }
    let list = authorise_list(&sharing(), &care_manager(), None).unwrap();
    assert_eq!(Some(list.organisation()), care_manager().author().as_ref());
}

#[test]
fn a_membership_makes_a_reader_only_with_its_own_office() {
    let provider = Provider {
        number: space::office(false, &[]).number,
        name: "架空ケアプランセンター".to_owned(),
        kana: "カクウケアプランセンター".to_owned(),
        is_medical: false,
        services: space::office(false, &["43"]).services,
        corporation_number: None,
        corporation_name: "架空会".to_owned(),
        address: "架空市架空町1".to_owned(),
        phone: "000-000-0000".to_owned(),
        active: true,
    };
    let member = |organisation| {
        let staff = staff(JobType::CareManager);
        let (level, job) = (staff.level, staff.job);
        Membership { organisation, level, job, writes_care_plans: false }
    };
    let own = member(Organisation::Provider(provider.number.clone()));
    assert_eq!(Reader::of_staff(&own, Some(&provider)), Some(care_manager()));
    assert_eq!(Reader::of_staff(&own, None), None);
    let other = Provider { number: ProviderNumber::parse("9970000002").unwrap(), ..provider };
    assert_eq!(Reader::of_staff(&own, Some(&other)), None);
    assert_eq!(Reader::of_staff(&member(Organisation::Operator), None), Some(Reader::Operator));
}
