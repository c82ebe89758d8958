//! The citizen's pages from a look (ご本人の画面), in whole sentences.

use jiff::civil::Date;
use tasuki_app::App;
use tasuki_app::attention::{self, Looked};
use tasuki_app::look::Look;
use tasuki_core::assignment::{Assignment, AssignmentState, ContinuityRule};
use tasuki_core::consent::{Consent, ConsentMeans, ConsentScope, ConsentTaker, WithdrawnBy};
use tasuki_core::date::{AtMs, wareki_day};
use tasuki_core::document::{Body, DocumentKind};
use tasuki_core::protection::ProtectionBlock;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_policy::{Access, Column, Sharing};

use super::{facts, person, tab};
use crate::page::citizen::{CitizenHomePage, CitizenOffice, ConsentLines, Group, doors};
use crate::page::person::{Paper, Todo};
use crate::page::{Shell, Tone, paths};
use crate::paper;

/// The home page; `own`: the person looks, not a delegate.
pub fn home(app: &App, shell: Shell, look: &Look, own: bool, now: AtMs) -> CitizenHomePage {
    let today = now.date();
    let insurer = &look.basics.insurer;
    let mut doors = doors();
    doors.retain(|door| own || door.href != paths::CITIZEN_FAMILY);
    CitizenHomePage {
        shell,
        level: facts::level(look, None, today),
        burden: facts::burden(look, None, today),
        limit: facts::limit(look, None, today),
        balances: tab::balances(look, today),
        waiting: waiting(look, today),
        todo: todo(app, look, now),
        connection: person::connection(insurer),
        doors,
        insurers: Vec::new(),
    }
}

/// Where the running application stands, in one or two sentences.
fn waiting(look: &Look, today: Date) -> Option<String> {
    let running = paper::applications(&look.papers).into_iter().any(|it| !it.is_closed(today));
    let progress = paper::running_progress(&look.papers, &look.averages, &look.basics, today)?;
    if !running {
        return None;
    }
    let kind = &progress.kind;
    let Some(waiting) = progress.waiting else {
        return Some(format!("{kind}を受け付けました。結果を待っています。"));
    };
    let usual = waiting.usual_days.map(|days| format!("ふつうは{days}日くらいです。"));
    Some(format!(
        "{kind}を受け付けました。いまは、{}を待っています（{}日め）。{}",
        waiting.what,
        waiting.days,
        usual.unwrap_or_default()
    ))
}

/// What the person should know or do.
fn todo(app: &App, look: &Look, now: AtMs) -> Option<Todo> {
    use tasuki_app::attention::Matter;
    let looked = Looked { papers: &look.papers, consents: &look.basics.consents, assignment: None };
    let settings = &app.settings;
    let matters = attention::of(looked, settings.continuity, settings.renewal_days, now);
    let first = matters.first()?;
    let detail = match first.matter {
        Matter::CertificationEnded | Matter::CertificationEnds => {
            "続けてサービスを使うときは、更新の申請をしてください。ケアマネジャーに頼むこともできます。"
        }
        Matter::ConsentEnds => "続けて見てもらうときは、もう一度同意してください。",
        Matter::RatioChanges => "新しい負担割合証が届いたら、事業所に見せてください。",
        Matter::BurdenLimitEnds => "続けて使うときは、市町村に申請してください。",
        Matter::ProgressMoved => "下の「申請のようす」で確かめられます。",
        Matter::DecisionLate => "気になるときは、市町村の窓口に聞いてください。",
        Matter::AccessLapses => "",
    };
    let mut todo = facts::todo(&matters, "", now.date());
    todo.detail = detail.to_owned();
    todo.action = None;
    if todo.tone == Tone::Good { None } else { Some(todo) }
}

/// Every kind in groups, with a sentence where there is nothing.
pub fn groups(look: &Look, today: Date) -> Vec<Group> {
    use tab::Tab;
    let shown = [
        (Tab::Certificates, "保険証など"),
        (Tab::Benefit, "住まいの改修・福祉用具"),
        (Tab::CarePlan, "ケアプラン（介護の計画）"),
        (Tab::Life, "LIFE（体の動きや生活のようすの記録）"),
    ];
    let mut groups: Vec<Group> =
        shown.into_iter().map(|(tab, title)| group(look, tab, title, today)).collect();
    let closed = [DocumentKind::SurveySheet, DocumentKind::AttendingPhysicianOpinion];
    let closed =
        closed.into_iter().filter(|kind| look.answer(*kind).is_some_and(|it| !it.is_permitted()));
    let reasons: Vec<String> = closed
        .map(|kind| {
            let kind = kind.japanese();
            format!("{kind}は、決まりにより、この画面では見られません。見たいときは、市町村の窓口で開示を申し込めます。")
        })
        .collect();
    if !reasons.is_empty() {
        groups.push(Group {
            title: "この画面で見られない書類", reasons, ..Group::default()
        });
    }
    groups
}

