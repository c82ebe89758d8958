//! The person page from a look (利用者の画面).

use jiff::civil::Date;
use tasuki_app::attention::{self, Looked};
use tasuki_app::look::Look;
use tasuki_app::{App, caller};
use tasuki_core::consent::Consent;
use tasuki_core::date::{AtMs, age_on, wareki_day};
use tasuki_core::insurer::Insurer;
use tasuki_core::provider::ProviderNumber;

use super::{facts, tab};
use crate::page::blocks::blocks_of;
use crate::page::person::{ConsentLine, OfficeName, PersonPage, Who};
use crate::page::{Badge, Link, Shell, Tone};
use crate::paper;

/// How the page is asked for.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Frame of the page.
    pub shell: Shell,
    /// Address of the person.
    pub base: String,
    /// The chosen tab.
    pub tab: tab::Tab,
    /// The paper before stands beside the newest one.
    pub compare: bool,
    /// The state of this earlier day was asked for.
    pub as_of: Option<Date>,
    /// Now.
    pub now: AtMs,
}

/// The page for a member of staff.
pub fn page(app: &App, staff: &caller::Staff, look: &Look, frame: Frame) -> PersonPage {
    let today = frame.now.date();
    let day = frame.as_of.unwrap_or(today);
    let own = staff.organisation.provider();
    let consent_form = format!("{}/consent", frame.base);
    let may_take = own.is_some() || staff.organisation.insurer().is_some();
    let consent = may_take.then_some(consent_form.as_str());
    let ask = tab::Ask {
        tab: frame.tab,
        base: &frame.base,
        consent,
        day,
        as_of: frame.as_of,
        compare: frame.compare,
    };
    let assignment = look
        .basics
        .assignments
        .iter()
        .rev()
        .find(|assignment| Some(&assignment.provider) == own && assignment.ended_at.is_none());
    let looked = Looked { papers: &look.papers, consents: &look.basics.consents, assignment };
    let settings = &app.settings;
    let matters = attention::of(looked, settings.continuity, settings.renewal_days, frame.now);
    let insurer = &look.basics.insurer;
    let mut who = who(look, own, &frame.base, consent, frame.now);
    who.blocks = blocks(staff, look, who.protected, &frame);
    PersonPage {
        who,
        own_papers_only: look.own_papers_only,
        as_of: frame.as_of,
        today_href: frame.base.clone(),
        not_connected: (!look.own_papers_only).then(|| connection(insurer)),
        level: facts::level(look, consent, day),
        burden: facts::burden(look, consent, day),
        limit: facts::limit(look, consent, day),
        todo: facts::todo(&matters, &frame.base, today),
        request: own
            .and_then(|own| look.basics.request_to(own))
            .map(|request| paper::request_line(request, day)),
        progress: paper::running_progress(&look.papers, &look.averages, &look.basics, day),
        tabs: tab::tabs(look, ask),
        panel: tab::panel(look, ask),
        shell: frame.shell,
    }
}

/// The way to the offices kept from a person, for their insurer.
fn blocks(staff: &caller::Staff, look: &Look, protected: bool, frame: &Frame) -> Option<Link> {
    staff.organisation.insurer()?;
    let standing = look.basics.blocks.iter().filter(|block| block.stands(frame.now)).count();
    let label = match standing {
        0 if !protected => return None,
        0 => "事業所の閲覧を止める".to_owned(),
        count => format!("閲覧を止めた事業所（{count}）"),
    };
    Some(Link::new(label, blocks_of(&frame.base)))
}

/// Since when the insurer's data are here, or why not yet.
pub fn connection(insurer: &Insurer) -> String {
    let name = &insurer.name;
    match (&insurer.connected_since, &insurer.not_connected_because) {
        (Some(since), _) => {
            format!("{name}の情報は、{}からのものを表示しています。", wareki_day(*since))
        }
        (None, Some(why)) => format!("{name}の情報は、まだ届いていません。{why}"),
        (None, None) => format!("{name}は、まだこの基盤につながっていません。"),
    }
}

/// Who the person is, as the head of the page shows it.
pub fn who(
    look: &Look,
    own: Option<&ProviderNumber>,
    base: &str,
    consent: Option<&str>,
    now: AtMs,
) -> Who {
    let basics = &look.basics;
    let person = &basics.person;
    let today = now.date();
    Who {
        name: person.name.clone(),
        birth_date: person.birth_date,
        age: age_on(person.birth_date, today),
        sex: person.sex,
        number: person.key.insured.clone(),
        insurer: basics.insurer.name.clone(),
        offices: offices(look, own, now),
        consent: consent_line(&basics.consents, base, consent, now),
        protected: person.is_protected(today),
        blocks: None,
    }
}

fn offices(look: &Look, own: Option<&ProviderNumber>, now: AtMs) -> Vec<OfficeName> {
    let mut offices: Vec<OfficeName> = Vec::new();
    let open = look
        .basics
        .assignments
        .iter()
        .filter(|assignment| assignment.ended_at.is_none_or(|ended| now < ended));
    for assignment in open {
        let name = look.basics.provider_names.get(&assignment.provider);
        let name = name.cloned().unwrap_or_else(|| assignment.provider.to_string());
        let office = OfficeName { name, own: Some(&assignment.provider) == own };
        if !offices.contains(&office) {
            offices.push(office);
        }
    }
    offices.sort_by_key(|office| !office.own);
    offices
}

/// State of consent in one word.
fn consent_line(consents: &[Consent], base: &str, form: Option<&str>, now: AtMs) -> ConsentLine {
    let in_force: Vec<&Consent> = consents.iter().filter(|it| it.in_force(now)).collect();
    let whole = |consent: &&&Consent| {
        let scope = &consent.scope;
        scope.kinds.is_none() && scope.except_kinds.is_empty() && scope.except_providers.is_empty()
    };
    let (tone, word) = match (in_force.is_empty(), in_force.iter().find(whole)) {
        (true, _) => (Tone::Warn, "なし"),
        (false, Some(_)) => (Tone::Good, "あり"),
        (false, None) => (Tone::Key, "一部"),
    };
    let take = || form.map(|href| Link::new("同意をもらう", href));
    let see = || Some(Link::new("内容を見る", format!("{base}/consents")));
    ConsentLine {
        badge: Badge::new(tone, word),
        from: in_force.iter().map(|consent| consent.from).min(),
        link: if in_force.is_empty() { take() } else { see() },
    }
}
