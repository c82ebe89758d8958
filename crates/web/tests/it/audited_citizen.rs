//! Every route of the citizens leaves an event when it shows or changes something of a person.

use http::StatusCode;
use tasuki_web::citizen::ROUTES;
use tasuki_web::server::route::Verb;

use crate::house::{CARE_OFFICE, MANAGER, WITH_CONSENT};
use crate::neighbours::{Browser, DAUGHTER, HANAKO, Neighbours};

/// Routes that neither show nor change anything of a person.
const NO_EVENT: &[(&str, &str)] = &[
    ("GET /", "leads on"),
    ("GET /my/sign-in", "asks for the card"),
    ("GET /my/sign-in/start", "leads on to the provider"),
    ("GET /my/help", "words about the pages"),
    ("POST /my/family/open", "leads on to the look, which is the event"),
    ("POST /my/insurer", "leads on to the look, which is the event"),
    ("GET /my/family", "names of delegates, for the person and for themselves"),
];

/// Asks, and holds that the log has grown by it.
async fn leaves(world: &Neighbours, tried: &mut Vec<String>, route: &str, sent: Sent<'_>) {
    let (browser, from, path, fields) = sent;
    let answer = match route.split_once(' ').unwrap().0 {
        "GET" => {
            let before = world.house.events().await;
            let answer = browser.get(path).await;
            assert!(world.house.events().await > before, "{route}: {}", answer.status);
            answer
        }
        _ => {
            // The page on which the form stands is a look of its own.
            browser.get(from).await;
            let before = world.house.events().await;
            let answer = browser.post(from, path, fields).await;
            let (after, page) = (world.house.events().await, u64::from(from != "/my/family"));
            assert!(after > before + page, "{route}: {} {}", answer.status, answer.body);
            answer
        }
    };
    let done = [StatusCode::OK, StatusCode::SEE_OTHER];
    assert!(done.contains(&answer.status), "{route}: {} {}", answer.status, answer.body);
    tried.push(route.to_owned());
}

/// Whose browser, the page of the form, the address, the fields.
type Sent<'a> = (&'a Browser<'a>, &'a str, &'a str, &'a [(&'a str, &'a str)]);

/// What stands between two texts of a page.
fn between(body: &str, before: &str, after: &str) -> String {
    let rest = body.split(before).nth(1).unwrap_or_else(|| panic!("{before} in {body}"));
    rest.split(after).next().unwrap().to_owned()
}

#[tokio::test]
async fn every_route_of_the_citizens_leaves_its_event() {
    Neighbours::each(async |world| {
        let house = &world.house;
        house.get(MANAGER, &house.person(MANAGER, WITH_CONSENT)).await;
        let tried = &mut Vec::new();
        let callback = world.browser();
        let path = world.provider(&callback, HANAKO, "sign_in").await;
        leaves(world, tried, "GET /my/sign-in/callback", (&callback, "", &path, &[])).await;
        let hanako = &callback;
        for page in [
            "/my",
            "/my/papers",
            "/my/papers/print",
            "/my/progress",
            "/my/looks",
            "/my/consents",
            "/my/consents/new",
            "/my/offices",
        ] {
            leaves(world, tried, &format!("GET {page}"), (hanako, "", page, &[])).await;
        }
        let seq = between(&hanako.get("/my/looks").await.body, "/my/looks/", "/strange");
        let strange = format!("/my/looks/{seq}/strange");
        leaves(world, tried, "GET /my/looks/{number}/strange", (hanako, "", &strange, &[])).await;
        let text = [("text", "この事業所は使っていません。")];
        let sent: Sent<'_> = (hanako, &strange, &strange, &text);
        leaves(world, tried, "POST /my/looks/{number}/strange", sent).await;
        consents(world, tried, hanako).await;
        family(world, tried, hanako).await;
        let end = format!("/my/offices/{CARE_OFFICE}/end");
        leaves(world, tried, "GET /my/offices/{number}/end", (hanako, "", &end, &[])).await;
        leaves(world, tried, "POST /my/offices/{number}/end", (hanako, &end, &end, &[])).await;
        leaves(world, tried, "POST /my/sign-out", (hanako, "/my", "/my/sign-out", &[])).await;
        let known = |route: &String| {
            tried.contains(route) || NO_EVENT.iter().any(|(quiet, _)| quiet == route)
        };
        let all = ROUTES.iter().copied().flatten().map(|route| {
            let verb = if route.verb == Verb::Get { "GET" } else { "POST" };
            format!("{verb} {}", route.path)
        });
        let missing: Vec<String> = all.filter(|route| !known(route)).collect();
        assert_eq!(missing, [""; 0], "routes that nobody has tried for their event");
    })
    .await;
}

async fn consents(world: &Neighbours, tried: &mut Vec<String>, hanako: &Browser<'_>) {
    let new = "/my/consents/new";
    let given = [("scope", "all"), ("offices", "all")];
    leaves(world, tried, "POST /my/consents/new", (hanako, new, new, &given)).await;
    let narrow = "/my/consents/consent-1/narrow";
    leaves(world, tried, "GET /my/consents/{id}/narrow", (hanako, "", narrow, &[])).await;
    let less = [("kind_survey_sheet", "yes")];
    leaves(world, tried, "POST /my/consents/{id}/narrow", (hanako, narrow, narrow, &less)).await;
    let list = hanako.get("/my/consents").await.body;
    let id = list.split("/end\"").next().unwrap().rsplit('/').next().unwrap().to_owned();
    let end = format!("/my/consents/{id}/end");
    leaves(world, tried, "GET /my/consents/{id}/end", (hanako, "", &end, &[])).await;
    leaves(world, tried, "POST /my/consents/{id}/end", (hanako, &end, &end, &[])).await;
}

async fn family(world: &Neighbours, tried: &mut Vec<String>, hanako: &Browser<'_>) {
    let (page, invite) = ("/my/family", "/my/family/invite");
    let daughter = world.citizen(DAUGHTER).await;
    let guest = [("name", "月子"), ("relation", "長女")];
    leaves(world, tried, "POST /my/family/invite", (hanako, page, invite, &guest)).await;
    for leave in [true, false] {
        let invited = hanako.post(page, invite, &guest).await.body;
        let code = between(&invited, "secret-codes\">", "<");
        let enter = [("code", code.as_str())];
        let sent: Sent<'_> = (&daughter, page, "/my/family/code", &enter);
        leaves(world, tried, "POST /my/family/code", sent).await;
        let (who, act) = if leave { (&daughter, "leave") } else { (hanako, "end") };
        let body = who.get(page).await.body;
        let ends = format!("/{act}\"");
        let id = body.split(&ends).next().unwrap().rsplit('/').next().unwrap().to_owned();
        let (route, path) = (format!("POST /my/family/{{id}}/{act}"), format!("{page}/{id}/{act}"));
        leaves(world, tried, &route, (who, page, &path, &[])).await;
    }
}
