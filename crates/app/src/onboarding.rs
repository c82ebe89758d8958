//! The first steps of an office (利用開始のチェックリスト), each computed from what is there.

use tasuki_core::account::AccountLevel;
use tasuki_core::date::AtMs;
use tasuki_core::words;
use tasuki_store::account::{self, Member};
use tasuki_store::{device, onboarding};

use crate::auth::SignedIn;
use crate::{App, AppError};

words! {
    /// A step of the list.
    pub enum Item {
        /// The device's certificate is good and does not end soon.
        Certificate = "certificate", "この端末の電子証明書";
        /// The member uses a password of their own.
        Password = "password", "自分のパスワード";
        /// The member has a second factor that does not hang on the mail box.
        Code = "code", "確認コードのアプリ";
        /// Somebody who works with persons is registered.
        Staff = "staff", "職員の登録";
        /// The card reader of this device has read a card.
        Reader = "reader", "カードリーダー";
        /// The office has found a person and registered as in charge.
        FirstLook = "first_look", "はじめての照会";
    }
}

/// A step, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The step.
    pub item: Item,
    /// It is done.
    pub done: bool,
    /// What to do next, in plain Japanese; empty when it is done.
    pub next: &'static str,
}

/// Members read for the list; one is enough.
const MEMBERS_MAX: i64 = 200;

/// The list for a signed-in member; items of persons are only in the list of offices.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn checks(app: &App, caller: &SignedIn, now: AtMs) -> Result<Vec<Check>, AppError> {
    let staff = &caller.staff;
    let device = device::get(&app.db, &staff.device).await?;
    let certificate =
        device.is_some_and(|own| own.is_good(now) && !crate::device::is_due(&own, now));
    let own = account::by_id(&app.db, &staff.account).await?.ok_or(AppError::SignInNeeded)?;
    let members = account::members(&app.db, &staff.organisation, "", MEMBERS_MAX).await?;
    let mut checks = vec![
        check(Item::Certificate, certificate),
        check(Item::Password, !own.must_change),
        check(Item::Code, own.totp_secret.is_some()),
        check(Item::Staff, members.iter().any(works_with_persons)),
    ];
    if let Some(number) = staff.organisation.provider() {
        let reader = onboarding::card_was_read(&app.db, &staff.device).await?;
        let looked = onboarding::person_was_registered(&app.db, number).await?;
        checks.push(check(Item::Reader, reader));
        checks.push(check(Item::FirstLook, looked));
    }
    Ok(checks)
}

fn works_with_persons(member: &Member) -> bool {
    let membership = &member.membership;
    let level = membership.membership.level;
    member.account.active
        && !member.account.software
        && membership.active
        && level != AccountLevel::Office
}

fn check(item: Item, done: bool) -> Check {
    let next = match item {
        _ if done => "",
        Item::Certificate => {
            "電子証明書の期限が近づいています。管理者が「端末の電子証明書」で更新し、この端末に入れてください。"
        }
        Item::Password => "「自分の設定」で、自分だけが知るパスワードに変えてください。",
        Item::Code => "「自分の設定」でQRコードを読み取り、アプリを登録してください。",
        Item::Staff => "「職員」で職員を登録してください。管理者ユーザが一般ユーザを登録します。",
        Item::Reader => {
            "カードリーダーをつなぎ、読み取りアプリを起動して、カードを1枚読み取ってください。"
        }
        Item::FirstLook => "本人確認をして、1人を担当として登録してください。",
    };
    Check { item, done, next }
}
