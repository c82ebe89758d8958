//! What a page can do, the API can do: each route of the pages has its operation, or a reason.

use serde_json::Value;
use tasuki_web::server::route::{Route, Verb};
use tasuki_web::{citizen, staff};

use super::conform::{DESCRIPTION, operations};

/// Pages with nothing of their own.
const FORM: &str = "— an empty form; its post is below";
const SIGN_IN: &str = "— people sign in with a code; software has tokens (POST /token)";
const OWN_PASSWORD: &str = "— software has no code, and its password is made by an administrator";
const MOVES: &str = "— leads on to another page";

/// A route of the staff's pages, and the operations that do the same.
const STAFF: &[(&str, &str)] = &[
    ("GET /", MOVES),
    ("GET /sign-in", SIGN_IN),
    ("POST /sign-in", "POST /token"),
    ("GET /sign-in/code", SIGN_IN),
    ("POST /sign-in/code", SIGN_IN),
    ("POST /sign-in/mail", SIGN_IN),
    ("GET /sign-in/recovery", SIGN_IN),
    ("POST /sign-in/recovery", SIGN_IN),
    ("GET /sign-in/enrol", SIGN_IN),
    ("POST /sign-in/enrol/begin", SIGN_IN),
    ("POST /sign-in/enrol", SIGN_IN),
    ("GET /sign-in/password", SIGN_IN),
    ("POST /sign-in/password", SIGN_IN),
    ("POST /sign-out", "POST /token/revoke"),
    ("POST /switch", "— software acts for the organisation of its certificate"),
    ("GET /me", "GET /me, GET /me/sessions"),
    ("POST /me/sessions/end", "DELETE /me/sessions/{session}"),
    ("POST /me/sessions/end-others", "DELETE /me/sessions"),
    ("GET /me/password", FORM),
    ("POST /me/password", OWN_PASSWORD),
    ("GET /me/enrol", FORM),
    ("POST /me/enrol", OWN_PASSWORD),
    ("POST /me/enrol/confirm", OWN_PASSWORD),
    ("GET /me/recovery", FORM),
    ("POST /me/recovery", OWN_PASSWORD),
    ("GET /persons", "GET /persons"),
    ("POST /persons", "POST /persons/search"),
    ("GET /persons/{handle}", "GET /persons/{handle}"),
    ("GET /persons/{handle}/print", "GET /persons/{handle}"),
    ("GET /persons/{handle}/why", "GET /persons/{handle}/why"),
    ("GET /persons/{handle}/earlier", "GET /persons/{handle}"),
    ("POST /persons/{handle}/earlier", MOVES),
    ("GET /persons/{handle}/end", FORM),
    ("POST /persons/{handle}/end", "DELETE /persons/{handle}/assignment"),
    ("GET /persons/find", MOVES),
    ("GET /persons/find/items", FORM),
    ("POST /persons/find/items", "POST /persons/find, POST /persons/register"),
    ("GET /persons/find/card", "GET /persons/find/card"),
    ("GET /persons/find/card/state", "GET /persons/find/card"),
    ("POST /persons/find/card/begin", "POST /persons/find/card"),
    ("POST /persons/find/card", "POST /persons/find/card/confirm, POST /persons/register"),
    ("GET /persons/{handle}/consent", FORM),
    ("POST /persons/{handle}/consent", "POST /persons/{handle}/consents"),
    ("GET /persons/{handle}/consent/card", "GET /persons/{handle}/consents/card"),
    ("GET /persons/{handle}/consent/card/state", "GET /persons/{handle}/consents/card"),
    ("POST /persons/{handle}/consent/card/begin", "POST /persons/{handle}/consents/card"),
    ("POST /persons/{handle}/consent/card", "POST /persons/{handle}/consents"),
    ("GET /persons/{handle}/consents", "GET /persons/{handle}/consents"),
    ("GET /persons/{handle}/consents/{id}/withdraw", FORM),
    ("POST /persons/{handle}/consents/{id}/withdraw", "DELETE /persons/{handle}/consents/{id}"),
    ("GET /emergency/open", FORM),
    ("POST /emergency/open", "POST /emergencies"),
    ("GET /emergency", "GET /emergencies"),
    ("GET /emergency/{id}", "GET /emergencies"),
    ("POST /emergency/{id}", "POST /emergencies/{id}/review"),
    ("GET /notices", "GET /notices"),
    ("POST /notices", "POST /notices/read"),
    ("GET /office", "GET /office, GET /onboarding"),
    ("GET /office/staff", "GET /accounts"),
    ("GET /office/staff/new", FORM),
    ("POST /office/staff/new", "POST /accounts"),
    ("GET /office/staff/{id}", "GET /accounts"),
    ("POST /office/staff/{id}", "PUT /accounts/{account}, PUT /accounts/{account}/place"),
    ("POST /office/staff/{id}/{act}", ACTS),
    ("GET /office/devices", "GET /devices"),
    ("GET /office/devices/new", FORM),
    ("POST /office/devices/new", "POST /devices"),
    ("POST /office/devices/{id}/renew", "POST /devices/{sha256}/renew"),
    ("GET /office/devices/{id}/revoke", FORM),
    ("POST /office/devices/{id}/revoke", "DELETE /devices/{sha256}"),
    ("GET /help", "— words about the page"),
    ("GET /board", "— names the boards of the account; nothing is done there yet"),
    ("GET /municipality", "GET /municipality"),
    ("GET /municipality/queue", "GET /municipality/queue"),
    ("GET /municipality/persons", FORM),
    ("POST /municipality/persons", "POST /persons/search"),
    ("GET /municipality/persons/{handle}/log", "GET /persons/{handle}/log"),
    ("GET /municipality/persons/{handle}/consents", "GET /persons/{handle}/consents"),
    ("GET /municipality/persons/{handle}/blocks", "GET /persons/{handle}/blocks"),
    ("POST /municipality/persons/{handle}/blocks", "POST /persons/{handle}/blocks"),
    ("GET /municipality/persons/{handle}/blocks/{id}/lift", FORM),
    (
        "POST /municipality/persons/{handle}/blocks/{id}/lift",
        "POST /persons/{handle}/blocks/{id}/lift",
    ),
    ("GET /municipality/objections", "GET /objections"),
    ("POST /municipality/objections", "POST /objections/{id}/answer"),
    ("GET /municipality/transfers", "GET /transfers"),
    (
        "GET /municipality/transfers/{sequence}",
        "GET /transfers/{sequence}, GET /transfers/{sequence}/findings",
    ),
    ("GET /municipality/transfers/{sequence}/report.csv", "GET /transfers/{sequence}/findings.csv"),
    (
        "GET /municipality/transfers/{sequence}/report.json",
        "GET /transfers/{sequence}/findings.jsonl",
    ),
    ("GET /municipality/upload", FORM),
    (
        "POST /municipality/upload",
        "POST /transfers, PUT /transfers/{sequence}/files/{name}, POST /transfers/{sequence}/finish",
    ),
    ("GET /municipality/looks", "GET /municipality/looks"),
    ("GET /operator", "GET /platform"),
    ("GET /operator/insurers", "GET /insurers"),
    ("GET /operator/insurers/new", FORM),
    ("GET /operator/insurers/{number}", "GET /insurers/{number}"),
    ("POST /operator/insurers/save", "PUT /insurers/{number}"),
    ("GET /operator/offices", "GET /offices"),
    ("GET /operator/offices/new", FORM),
    ("GET /operator/offices/{number}", "GET /offices/{number}"),
    ("POST /operator/offices/save", "PUT /offices/{number}"),
    ("POST /operator/offices/active", "PUT /offices/{number}/active"),
    ("GET /operator/offices/import", FORM),
    ("POST /operator/offices/import", "POST /offices/import"),
    ("GET /operator/accounts", "GET /accounts"),
    ("GET /operator/accounts/new", FORM),
    ("POST /operator/accounts/new", "POST /accounts"),
    ("GET /operator/accounts/{id}", "GET /accounts"),
    ("POST /operator/accounts/{id}", "PUT /accounts/{account}, PUT /accounts/{account}/place"),
    ("POST /operator/accounts/{id}/{act}", ACTS),
    ("GET /operator/devices", "GET /devices"),
    ("GET /operator/devices/new", FORM),
    ("POST /operator/devices/new", "POST /devices"),
    ("POST /operator/devices/{id}/renew", "POST /devices/{sha256}/renew"),
    ("GET /operator/devices/{id}/revoke", FORM),
    ("POST /operator/devices/{id}/revoke", "DELETE /devices/{sha256}"),
    ("GET /operator/settings", "GET /settings"),
    ("POST /operator/settings", "PUT /settings"),
    ("GET /operator/tables", "GET /tables"),
    ("GET /operator/tables/sharing.toml", "GET /tables"),
    ("GET /operator/tables/function_jobs.toml", "GET /tables"),
    ("POST /operator/tables/preview", "POST /tables/preview"),
    ("POST /operator/tables/activate", "PUT /tables"),
    ("GET /operator/disasters", "GET /disasters"),
    ("GET /operator/disasters/new", FORM),
    ("POST /operator/disasters/confirm", "GET /insurers/{number}/reach"),
    ("POST /operator/disasters/open", "POST /disasters"),
    ("POST /operator/disasters/close", "DELETE /disasters/{number}/{id}"),
    ("GET /operator/notices", FORM),
    ("POST /operator/notices", "POST /announcements"),
];

