//! The first sign-in of an account: password, code application, own password.

use crate::house::{House, NOBODY, NOW, PASSWORD, encoded, request};
use axum::body::Body;
use http::{Request, StatusCode, header};
use tasuki_app::secret::Secret;

const PENDING: &str = "__Host-tasuki-pending";

fn with(mut request: Request<Body>, name: &str, token: &str) -> Request<Body> {
    let cookie = format!("{name}={token}").parse().unwrap();
    request.headers_mut().insert(header::COOKIE, cookie);
    request
}

async fn post(
    house: &House,
    token: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> crate::house::Answer {
    house.send(with(request(NOBODY, "POST", path, encoded(fields)), PENDING, token)).await
}

/// The code that an application shows for the key of a page.
fn code(key: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(key).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(NOW.0 / 1_000).unwrap()).to_string()
}

#[tokio::test]
async fn a_new_account_sets_up_its_code_and_password_and_is_in() {
    let house = House::new().await;
    let fields = [("login", "manager"), ("password", PASSWORD)];
    let answer = house.send(request(NOBODY, "POST", "/sign-in", encoded(&fields))).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in/enrol"));
    let token = answer.cookie(PENDING).unwrap();
    assert_ne!(token, Secret::new(&token).sha256());

    let page = post(&house, &token, "/sign-in/enrol/begin", &[]).await;
    page.shows(&["<svg", "QRコード"]);
    let start = page.body.find("id=\"key\">").unwrap() + "id=\"key\">".len();
    let key = page.body[start..].split('<').next().unwrap().replace(' ', "");

    let wrong = post(&house, &token, "/sign-in/enrol", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = post(&house, &token, "/sign-in/enrol", &[("code", &code(&key))]).await;
    page.shows(&["回復コード", "/sign-in/password"]);
    let token = page.cookie(PENDING).unwrap();

    let new = "あたらしいひみつのことば、ぽん";
    let differs = [("new_password", new), ("again", "ちがうことば")];
    let page = post(&house, &token, "/sign-in/password", &differs).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let same = [("new_password", new), ("again", new)];
    let answer = post(&house, &token, "/sign-in/password", &same).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
    let token = answer.cookie("__Host-tasuki").unwrap();
    let page = house.send(with(
        request(NOBODY, "GET", "/persons", String::new()),
        "__Host-tasuki",
        &token,
    ));
    page.await.shows(&["高橋 花子", "架空 manager"]);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_look_the_same() {
    let house = House::new().await;
    let mut bodies = Vec::new();
    for login in ["manager", "nobody1"] {
        let fields = [("login", login), ("password", "chigau-password")];
        let answer = house.send(request(NOBODY, "POST", "/sign-in", encoded(&fields))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.cookie(PENDING).is_none());
        assert!(!answer.body.contains("chigau"));
        bodies.push(answer.body.replace(login, "*"));
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let house = House::new().await;
    let fields = [("login", "manager"), ("password", PASSWORD)];
    let mut request = request(NOBODY, "POST", "/sign-in", encoded(&fields));
    request.headers_mut().insert(header::ORIGIN, "https://elsewhere.example".parse().unwrap());
    assert_eq!(house.send(request).await.status, StatusCode::FORBIDDEN);
}
