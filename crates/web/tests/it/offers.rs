//! Menus and pages offer what the reader may do, and nothing that would then be refused.

use std::collections::BTreeSet;

use http::StatusCode;
use tasuki_core::account::{AccountLevel, JobType};
use tasuki_store::account;

use crate::house::{
    ADMINISTRATOR, House, MANAGER, OFFICER, OPERATOR, OTHER, PHYSICIAN, Who, organisation,
};

/// Addresses of our own that a page links to.
fn links(page: &str) -> impl Iterator<Item = String> {
    let all = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own = all.filter(|href| href.starts_with('/') && !href.starts_with("/assets/"));
    own.map(|href| {
        let path = href.split('#').next().unwrap_or(href);
        path.replace("&#38;", "&").replace("&#61;", "=")
    })
}

#[tokio::test]
async fn every_link_that_a_page_shows_opens_for_whoever_sees_it() {
    let house = House::new().await;
    for who in [MANAGER, ADMINISTRATOR, OTHER, PHYSICIAN, OFFICER, OPERATOR] {
        let home = house.get(who, "/").await.location().to_owned();
        let (mut seen, mut waiting) = (BTreeSet::from([home.clone()]), vec![home]);
        while let Some(path) = waiting.pop() {
            let answer = house.get(who, &path).await;
            let opens = [StatusCode::OK, StatusCode::SEE_OTHER].contains(&answer.status);
            assert!(opens, "{who:?} {path} {}", answer.status);
            let found = links(&answer.body).filter(|link| seen.insert(link.clone()));
            waiting.extend(found.collect::<Vec<_>>());
        }
        assert!(seen.len() > 8, "{who:?} {seen:?}");
    }
}

/// Gives a member of the care office another level and job.
async fn becomes(house: &House, Who(letter, name): Who, level: AccountLevel, job: JobType) {
    let here = organisation(letter);
    let mut stored = account::membership_in(&house.app.db, name, &here).await.unwrap().unwrap();
    stored.membership.level = level;
    stored.membership.job = job;
    house.app.db.commit(account::update_membership(name, &stored)).await.unwrap();
}

#[tokio::test]
async fn a_clinic_searches_patients_and_its_menu_says_so() {
    let house = House::new().await;
    let page = house.get(PHYSICIAN, "/persons").await;
    page.shows(&["患者をさがす", "患者を加える", "わたしの患者"]);
    house.get(PHYSICIAN, "/persons/find").await.shows(&["患者をさがす", "緊急時の閲覧"]);
    house.get(MANAGER, "/persons").await.shows(&["利用者をさがす", "利用者を加える"]);
}

#[tokio::test]
async fn an_offices_own_account_is_offered_no_person_and_no_search() {
    let house = House::new().await;
    becomes(&house, MANAGER, AccountLevel::Office, JobType::Clerk).await;
    let page = house.get(MANAGER, "/office").await;
    page.shows(&["職員", "端末の電子証明書"]);
    for offer in ["/persons", "/emergency/open"] {
        assert!(!page.body.contains(&format!("href=\"{offer}")), "{offer}");
    }
    for path in ["/persons", "/persons/find", "/persons/find/items", "/persons/find/card"] {
        assert_eq!(house.get(MANAGER, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(house.get(MANAGER, "/emergency/open").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_emergency_is_offered_to_the_jobs_of_the_table_only() {
    let house = House::new().await;
    for (job, offered) in [(JobType::Nurse, true), (JobType::Clerk, false)] {
        becomes(&house, MANAGER, AccountLevel::General, job).await;
        for page in ["/help", "/persons/find"] {
            let shown = house.get(MANAGER, page).await.body.contains("href=\"/emergency/open\"");
            assert_eq!(shown, offered, "{page} {job:?}");
        }
        let status = house.get(MANAGER, "/emergency/open").await.status;
        let expected = if offered { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(status, expected, "{job:?}");
    }
}
