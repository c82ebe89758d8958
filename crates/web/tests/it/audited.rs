//! Every route that changes something leaves an event; those that need none are named with why.

use crate::house::{House, MANAGER, NO_CONSENT, PASSWORD, WITH_CONSENT, city};
use tasuki_web::server::route::Verb;
use tasuki_web::staff;

/// Routes that change nothing anybody could ask about.
const NO_EVENT: &[(&str, &str)] = &[
    ("/persons/{handle}/consent/card/begin", "waits for a card, whose reading is the event"),
    ("/persons/{handle}/earlier", "leads on to the look, which is the event"),
    ("/sign-in/mail", "nothing is sent without a mail server; tried in the use case's tests"),
    ("/sign-in/enrol/begin", "a key that nobody has confirmed opens nothing"),
    ("/me/enrol", "a key that nobody has confirmed opens nothing"),
    ("/notices", "a mark for colleagues"),
    ("/operator/tables/preview", "shows what would change"),
    ("/operator/disasters/confirm", "counts, before anything is decided"),
];

/// Routes whose event is tried with the whole act: in `sign_in.rs`, `office.rs`, `desk.rs`,
/// `pages.rs`, `card.rs`, `consent_card.rs`, `townhall.rs`, `operator.rs`, `transfers.rs`.
const ELSEWHERE: &[&str] = &[
    "/sign-in/code",
    "/sign-in/recovery",
    "/sign-in/enrol",
    "/sign-in/password",
    "/switch",
    "/me/enrol/confirm",
    "/emergency/open",
    "/emergency/{id}",
    "/office/staff/new",
    "/office/staff/{id}",
    "/office/staff/{id}/{act}",
    "/office/devices/new",
    "/office/devices/{id}/renew",
    "/office/devices/{id}/revoke",
    "/municipality/objections",
    // Tried in `protected.rs`.
    "/municipality/persons/{handle}/blocks",
    "/municipality/persons/{handle}/blocks/{id}/lift",
    "/persons/find/card/begin",
    "/persons/find/card",
    "/persons/{handle}/consent/card",
    "/municipality/upload",
    "/operator/insurers/save",
    "/operator/offices/save",
    "/operator/offices/active",
    "/operator/offices/import",
    "/operator/accounts/new",
    "/operator/accounts/{id}",
    "/operator/accounts/{id}/{act}",
    "/operator/devices/new",
    "/operator/devices/{id}/renew",
    "/operator/devices/{id}/revoke",
    "/operator/settings",
    "/operator/tables/activate",
    "/operator/disasters/open",
    "/operator/disasters/close",
    "/operator/notices",
];

async fn leaves_an_event(house: &House, path: &str, fields: &[(&str, &str)]) {
    let before = house.events().await;
    let answer = house.post(MANAGER, path, fields).await;
    assert!(house.events().await > before, "{path}: {} {}", answer.status, answer.body);
}

/// A route, its address with a real person, and the fields to post.
type Tried<'a> = (&'a str, String, &'a [(&'a str, &'a str)]);

#[tokio::test]
async fn every_change_leaves_an_event() {
    let house = House::new().await;
    let no_consent = house.person(MANAGER, NO_CONSENT);
    let with_consent = house.person(MANAGER, WITH_CONSENT);
    let insurer = city().number.to_string();
    let items = [
        ("insurer_number", insurer.as_str()),
        ("insured_number", "0000999999"),
        ("birth_date_era", "showa"),
        ("birth_date_year", "17"),
        ("birth_date_month", "3"),
        ("birth_date_day", "5"),
        ("sex", "female"),
        ("seen", "yes"),
    ];
    let consent = [("basis", "person"), ("scope", "all"), ("means", "paper"), ("kept_at", "A")];
    let passwords = [
        ("password", PASSWORD),
        ("new_password", "べつのことばにかえておく"),
        ("again", "べつのことばにかえておく"),
    ];
    let session = tasuki_app::secret::Secret::new("token-of-manager").sha256();
    let tried: &[Tried<'_>] = &[
        ("/persons", "/persons".to_owned(), &[("kana", "タカ")]),
        ("/persons/find/items", "/persons/find/items".to_owned(), &items),
        ("/persons/{handle}/consent", format!("{no_consent}/consent"), &consent),
        (
            "/persons/{handle}/consents/{id}/withdraw",
            format!("{with_consent}/consents/consent-1/withdraw"),
            &[],
        ),
        ("/persons/{handle}/end", format!("{with_consent}/end"), &[]),
        ("/me/sessions/end-others", "/me/sessions/end-others".to_owned(), &[]),
        ("/me/recovery", "/me/recovery".to_owned(), &[("password", PASSWORD)]),
        ("/me/password", "/me/password".to_owned(), &passwords),
        ("/sign-in", "/sign-in".to_owned(), &[("login", "manager"), ("password", "wrong")]),
        ("/me/sessions/end", "/me/sessions/end".to_owned(), &[("session", session.as_str())]),
    ];
    for (_, path, fields) in tried {
        leaves_an_event(&house, path, fields).await;
    }
    let house = House::new().await;
    leaves_an_event(&house, "/sign-out", &[]).await;
    let before = house.events().await;
    house.post(crate::house::OFFICER, "/municipality/persons", &[("kana", "スズ")]).await;
    assert!(house.events().await > before);

    let known = |path: &str| {
        tried.iter().any(|(template, ..)| *template == path)
            || NO_EVENT.iter().any(|(template, _)| *template == path)
            || ELSEWHERE.contains(&path)
            || ["/sign-out", "/municipality/persons"].contains(&path)
    };
    let routes = staff::ROUTES.iter().copied().flatten();
    let missing: Vec<_> =
        routes.filter(|it| it.verb == Verb::Post && !known(it.path)).map(|it| it.path).collect();
    assert_eq!(missing, [""; 0], "routes that nobody has tried for their event");
}
