//! A municipality sends files on a page, reads what became of them, and sees its queue and who
//! looked.

use axum::body::Body;
use http::{Request, StatusCode};
use jiff::civil::date;
use tasuki_core::date::AtMs;
use tasuki_core::insured::{InsuredPerson, PersonName, Personal, Sex};
use tasuki_core::provider::ProviderNumber;
use tasuki_formats::municipal::{
    Change, Content, Op, OpinionRequest, Record, RecordKind, header_line, layout,
};
use tasuki_store::scratch;
use tasuki_store::transfer::{self, TransferState};
use tasuki_tls::Clock;
use tasuki_web::server::{State, staff_router};
use tower::ServiceExt;

use crate::files::{File, with_files};
use crate::house::{
    Answer, CLINIC, House, MANAGER, NOW, OFFICER, PHYSICIAN, STRANGER, WITH_CONSENT, Who, city,
    key_of, request,
};

const UPLOAD: &str = "/municipality/upload";
const NEWCOMER: &str = "0000444444";

/// A house whose server takes files.
pub(crate) struct TownHall {
    pub(crate) house: House,
    spool: tempfile::TempDir,
}

impl TownHall {
    async fn new() -> Self {
        Self::around(House::new().await)
    }

    fn around(house: House) -> Self {
        Self { house, spool: tempfile::tempdir().unwrap() }
    }

    /// Runs `check` on SQLite and, when `PG_URL` names a server, on PostgreSQL.
    pub(crate) async fn each(check: impl AsyncFn(&Self)) {
        check(&Self::new().await).await;
        if let Ok(url) = std::env::var("PG_URL") {
            let town = Self::around(House::on(scratch::postgres(&url).await.unwrap()).await);
            check(&town).await;
            town.house.discard().await;
        }
    }

    /// What lies in the spool.
    pub(crate) fn spooled(&self) -> Vec<std::ffi::OsString> {
        let Ok(entries) = std::fs::read_dir(self.spool.path().join("transfers")) else {
            return vec![];
        };
        entries.map(|entry| entry.unwrap().file_name()).collect()
    }

    pub(crate) async fn send(&self, files: &[File<'_>]) -> Answer {
        self.answer(NOW, with_files(OFFICER, UPLOAD, files)).await
    }

    /// Waits until transfer 1 has ended; it goes on behind the answer.
    pub(crate) async fn ended(&self) -> TransferState {
        loop {
            let found = transfer::get(&self.house.app.db, &city().number, 1).await.unwrap();
            match found.map(|found| found.state) {
                None | Some(TransferState::Receiving) => tokio::task::yield_now().await,
                Some(ended) => return ended,
            }
        }
    }

    /// A minute later: what happens now counts as past.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.answer(NOW.plus_ms(60_000), request(OFFICER, "GET", path, String::new())).await
    }

    /// The page of the person with consent, a minute later.
    async fn page_of(&self, who: Who) -> Answer {
        let path = self.house.person(who, WITH_CONSENT);
        self.answer(NOW.plus_ms(60_000), request(who, "GET", &path, String::new())).await
    }