fn group(look: &Look, tab: tab::Tab, title: &'static str, today: Date) -> Group {
    let ask = tab::Ask { tab, base: "", consent: None, day: today, as_of: None, compare: false };
    let panel = tab::panel(look, ask);
    let permitted = |kind: &DocumentKind| look.answer(*kind).is_some_and(|it| it.is_permitted());
    let mut group =
        Group { title, papers: panel.papers, balances: panel.balances, reasons: Vec::new() };
    for paper in &mut group.papers {
        paper.links.clear();
    }
    let closed = tab.kinds().iter().filter(|kind| !permitted(kind));
    let closed = closed.map(|kind| format!("{}は、いまは見られません。", kind.japanese()));
    group.reasons.extend(closed);
    let nothing = group.papers.is_empty() && group.balances.is_empty() && group.reasons.is_empty();
    if nothing {
        group.reasons.push(
            match tab {
                tab::Tab::CarePlan => {
                    "ケアプランは、まだ届いていません。担当のケアマネジャーが送ると、ここに出ます。"
                }
                tab::Tab::Life => {
                    "LIFEの記録は、まだ届いていません。事業所が送ると、ここに出ます。"
                }
                _ => "まだ届いていません。市町村から届くと、ここに出ます。",
            }
            .to_owned(),
        );
    }
    group
}

/// The newest application's paper in full.
pub fn results(look: &Look, today: Date) -> Vec<Paper> {
    let newest = look.of_kind(DocumentKind::CertificationProgress).next();
    let shown = newest.filter(|it| matches!(&it.body, Body::CertificationProgress(_)));
    shown.map(|it| paper::paper(it, None, &look.basics, today)).into_iter().collect()
}

/// Kinds that the table opens to some office by the person's consent alone.
pub fn consent_kinds(sharing: &Sharing) -> Vec<DocumentKind> {
    let columns = Column::ALL.iter().filter(|column| **column != Column::InsuredPerson);
    let columns: Vec<Column> = columns.copied().collect();
    let by_consent = |kind: &&DocumentKind| {
        columns.iter().any(|column| sharing.access(**kind, *column) == Access::Consent)
    };
    DocumentKind::ALL.iter().filter(by_consent).copied().collect()
}

/// Offices in charge now, each once; those that the insurer keeps from the person stand in
/// [`blocked`].
pub fn offices(look: &Look, rule: ContinuityRule, now: AtMs) -> Vec<CitizenOffice> {
    let mut offices: Vec<CitizenOffice> = Vec::new();
    for assignment in look.basics.assignments.iter().rev() {
        let blocked = |it: &ProtectionBlock| it.provider == assignment.provider && it.stands(now);
        if look.basics.blocks.iter().any(blocked) {
            continue;
        }
        let Some(office) = office(look, assignment, rule, now) else { continue };
        if !offices.iter().any(|known| known.number == office.number) {
            offices.push(office);
        }
    }
    offices.sort_by(|a, b| a.name.cmp(&b.name));
    offices
}

/// Offices that the insurer keeps from the person now: name, reason, since when.
pub fn blocked(look: &Look, now: AtMs) -> Vec<(String, &'static str, AtMs)> {
    let standing = look.basics.blocks.iter().filter(|block| block.stands(now));
    let line = |block: &ProtectionBlock| {
        let name = block.provider_name.clone();
        let name = name.unwrap_or_else(|| format!("事業所 {}", block.provider));
        (name, block.reason.japanese(), block.blocked_at)
    };
    standing.map(line).collect()
}

