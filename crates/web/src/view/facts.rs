//! The four facts of a person (まず確かめる4つのこと): level, burden, limit, and what to do.

use jiff::civil::Date;
use tasuki_app::attention::{Attention, Matter};
use tasuki_app::look::Look;
use tasuki_core::date::{days_until, wareki_day};
use tasuki_core::document::{Body, DocumentKind};

use super::hidden;
use crate::page::person::{BurdenFact, LevelFact, LimitFact, Todo};
use crate::page::{Link, Shown, Tone, filters};

/// Care level in force on `day`.
pub fn level(look: &Look, consent: Option<&str>, day: Date) -> Shown<LevelFact> {
    fact(look, DocumentKind::InsuredCertificate, consent, "認定なし", |body| match body {
        Body::InsuredCertificate(certificate) => {
            let certified = certificate.certified.as_ref()?;
            let until = certified.period.until;
            certified.period.holds(day).then_some(LevelFact { level: certified.care_level, until })
        }
        _ => None,
    })
}

/// Share of the cost on `day`.
pub fn burden(look: &Look, consent: Option<&str>, day: Date) -> Shown<BurdenFact> {
    let kind = DocumentKind::BurdenRatioCertificate;
    fact(look, kind, consent, "負担割合証なし", |body| match body {
        Body::BurdenRatioCertificate(certificate) => {
            let lines = [Some(certificate.first), certificate.second];
            let line = lines.into_iter().flatten().find(|it| it.from <= day && day <= it.until)?;
            Some(BurdenFact { tenths: line.ratio.tenths(), until: line.until })
        }
        _ => None,
    })
}

/// Limit of costs for meals and room on `day`.
pub fn limit(look: &Look, consent: Option<&str>, day: Date) -> Shown<LimitFact> {
    let kind = DocumentKind::BurdenLimitCertificate;
    fact(look, kind, consent, "なし", |body| match body {
        Body::BurdenLimitCertificate(certificate) => {
            let (from, until) = (certificate.applies_from, certificate.expires_on);
            let stage = certificate.stage.japanese().to_owned();
            (from <= day && day <= until).then_some(LimitFact { stage, until })
        }
        _ => None,
    })
}

/// The first fact among the papers of one kind; what is hidden says why.
fn fact<T>(
    look: &Look,
    kind: DocumentKind,
    consent: Option<&str>,
    absent: &str,
    read: impl Fn(&Body) -> Option<T>,
) -> Shown<T> {
    match look.answer(kind) {
        Some(answer) if answer.is_permitted() => {
            let found = look.of_kind(kind).find_map(|paper| read(&paper.body));
            found.map_or_else(|| Shown::Absent(absent.to_owned()), Shown::Yes)
        }
        Some(answer) => {
            let line = hidden::line(answer, consent);
            Shown::Hidden { why: line.why, action: line.action }
        }
        None => Shown::Absent(absent.to_owned()),
    }
}

/// How pressing a matter is.
pub fn tone(matter: Matter) -> Tone {
    match matter {
        Matter::CertificationEnded | Matter::DecisionLate => Tone::Bad,
        Matter::CertificationEnds
        | Matter::AccessLapses
        | Matter::ConsentEnds
        | Matter::BurdenLimitEnds => Tone::Warn,
        Matter::RatioChanges | Matter::ProgressMoved => Tone::Key,
    }
}

/// The most urgent thing to do at `base` (the person's address).
pub fn todo(matters: &[Attention], base: &str, today: Date) -> Todo {
    let Some(first) = matters.first() else {
        return Todo {
            tone: Tone::Good,
            title: "いま、することはありません".to_owned(),
            detail: String::new(),
            action: None,
            more: 0,
        };
    };
    let days = filters::days_left_text(days_until(today, first.on));
    let title = match first.matter {
        Matter::CertificationEnds => format!("認定の有効期限まで {days}"),
        Matter::AccessLapses => format!("閲覧できる期間が終わるまで {days}"),
        Matter::ConsentEnds => format!("同意の期間が終わるまで {days}"),
        Matter::BurdenLimitEnds => format!("負担限度額認定証の期限まで {days}"),
        Matter::RatioChanges => format!("{}から負担割合が変わります", wareki_day(first.on)),
        Matter::CertificationEnded | Matter::ProgressMoved | Matter::DecisionLate => {
            first.matter.japanese().to_owned()
        }
    };
    Todo {
        tone: tone(first.matter),
        title,
        detail: detail(first.matter).to_owned(),
        action: action(first.matter, base),
        more: matters.len() - 1,
    }
}

/// What to do about a matter, in one sentence.
pub fn detail(matter: Matter) -> &'static str {
    match matter {
        Matter::CertificationEnded => {
            "更新か新しい申請が要ります。ご本人・ご家族に確かめてください。"
        }
        Matter::CertificationEnds => "更新の申請ができます。",
        Matter::AccessLapses => "サービスが続いているときは、もう一度本人確認をしてください。",
        Matter::ConsentEnds => "続けて見るには、新しい同意が要ります。",
        Matter::RatioChanges => "新しい負担割合証を確かめ、請求を変えてください。",
        Matter::BurdenLimitEnds => "更新の申請が要ります。",
        Matter::ProgressMoved => "新しく進んだところを下で確かめてください。",
        Matter::DecisionLate => "市町村に、結果の見込みを確かめてください。",
    }
}

/// Where a matter is dealt with.
pub fn action(matter: Matter, base: &str) -> Option<Link> {
    match matter {
        Matter::ConsentEnds => Some(Link::new("同意をもらう", format!("{base}/consent"))),
        Matter::AccessLapses => Some(Link::new("本人確認をする", crate::page::paths::FIND)),
        Matter::CertificationEnded
        | Matter::CertificationEnds
        | Matter::RatioChanges
        | Matter::BurdenLimitEnds
        | Matter::ProgressMoved
        | Matter::DecisionLate => None,
    }
}