    pub(crate) async fn answer(&self, at: AtMs, request: Request<Body>) -> Answer {
        let state = State::new(self.house.app.clone(), Clock::fixed(at.0));
        let state = state.with_spool(self.spool.path().join("transfers"));
        let response = staff_router(state).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

pub(crate) fn name(kind: &str, ending: &str) -> String {
    format!("TASUKI_{}_{kind}_diff_000001.{ending}", city().number)
}

/// A person's line as the protocol writes it.
fn person_line(number: &str) -> String {
    let insured = InsuredPerson {
        key: key_of(number),
        name: PersonName {
            kanji: Personal::new("渡辺　四郎"),
            kana: Personal::new("ワタナベ　シロウ"),
        },
        birth_date: date(1940, 1, 15),
        sex: Sex::Male,
        postal_code: None,
        address: Some(Personal::new("あおば市緑町4")),
        phone: None,
        protection: None,
        domicile_exception: None,
        moved_from: None,
        moved_to: None,
        lost_on: None,
    };
    let change = Change::new(Op::Put, Some(Content::Person(Box::new(insured)))).unwrap();
    let record = Record { person: key_of(number), history: "1".to_owned(), change };
    let mut line = Vec::new();
    layout::encode(RecordKind::InsuredPerson, &record, &mut line).unwrap();
    String::from_utf8(line).unwrap()
}

/// A new person, and one whose birthday is no day.
pub(crate) fn persons() -> String {
    let wrong = person_line("0000555555").replace("1940-01-15", "1940-13-45");
    format!("{}\n{}{wrong}", header_line(RecordKind::InsuredPerson), person_line(NEWCOMER))
}

/// A running application: filed on a day, and what has been done since.
fn application(number: &str, filed_on: &str, done: &str) -> String {
    format!(
        "{{\"op\":\"put\",\"insurer\":\"{}\",\"insured\":\"{number}\",\"history\":\"1\",\
         \"body\":{{\"filed_on\":\"{filed_on}\",\"kind\":\"renewal\"{done}}}}}\n",
        city().number,
    )
}

/// One that waits for the opinion, one that waits for the survey and is overdue.
fn applications() -> String {
    let opinion = ",\"survey\":{\"requested_on\":\"2026-11-03\",\"done_on\":\"2026-11-10\"},\
        \"opinion\":{\"institution\":\"9919000019\",\"requested_on\":\"2026-11-04\"}";
    let survey = ",\"survey\":{\"requested_on\":\"2026-10-03\"}";
    let waiting = application(WITH_CONSENT, "2026-11-02", opinion);
    format!("{waiting}{}", application(STRANGER, "2026-10-01", survey))
}

#[tokio::test]
async fn files_sent_on_a_page_are_taken_and_reported_line_by_line() {
    let town = TownHall::new().await;
    let (csv, jsonl) = (name("insured_person", "csv"), name("certification_progress", "jsonl"));
    let (persons, applications) = (persons(), applications());
    let sent = town.send(&[("file", &csv, &persons), ("file", &jsonl, &applications)]).await;
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/municipality/transfers"));
    assert_eq!(town.ended().await, TransferState::Published);
    let event = town.house.newest_event().await;
    assert!(event.contains("\"ingest\"") && event.contains("\"officer\""), "{event}");

    let found = town.house.post(OFFICER, "/municipality/persons", &[("number", NEWCOMER)]).await;
    found.shows(&["渡辺　四郎"]);
    town.get("/municipality/transfers").await.shows(&["第1回（差分）", "反映済み"]);
    let page = town.get("/municipality/transfers/1").await;
    page.shows(&["被保険者", "認定の進み具合", "反映済み", "直してほしい行", "3行め", &csv]);
    page.shows(&["取り込んだ行</dt><dd class=\"num\">3", "report.csv", "report.json"]);
    town.get("/municipality").await.shows(&["第1回（差分）", "動いている認定申請"]);
    assert!(!page.body.contains("1940-13-45"), "a report never repeats a value");

    let report = town.get("/municipality/transfers/1/report.csv").await;
    let lines: Vec<_> = report.body.lines().collect();
    assert_eq!(lines[0], "\u{feff}file,line,column,rule,value_class,mend");
    assert!(lines.len() == 2 && lines[1].starts_with(&format!("\"{csv}\",3,\"birth_date\",")));
    let name = report.headers["content-disposition"].to_str().unwrap();
    assert_eq!(name, "attachment; filename=\"transfer_000001_report.csv\"");
    let report = town.get("/municipality/transfers/1/report.json").await;
    let line: serde_json::Value = serde_json::from_str(report.body.trim_end()).unwrap();
    assert_eq!((&line["line"], &line["column"]), (&3.into(), &"birth_date".into()));
    for ending in ["csv", "json"] {
        let path = format!("/municipality/transfers/2/report.{ending}");
        assert_eq!(town.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn files_of_others_and_nameless_ones_are_refused_before_anything_is_taken() {
    let town = TownHall::new().await;
    let other = name("insured_person", "csv").replace(city().number.as_str(), "990028");
    for (file, words) in [
        (Some(other.as_str()), "ほかの市町村"),
        (Some("../../etc/passwd"), "名前"),
        (None, "ファイルを選んで"),
    ] {
        let persons = persons();
        let files: Vec<File<'_>> = file.iter().map(|file| ("file", *file, &*persons)).collect();
        let page = town.send(&files).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{file:?}");
        assert!(page.body.contains(words), "{file:?} {}", page.body);
    }
    let taken = transfer::list(&town.house.app.db, &city().number, None, 10).await.unwrap();
    assert_eq!(taken, []);
}

#[tokio::test]
async fn the_queue_says_whose_turn_it_is_and_what_is_overdue() {
    let town = TownHall::new().await;
    let (jsonl, applications) = (name("certification_progress", "jsonl"), applications());
    town.send(&[("file", &jsonl, &applications)]).await;
    town.ended().await;
    let before = town.house.events().await;
    let page = town.get("/municipality/queue").await;
    page.shows(&["高橋 花子", "鈴木 三郎", "主治医意見書", "青空クリニック", "16日", "認定調査"]);
    page.shows(&["R8.12.2", "あと12日", "R8.10.31", "20日超過", "期限超過<b>1</b>"]);
    assert!(page.body.find("鈴木 三郎") < page.body.find("高橋 花子"), "the oldest first");
    assert_eq!(town.house.events().await, before + 1, "a list is one event");
    assert!(!page.body.contains(WITH_CONSENT));

    let page = town.get("/municipality/queue?turn=opinion").await;
    page.shows(&["高橋 花子"]);
    assert!(!page.body.contains("鈴木 三郎"));
    let page = town.get("/municipality/queue?overdue=yes").await;
    page.shows(&["鈴木 三郎"]);
    assert!(!page.body.contains("高橋 花子"));
    town.get("/municipality/queue?page=7").await.shows(&["あてはまる申請はありません"]);
    town.get("/municipality").await.shows(&["決定の期限を過ぎた認定が1件あります"]);
}

/// The application that was overdue, its decision postponed by a notice of `notified_on`.
fn postponed(notified_on: &str) -> String {
    let notice = format!(
        ",\"postponement\":{{\"notified_on\":\"{notified_on}\",\
         \"expected_by\":\"2026-12-10\",\"reason\":\"架空の調査に日時を要するため\"}}"
    );
    application(WITH_CONSENT, "2026-10-01", &notice)
}

#[tokio::test]
async fn a_postponed_application_is_not_overdue_until_its_new_day_and_says_so() {
    let town = TownHall::new().await;
    let (jsonl, sent) = (name("certification_progress", "jsonl"), postponed("2026-10-31"));
    town.send(&[("file", &jsonl, &sent)]).await;
    town.ended().await;
    let queue = town.get("/municipality/queue").await;
    queue.shows(&["R8.12.10", "10月31日に延期を通知", "期限超過<b>0</b>"]);
    let person = town.get(&town.house.person(OFFICER, WITH_CONSENT)).await;
    person.shows(&["延期の通知", "令和8年12月10日", "架空の調査に日時を要するため"]);
    assert!(!person.body.contains("期限を過ぎています"), "{}", person.body);
}

#[tokio::test]
async fn a_notice_after_the_thirty_days_is_shown_and_does_not_move_the_deadline() {
    let town = TownHall::new().await;
    let (jsonl, sent) = (name("certification_progress", "jsonl"), postponed("2026-11-01"));
    town.send(&[("file", &jsonl, &sent)]).await;
    town.ended().await;
    let queue = town.get("/municipality/queue?overdue=yes").await;
    queue.shows(&["R8.10.31", "30日を過ぎて延期を通知（見込み 12月10日）"]);
    let person = town.get(&town.house.person(OFFICER, WITH_CONSENT)).await;
    person.shows(&["延期の通知", "申請から30日を過ぎてからの通知です"]);
}

/// The request for an opinion that the clinic of the house gets.
fn opinion_request() -> String {
    let request = OpinionRequest {
        institution: ProviderNumber::parse(CLINIC).unwrap(),
        institution_name: "青空クリニック".to_owned(),
        physician: Some(Personal::new("架空　一郎")),
        requested_on: date(2026, 11, 4),
        due_on: Some(date(2026, 11, 18)),
        application_history: Some("1".to_owned()),
        cancelled_on: None,
    };
    let change = Change::new(Op::Put, Some(Content::OpinionRequest(request))).unwrap();
    let record = Record { person: key_of(WITH_CONSENT), history: "1".to_owned(), change };
    let mut line = Vec::new();
    layout::encode(RecordKind::OpinionRequest, &record, &mut line).unwrap();
    let header = header_line(RecordKind::OpinionRequest);
    format!("{header}\n{}", String::from_utf8(line).unwrap())
}

#[tokio::test]
async fn the_institution_asked_and_those_who_wait_see_doctor_and_day() {
    TownHall::each(async |town| {
        let (jsonl, applications) = (name("certification_progress", "jsonl"), applications());
        let (csv, request) = (name("opinion_request", "csv"), opinion_request());
        town.send(&[("file", &jsonl, &applications), ("file", &csv, &request)]).await;
        assert_eq!(town.ended().await, TransferState::Published);
        let words = ["架空　一郎", "提出期限", "令和8年11月18日", "2日超過"];
        let clinic = town.page_of(PHYSICIAN).await;
        clinic.shows(&["主治医意見書の依頼", "あおば市から、この方の"]);
        clinic.shows(&words);
        for who in [OFFICER, MANAGER] {
            let page = town.page_of(who).await;
            page.shows(&words);
            assert!(!page.body.contains("あおば市から、この方の"), "only the institution is asked");
        }
        let notices = town.get("/notices").await;
        notices.shows(&["第1回のデータを取り込み、反映しました。直すところはありません。"]);
    })
    .await;
}

#[tokio::test]
async fn looks_are_counted_by_office_and_few_are_told_as_few() {
    let town = TownHall::new().await;
    let person = town.house.person(MANAGER, WITH_CONSENT);
    for _ in 0..10 {
        town.house.get(MANAGER, &person).await;
    }
    town.house.get(OFFICER, &town.house.person(OFFICER, WITH_CONSENT)).await;
    let page = town.get("/municipality/looks").await;
    page.shows(&["ケアプランあおば", "9970000001", "この30日"]);
    let row = |who: &str| {
        let rows = page.body.split("<tr>").filter(|row| row.contains(who));
        rows.last().unwrap_or_else(|| panic!("{who} {}", page.body)).to_owned()
    };
    let office = row("ケアプランあおば");
    assert!(office.contains("閲覧の回数\">10</td>"), "{office}");
    assert!(office.contains("見られた方の人数\">10未満</td>"), "{office}");
    assert!(row("市町村の職員").contains("閲覧の回数\">10未満</td>"));
    for days in [7, 90, 365] {
        let page = town.get(&format!("/municipality/looks?days={days}")).await;
        page.shows(&["ケアプランあおば"]);
        let current = format!("?days={days}\" aria-current=\"true\"");
        assert!(page.body.contains(&current), "{days}");
    }
    assert!(!page.body.contains(WITH_CONSENT) && !page.body.contains("高橋"));
}
