//! What was just done (おしらせの一言), carried over one redirect in a cookie that holds a word.

use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, header};
use tasuki_core::word::Word;
use tasuki_core::words;

use crate::page::{Flash, Tone};

/// Name of the cookie. It holds a word of [`Done`] and nothing else.
const NAME: &str = "__Host-tasuki-done";

words! {
    /// What was just done.
    pub enum Done {
        /// Signed in.
        SignedIn = "signed_in", "サインインしました。";
        /// A code was sent by mail.
        CodeSent = "code_sent", "確認コードをメールで送りました。";
        /// Signed out.
        SignedOut = "signed_out", "サインアウトしました。";
        /// Changed to another organisation.
        Switched = "switched", "事業所を切りかえました。";
        /// Registered as in charge.
        Registered = "registered", "担当として登録しました。";
        /// Registration ended.
        Ended = "ended", "担当の登録を終わりました。";
        /// Consent taken.
        ConsentTaken = "consent_taken", "同意を登録しました。";
        /// Consent withdrawn.
        ConsentWithdrawn = "consent_withdrawn", "同意をやめました。いまから表示されません。";
        /// Consent narrowed.
        ConsentNarrowed = "consent_narrowed", "見せるものを減らしました。はずしたものは、いまから表示されません。";
        /// The person reported a look.
        Objected = "objected", "市町村に知らせました。返事が来るまで、しばらくお待ちください。";
        /// Somebody became a delegate.
        DelegateBegun = "delegate_begun", "ご家族・代理人として登録しました。";
        /// A delegate or an invitation ended.
        DelegateEnded = "delegate_ended", "やめました。いまから表示されません。";
        /// Somebody else's information, or one's own, was opened.
        Opened = "opened", "画面を切りかえました。";
        /// Emergency opened.
        EmergencyOpened = "emergency_opened", "緊急時の閲覧として開きました。管理者が後で点検します。";
        /// Emergency reviewed.
        Reviewed = "reviewed", "点検を記録しました。";
        /// Session ended.
        SessionEnded = "session_ended", "サインインを終わらせました。";
        /// Password changed.
        PasswordChanged = "password_changed", "パスワードを変えました。";
        /// Account made.
        AccountMade = "account_made", "アカウントを作りました。";
        /// Account changed.
        AccountChanged = "account_changed", "アカウントを変更しました。";
        /// Device issued.
        DeviceIssued = "device_issued", "電子証明書を発行しました。";
        /// Device revoked.
        DeviceRevoked = "device_revoked", "電子証明書を失効させました。次の操作から使えません。";
        /// Objection answered.
        Answered = "answered", "回答を送りました。ご本人の画面に出ます。";
        /// An office sees nothing of a person any more.
        OfficeBlocked = "office_blocked", "この事業所の閲覧を止めました。いまから見られません。";
        /// An office may look again.
        OfficeUnblocked = "office_unblocked", "止めるのをやめました。";
        /// Setting changed.
        SettingChanged = "setting_changed", "設定を変えました。";
        /// Tables activated.
        TablesActivated = "tables_activated", "新しい共有の表を使いはじめました。";
        /// Region opened.
        RegionOpened = "region_opened", "災害時の開放を始めました。";
        /// Region closed.
        RegionClosed = "region_closed", "災害時の開放を終わりました。";
        /// Insurer saved.
        InsurerSaved = "insurer_saved", "保険者を保存しました。";
        /// Office saved.
        OfficeSaved = "office_saved", "事業所を保存しました。";
        /// Notice sent.
        NoticeSent = "notice_sent", "お知らせを送りました。";
        /// Files received.
        FilesReceived = "files_received", "ファイルを受け取りました。取り込みの結果は、この画面に出ます。";
        /// Files that were taken before.
        FilesKnown = "files_known", "この回は、もう同じ内容で取り込まれています。何も変わっていません。";
        /// Notices read.
        NoticesRead = "notices_read", "お知らせを既読にしました。";
    }
}

/// Sends the browser on to `href` after something was done (PRG).
pub fn done(href: &str, done: Done) -> Response {
    let mut response = Redirect::to(href).into_response();
    let cookie = format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Strict", done.word());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What the cookie of a request says was just done.
pub fn of(headers: &HeaderMap) -> Option<Flash> {
    let word = crate::cookie::value(headers, NAME)?;
    let done = Done::from_word(&word)?;
    let tone = match done {
        Done::EmergencyOpened => Tone::Warn,
        _ => Tone::Good,
    };
    Some(Flash { tone, text: done.japanese().to_owned() })
}

/// The request carries the cookie.
pub(crate) fn is_there(headers: &HeaderMap) -> bool {
    crate::cookie::value(headers, NAME).is_some()
}

/// The header that takes the cookie back.
pub(crate) fn cleared() -> HeaderValue {
    HeaderValue::from_static(
        "__Host-tasuki-done=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
    )
}
