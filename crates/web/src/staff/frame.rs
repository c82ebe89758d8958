//! The frame of a staff page (画面の枠) from the session: office, name, navigation, notices.

use http::HeaderMap;
use tasuki_app::{auth, notice, offers};
use tasuki_core::account::{AccountLevel, Organisation};
use tasuki_core::date::days_until;

use crate::flash;
use crate::page::shell::Audience;
use crate::page::{Account, Choice, Crumb, Ending, Office, Shell, paths};
use crate::problem::Problem;
use crate::server::State;
use crate::session::Staff;

/// What a page says of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Title<'a> {
    /// Title.
    pub(crate) title: &'a str,
    /// Address of the item of the navigation it belongs to.
    pub(crate) nav: &'a str,
    /// The way back.
    pub(crate) crumbs: &'a [(&'a str, &'a str)],
    /// What can be done here.
    pub(crate) help: &'static [&'static str],
}

/// For whom the navigation is made.
pub(crate) fn audience(staff: &Staff) -> Audience {
    let caller = staff.caller();
    match (&caller.organisation, &caller.provider) {
        (Organisation::Provider(_), Some(office)) if office.is_medical => Audience::Doctor,
        (Organisation::Provider(_), _) => Audience::CareOffice,
        (Organisation::Insurer(_), _) => Audience::Insurer,
        (Organisation::ReviewBoard(_), _) => Audience::ReviewBoard,
        (Organisation::Operator, _) => Audience::Operator,
    }
}

/// The frame of a page for this member of staff.
pub(crate) async fn shell(
    state: &State,
    staff: &Staff,
    headers: &HeaderMap,
    title: Title<'_>,
) -> Result<Shell, Problem> {
    let caller = staff.caller();
    let others = auth::other_places(&state.app, &staff.0).await?.into_iter();
    let others = others.map(|place| Choice::new(place.organisation.to_string(), place.name));
    let mut nav = audience(staff).nav(title.nav);
    nav.retain(|item| super::has_page(item.href));
    let offers = offers::offers(&state.app, caller);
    nav.retain(|item| match item.href {
        paths::PERSONS => offers.list,
        paths::FIND => offers.search,
        _ => true,
    });
    if let Some(bell) = nav.iter_mut().find(|item| item.href == paths::NOTICES) {
        bell.count = notice::unread(&state.app, caller).await?;
    }
    // The way back names a page as the menu does.
    let crumb = |(label, href): &(&str, &str)| {
        let item = nav.iter().find(|item| item.href == *href);
        Crumb { label: item.map_or(*label, |item| item.label).to_owned(), href: (*href).to_owned() }
    };
    let crumbs = title.crumbs.iter().map(crumb).collect();
    Ok(Shell {
        office: Some(Office {
            name: caller.organisation_name.clone(),
            number: number(&caller.organisation, caller.provider.as_ref().map(|it| it.is_medical)),
            others: others.collect(),
        }),
        account: Some(Account { name: caller.name.clone(), job: caller.job.japanese().to_owned() }),
        nav,
        crumbs,
        csrf: staff.0.csrf.clone(),
        flash: flash::of(headers),
        ending: ending(state, staff),
        offers,
        help: title.help.to_vec(),
        ..Shell::new(title.title, state.now())
    })
}

/// Days before the end of the device's certificate from which every page says so.
const ENDING_DAYS: i64 = 30;

fn ending(state: &State, staff: &Staff) -> Option<Ending> {
    let days = days_until(state.now().date(), staff.1.ends_at().date());
    let renews = staff.caller().level != AccountLevel::General;
    (days <= ENDING_DAYS).then_some(Ending { days, renews })
}

/// What persons are called here: a doctor's office has patients.
pub(crate) fn person(staff: &Staff) -> &'static str {
    if audience(staff) == Audience::Doctor { "患者" } else { "利用者" }
}

/// Calls a page as the menu calls it: a doctor's office has patients, a town hall is no office.
pub(crate) fn name_by_menu(shell: &mut Shell) {
    if let Some(item) = shell.nav.iter().find(|item| item.current) {
        shell.title = item.label.to_owned();
    }
}

/// The number of an organisation with its kind, as certificates print it.
fn number(organisation: &Organisation, is_medical: Option<bool>) -> String {
    match organisation {
        Organisation::Provider(number) if is_medical == Some(true) => {
            format!("医療機関コード {number}")
        }
        Organisation::Provider(number) => format!("事業所番号 {number}"),
        Organisation::Insurer(number) | Organisation::ReviewBoard(number) => {
            format!("保険者番号 {number}")
        }
        Organisation::Operator => String::new(),
    }
}