fn office(
    look: &Look,
    assignment: &Assignment,
    rule: ContinuityRule,
    now: AtMs,
) -> Option<CitizenOffice> {
    let until = match assignment.state(rule, now) {
        AssignmentState::Open { until, .. } => Some(until),
        AssignmentState::Lapsed { .. } => None,
        AssignmentState::Ended { .. } => return None,
    };
    let number = assignment.provider.to_string();
    Some(CitizenOffice {
        name: office_name(look, &assignment.provider),
        since: assignment.started_at.date(),
        until,
        checked: assignment.identity.japanese(),
        end: format!("{}/{number}/end", paths::CITIZEN_OFFICES),
        number,
    })
}

fn office_name(look: &Look, number: &ProviderNumber) -> String {
    let name = look.basics.provider_names.get(number).cloned();
    name.unwrap_or_else(|| format!("事業所 {number}"))
}

/// Consents in force and consents that are over, newest first.
pub fn consents(look: &Look, now: AtMs) -> (Vec<ConsentLines>, Vec<ConsentLines>) {
    let mut all: Vec<&Consent> = look.basics.consents.iter().collect();
    all.sort_by_key(|consent| std::cmp::Reverse(consent.given_at));
    let over = |consent: &Consent| {
        consent.withdrawn.as_ref().is_some_and(|withdrawal| withdrawal.at <= now)
            || consent.until.is_some_and(|until| until < now.date())
    };
    let (past, open): (Vec<&Consent>, Vec<&Consent>) = all.into_iter().partition(|it| over(it));
    let lines = |consents: Vec<&Consent>| consents.into_iter().map(|it| lines(look, it)).collect();
    (lines(open), lines(past))
}

fn lines(look: &Look, consent: &Consent) -> ConsentLines {
    let until = match consent.until {
        Some(until) => format!("{}から {}まで", wareki_day(consent.from), wareki_day(until)),
        None => format!("{}から、あなたがやめるまで", wareki_day(consent.from)),
    };
    ConsentLines {
        id: consent.id.clone(),
        what: kinds(&consent.scope),
        whom: whom(look, &consent.scope),
        until,
        note: note(look, consent),
    }
}

fn kinds(scope: &ConsentScope) -> String {
    let join = |kinds: &std::collections::BTreeSet<DocumentKind>| {
        kinds.iter().map(|kind| kind.japanese()).collect::<Vec<_>>().join("、")
    };
    let held = scope.kinds.as_ref().map(|kinds| {
        kinds.iter().filter(|kind| !scope.except_kinds.contains(kind)).copied().collect()
    });
    match held {
        Some(kinds) => join(&kinds),
        None if scope.except_kinds.is_empty() => "同意がいる書類すべて".to_owned(),
        None => format!("同意がいる書類（{} のほか）", join(&scope.except_kinds)),
    }
}

fn whom(look: &Look, scope: &ConsentScope) -> String {
    let join = |offices: &mut dyn Iterator<Item = &ProviderNumber>| {
        offices.map(|number| office_name(look, number)).collect::<Vec<_>>().join("、")
    };
    match &scope.providers {
        Some(only) => {
            let mut held = only.iter().filter(|number| !scope.except_providers.contains(number));
            join(&mut held)
        }
        None if scope.except_providers.is_empty() => "担当の事業所すべて".to_owned(),
        None => format!("担当の事業所（{} のほか）", join(&mut scope.except_providers.iter())),
    }
}

fn note(look: &Look, consent: &Consent) -> String {
    let taker = match &consent.taker {
        ConsentTaker::Insurer(_) => format!("{}の窓口で同意", look.basics.insurer.name),
        ConsentTaker::Provider(number) => format!("{} で同意", office_name(look, number)),
        ConsentTaker::InsuredPerson => "この画面で同意".to_owned(),
    };
    let means = match &consent.means {
        ConsentMeans::Card => "（マイナンバーカード）",
        ConsentMeans::Signature { .. } => "（画面に署名）",
        ConsentMeans::Paper { .. } => "（紙）",
        ConsentMeans::Application => "（認定の申請のとき）",
        ConsentMeans::CitizenPage => "",
    };
    let end = consent.withdrawn.as_ref().map(|withdrawal| {
        let on = wareki_day(withdrawal.at.date());
        match withdrawal.by {
            WithdrawnBy::Replaced => format!("。{on}に、見せるものを減らした同意に変わりました"),
            by => format!("。{on}に、{}がやめました", by.japanese()),
        }
    });
    format!("{taker}{means}{}", end.unwrap_or_default())
}
