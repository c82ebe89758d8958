//! An access event as a sentence for the person (だれが見たか).

use std::collections::HashMap;

use tasuki_core::account::Organisation;
use tasuki_core::event::{Action, Actor, Event, Gate, Outcome, Purpose};
use tasuki_store::event::Numbered;

use crate::page::citizen::Look;
use crate::page::paths;

/// One event; `names` are those of the organisations.
pub fn look(numbered: &Numbered, names: &HashMap<Organisation, String>) -> Look {
    let event = &numbered.event;
    let allowed = event.outcome == Outcome::Allowed;
    let report = matches!(event.actor, Actor::Staff { .. } | Actor::Delegate { .. });
    let (what, did) = act(event, allowed);
    Look {
        at: event.at,
        who: who(&event.actor, names),
        purpose: purpose(event),
        what,
        did: did.to_owned(),
        allowed,
        emergency: event.purpose == Purpose::Emergency || event.action == Action::BreakGlass,
        refusals: refusals(event),
        report: report.then(|| format!("{}/{}/strange", paths::CITIZEN_LOOKS, numbered.seq)),
    }
}

fn who(actor: &Actor, names: &HashMap<Organisation, String>) -> String {
    match actor {
        Actor::Staff { organisation, job, .. } => {
            let name = match (organisation, names.get(organisation)) {
                (Organisation::Operator, _) => "この仕組みの運営者".to_owned(),
                (_, Some(name)) => name.clone(),
                (organisation, None) => format!("事業所 {}", organisation.number()),
            };
            format!("{name} の {}", job.japanese())
        }
        Actor::Person => "あなた".to_owned(),
        Actor::Delegate { relation } => format!("ご家族・代理人（{relation}）"),
        Actor::System { part } if part == "reader" => "カードの読み取り".to_owned(),
        Actor::System { .. } => "この仕組み".to_owned(),
    }
}

fn purpose(event: &Event) -> String {
    let looks = matches!(
        event.action,
        Action::Look | Action::Print | Action::Export | Action::Find | Action::BreakGlass
    );
    if !looks {
        return String::new();
    }
    match event.purpose {
        Purpose::Care => "サービスの準備のために、",
        Purpose::CarePlanning => "ケアプランを作るために、",
        Purpose::Opinion => "主治医意見書を書くために、",
        Purpose::Eligibility => "資格や負担割合を確かめるために、",
        Purpose::InsurerDuty => "介護保険の仕事のために、",
        Purpose::OwnInformation => "",
        Purpose::Emergency => "命にかかわる緊急のときのために、",
        Purpose::Operation => "この仕組みを動かすために、",
    }
    .to_owned()
}

/// What, and what was done to it, its particle included.
fn act(event: &Event, allowed: bool) -> (String, &'static str) {
    const SELF: &str = "あなたの情報";
    let (what, did) = match (event.action, allowed) {
        (Action::Look, true) => return (shown(event), "を見ました。"),
        (Action::Look, false) => (SELF, "を見ようとしましたが、見られませんでした。"),
        (Action::Print, true) => return (shown(event), "を印刷しました。"),
        (Action::Print, false) => (SELF, "を印刷しようとしましたが、できませんでした。"),
        (Action::Export, true) => return (shown(event), "をファイルに取り出しました。"),
        (Action::Export, false) => (SELF, "を取り出そうとしましたが、できませんでした。"),
        (Action::Find, true) => ("", "あなたの本人確認をしました。"),
        (Action::Find, false) => ("", "あなたをさがそうとしましたが、見つけられませんでした。"),
        (Action::List, true) => ("お名前", "を一覧で見ました。"),
        (Action::ReadLog, true) => ("「だれが見たか」の記録", "を見ました。"),
        (Action::ReadLog, false) => {
            ("「だれが見たか」の記録", "を見ようとしましたが、見られませんでした。")
        }
        (Action::AssignmentStart, true) => ("", "あなたの担当になりました。"),
        (Action::AssignmentEnd, true) => ("", "あなたの担当を終わりました。"),
        (Action::ConsentGive, true) => ("あなたの同意", "を登録しました。"),
        (Action::ConsentGive, false) => {
            ("", "あなたの同意をカードで登録しようとしましたが、できませんでした。")
        }
        (Action::ConsentNarrow, true) => ("あなたの同意で見せるもの", "を減らしました。"),
        (Action::ConsentWithdraw, true) => ("あなたの同意", "を終わらせました。"),
        (Action::Ingest, true) => ("市町村からの新しい情報", "を受け取りました。"),
        (Action::BreakGlass, true) => {
            ("", "同意や登録なしで、あなたの情報を開けるようにしました。")
        }
        (Action::BlockChange, true) => ("事業所の閲覧の停止", "を変えました。"),
        (Action::BreakGlassReview, true) => ("緊急のときの閲覧", "を点検しました。"),
        (Action::DelegateChange, true) => ("ご家族・代理人の登録", "を変えました。"),
        (Action::Objection, true) => ("「おかしいと思う」の知らせ", "を送りました。"),
        (Action::SignIn, true) => ("", "サインインしました。"),
        (Action::SignOut, true) => ("", "サインアウトしました。"),
        (_, true) => ("登録の内容", "を変えました。"),
        (_, false) => ("", "何かをしようとしましたが、できませんでした。"),
    };
    (what.to_owned(), did)
}