/// Acts on a member, each with its own address at the API.
const ACTS: &str = "DELETE /accounts/{account}/place, POST /accounts/{account}/place/take-back, \
                    POST /accounts/{account}/reset, POST /accounts/{account}/unlock";

/// Operations that no page has, with why.
const ONLY_SOFTWARE: &[(&str, &str)] = &[
    ("GET /", "the description itself"),
    ("GET /openapi.json", "the description itself"),
    ("POST /memberships", "an account in a second office of the corporation"),
    ("GET /reader/challenge", "the reader's line"),
    ("POST /reader/answer", "the reader's line"),
    ("GET /transfers/{sequence}/files", "how far a broken upload has come"),
];

fn name(route: &Route) -> String {
    let verb = match route.verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
    };
    format!("{verb} {}", route.path)
}

fn documented() -> Vec<String> {
    let api = &DESCRIPTION.api;
    let name = |(verb, path, _): (&str, &str, &Value)| {
        let below = path.trim_start_matches("/api/v1");
        let below = if below.is_empty() { "/" } else { below };
        format!("{} {below}", verb.to_uppercase())
    };
    operations(api).map(name).collect()
}

#[test]
fn every_page_has_its_operation_or_its_reason() {
    let documented = documented();
    let routes: Vec<String> = staff::ROUTES.iter().copied().flatten().map(name).collect();
    for route in &routes {
        let own = STAFF.iter().find(|(page, _)| page == route);
        let (_, twins) = own.unwrap_or_else(|| panic!("{route} has no operation and no reason"));
        let named = twins.split(", ").filter(|_| !twins.starts_with('—'));
        for twin in named {
            assert!(documented.iter().any(|own| own == twin), "{route}: there is no {twin}");
        }
    }
    let gone: Vec<_> =
        STAFF.iter().filter(|(page, _)| !routes.iter().any(|it| it == page)).collect();
    assert!(gone.is_empty(), "pages that are no more: {gone:?}");
}

#[test]
fn every_operation_is_a_pages_or_softwares_alone() {
    for operation in documented() {
        let of_page = STAFF.iter().any(|(_, twins)| twins.split(", ").any(|it| it == operation));
        let alone = ONLY_SOFTWARE.iter().any(|(own, _)| *own == operation);
        assert!(of_page != alone, "{operation}: page {of_page}, software alone {alone}");
    }
}

/// Citizens have no line for software: `docs/divergences.md` says why. Were there one, this test
/// would have to become a table as above.
#[test]
fn citizens_have_no_line_for_software() {
    let pages = citizen::ROUTES.iter().copied().flatten();
    assert!(pages.into_iter().all(|route| !route.path.starts_with("/api")));
    let reasons = include_str!("../../../../../docs/divergences.md");
    assert!(reasons.contains("Software for citizens"));
}
