//! What an opinion request says reaches the institution that is asked, and lies sealed.

use jiff::civil::date;
use tasuki_core::insured::Personal;
use tasuki_core::opinion::request::RequestedOpinion;
use tasuki_core::provider::ProviderNumber;
use tasuki_formats::municipal::{Change, Content, Op, Record, RecordKind, Scope};
use tasuki_store::ingestion::heads;
use tasuki_store::scratch::for_each_database;

use crate::municipality::Municipality;

const HANAKO: &str = "0000000001";
const CLINIC: &str = "9919000019";
const DOCTOR: &str = "架空　一郎";

/// The request of the town with a doctor and a day.
fn request(city: &Municipality, op: Op, doctor: &str, cancelled: bool) -> Record {
    let record = city.request(HANAKO, "1", CLINIC);
    let Change::Put(Content::OpinionRequest(mut request)) = record.change else { panic!() };
    request.physician = Some(Personal::new(doctor));
    request.due_on = Some(date(2026, 11, 26));
    request.cancelled_on = cancelled.then_some(date(2026, 11, 19));
    let change = Change::new(op, Some(Content::OpinionRequest(request))).unwrap();
    Record { change, ..city.request(HANAKO, "1", CLINIC) }
}

async fn send(city: &Municipality, sequence: u32, record: Record) -> u64 {
    let files = [
        (RecordKind::OpinionRequest, vec![record]),
        (RecordKind::InsuredPerson, vec![city.person(HANAKO, "緑町1番地")]),
    ];
    let (report, findings) = city.take(&city.write(sequence, Scope::Diff, &files)).await;
    assert_eq!(findings, []);
    report.files.iter().find(|file| file.kind == RecordKind::OpinionRequest).unwrap().summary.taken
}

async fn asked(city: &Municipality) -> Option<RequestedOpinion> {
    let clinic = ProviderNumber::parse(CLINIC).unwrap();
    city.look(HANAKO).await.unwrap().basics.request_to(&clinic).cloned()
}

#[tokio::test]
async fn doctor_and_day_are_kept_mended_and_end_with_the_request() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        assert_eq!(send(&city, 1, request(&city, Op::Put, DOCTOR, false)).await, 1);
        let found = asked(&city).await.unwrap();
        assert_eq!(found.physician.unwrap().expose(), DOCTOR);
        assert_eq!(
            (found.requested_on, found.due_on),
            (date(2026, 11, 12), Some(date(2026, 11, 26)))
        );
        assert_eq!(send(&city, 2, request(&city, Op::Put, DOCTOR, false)).await, 0);
        assert_eq!(send(&city, 3, request(&city, Op::Correct, "架空　二郎", false)).await, 1);
        assert_eq!(asked(&city).await.unwrap().physician.unwrap().expose(), "架空　二郎");
        assert_eq!(send(&city, 4, request(&city, Op::Correct, "架空　二郎", true)).await, 1);
        assert_eq!(asked(&city).await, None);
    })
    .await;
}

#[tokio::test]
async fn the_doctors_name_lies_in_the_database_for_nobody_to_read() {
    for_each_database(async |db| {
        let city = Municipality::new(db).await;
        send(&city, 1, request(&city, Op::Put, DOCTOR, false)).await;
        let heads = heads::assignments(db, &city.number, &[HANAKO]).await.unwrap();
        let body = heads[&(HANAKO.to_owned(), "1".to_owned())].body.clone().unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("一郎"));
    })
    .await;
}