/// Kinds that were shown.
fn shown(event: &Event) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for touched in event.touched.iter().filter(|touched| touched.shown.is_some()) {
        let kind = touched.kind.japanese();
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    match kinds.is_empty() {
        true => "お名前などの基本の情報".to_owned(),
        false => kinds.join("、"),
    }
}

/// What was not shown, one sentence for each reason.
fn refusals(event: &Event) -> Vec<String> {
    if let Some(why) = why(event.outcome) {
        return vec![why.to_owned()];
    }
    let mut lines: Vec<(Outcome, Vec<&str>)> = Vec::new();
    for touched in event.touched.iter().filter(|touched| touched.outcome != Outcome::Allowed) {
        let kind = touched.kind.japanese();
        match lines.iter_mut().find(|(outcome, _)| *outcome == touched.outcome) {
            Some((_, kinds)) if kinds.contains(&kind) => {}
            Some((_, kinds)) => kinds.push(kind),
            None => lines.push((touched.outcome, vec![kind])),
        }
    }
    let line = |(outcome, kinds): (Outcome, Vec<&str>)| {
        let why = why(outcome)?;
        Some(format!("{} は見られませんでした。{why}", kinds.join("、")))
    };
    lines.into_iter().filter_map(line).collect()
}

fn why(outcome: Outcome) -> Option<&'static str> {
    Some(match outcome {
        Outcome::Allowed => return None,
        Outcome::Refused(Gate::Role) => "この職種や事業所には、見せない決まりだからです。",
        Outcome::Refused(Gate::Assignment) => "あなたの担当ではないからです。",
        Outcome::Refused(Gate::Consent) => "あなたの同意がないからです。",
        Outcome::Refused(Gate::Continuity) => "サービスが続いていることを確かめられないからです。",
        Outcome::Refused(Gate::Block) => "見ることが止められているからです。",
        Outcome::Failed => "番号などが合わなかったか、確かめられなかったからです。",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasuki_core::account::JobType;
    use tasuki_core::date::AtMs;
    use tasuki_core::document::DocumentKind;
    use tasuki_core::event::Touched;
    use tasuki_core::provider::ProviderNumber;

    fn office() -> Organisation {
        Organisation::Provider(ProviderNumber::parse("9970000001").unwrap())
    }

    fn event(outcome: Outcome) -> Numbered {
        let touched = |kind, shown, outcome| Touched { kind, shown, outcome };
        let event = Event {
            at: AtMs(1_795_132_800_000),
            actor: Actor::Staff {
                organisation: office(),
                account: "a".to_owned(),
                job: JobType::CareWorker,
                device: "d".to_owned(),
            },
            person: None,
            action: Action::Look,
            purpose: Purpose::Care,
            outcome,
            touched: vec![
                touched(
                    DocumentKind::InsuredCertificate,
                    Some(("1".to_owned(), 1)),
                    Outcome::Allowed,
                ),
                touched(DocumentKind::LifeRecord, None, Outcome::Refused(Gate::Consent)),
            ],
            note: None,
        };
        Numbered { seq: 7, event }
    }

    fn sentence(look: &Look) -> String {
        format!("{} が、{}{}{}", look.who, look.purpose, look.what, look.did)
    }

    #[test]
    fn a_look_is_one_sentence() {
        let names = HashMap::from([(office(), "訪問介護B".to_owned())]);
        let look = look(&event(Outcome::Allowed), &names);
        assert_eq!(
            sentence(&look),
            "訪問介護B の 介護職員 が、サービスの準備のために、介護保険被保険者証を見ました。"
        );
        assert_eq!(look.what, "介護保険被保険者証");
        assert_eq!(look.refusals, ["LIFE情報 は見られませんでした。あなたの同意がないからです。"]);
        assert_eq!(look.report.as_deref(), Some("/my/looks/7/strange"));
    }

    #[test]
    fn a_refused_look_says_why_and_shows_nothing() {
        let look = look(&event(Outcome::Refused(Gate::Assignment)), &HashMap::new());
        assert!(!look.allowed && sentence(&look).contains("見られませんでした"));
        assert!(!sentence(&look).contains("被保険者証"));
        assert_eq!(look.refusals, ["あなたの担当ではないからです。"]);
    }
}
