//! Addresses of the pages (画面の番地). Templates and handlers take them from here.
//!
//! No address holds a person's number or name: a person is opened by an opaque handle that the
//! session knows.

/// わたしの利用者: the persons this office is in charge of.
pub const PERSONS: &str = "/persons";
/// 利用者をさがす: the choice between card and no card.
pub const FIND: &str = "/persons/find";
/// 利用者をさがす, by card.
pub const FIND_CARD: &str = "/persons/find/card";
/// 利用者をさがす, by card: the part that the page asks for again and again.
pub const FIND_CARD_STATE: &str = "/persons/find/card/state";
/// 利用者をさがす, by card: begins to wait for a card (POST).
pub const FIND_CARD_BEGIN: &str = "/persons/find/card/begin";
/// 利用者をさがす, without a card: GET shows the form, POST looks.
pub const FIND_ITEMS: &str = "/persons/find/items";
/// お知らせ.
pub const NOTICES: &str = "/notices";
/// 事業所の管理.
pub const OFFICE: &str = "/office";
/// 職員, for an organisation's administrator.
pub const OFFICE_STAFF: &str = "/office/staff";
/// 端末の電子証明書, for an organisation's administrator.
pub const OFFICE_DEVICES: &str = "/office/devices";
/// 自分の設定: my sessions, password, code.
pub const ME: &str = "/me";
/// ヘルプ.
pub const HELP: &str = "/help";
/// 意見書の依頼: the doctor's inbox.
pub const OPINIONS: &str = "/opinions";
/// 市町村の最初の画面: what came, what waits.
pub const MUNICIPALITY: &str = "/municipality";
/// 認定の進み具合: the municipality's queue.
pub const PROGRESS: &str = "/municipality/queue";
/// 受け取った記録: what the municipality sent and what became of it.
pub const INGESTION: &str = "/municipality/transfers";
/// Sending the files of a transfer.
pub const UPLOAD: &str = "/municipality/upload";
/// 被保険者をさがす: the insurer's own persons.
pub const INSURED: &str = "/municipality/persons";
/// ご本人からの問い合わせ.
pub const OBJECTIONS: &str = "/municipality/objections";
/// 閲覧の統計.
pub const LOOKS: &str = "/municipality/looks";
/// 審査会委員の最初の画面.
pub const BOARD: &str = "/board";
/// 全体のようす, for the operator.
pub const OVERVIEW: &str = "/operator";
/// 事業所, for the operator.
pub const PROVIDERS: &str = "/operator/offices";
/// 保険者, for the operator.
pub const INSURERS: &str = "/operator/insurers";
/// アカウント, for the operator.
pub const ACCOUNTS: &str = "/operator/accounts";
/// 電子証明書, for the operator.
pub const DEVICES: &str = "/operator/devices";
/// 設定, for the operator.
pub const SETTINGS: &str = "/operator/settings";
/// 災害時の開放, for the operator.
pub const DISASTERS: &str = "/operator/disasters";
/// お知らせを送る, for the operator.
pub const ANNOUNCE: &str = "/operator/notices";
/// Sign-in: login and password.
pub const SIGN_IN: &str = "/sign-in";
/// Sign-in: one-time code.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// Sign-in: ask for the code by mail (POST).
pub const SIGN_IN_MAIL: &str = "/sign-in/mail";
/// Sign-in: recovery code.
pub const SIGN_IN_RECOVERY: &str = "/sign-in/recovery";
/// Sign-out (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Change to another office of the same account (POST).
pub const SWITCH: &str = "/switch";

/// The citizen's home.
pub const CITIZEN: &str = "/my";
/// The citizen's sign-in.
pub const CITIZEN_SIGN_IN: &str = "/my/sign-in";
/// だれが見たか.
pub const CITIZEN_LOOKS: &str = "/my/looks";
/// The citizen's consents.
pub const CITIZEN_CONSENTS: &str = "/my/consents";
/// The citizen's own papers.
pub const CITIZEN_PAPERS: &str = "/my/papers";
/// Where the citizen's application stands.
pub const CITIZEN_PROGRESS: &str = "/my/progress";
/// Offices in charge of the citizen.
pub const CITIZEN_OFFICES: &str = "/my/offices";
/// Help in the citizen's words.
pub const CITIZEN_HELP: &str = "/my/help";
/// The citizen's sign-out (POST).
pub const CITIZEN_SIGN_OUT: &str = "/my/sign-out";
/// Sends the citizen to the identity provider.
pub const CITIZEN_SIGN_IN_START: &str = "/my/sign-in/start";
/// Where the identity provider sends the citizen back to.
pub const CITIZEN_SIGN_IN_CALLBACK: &str = "/my/sign-in/callback";
/// The citizen's own papers on one sheet.
pub const CITIZEN_PAPERS_PRINT: &str = "/my/papers/print";
/// A new consent of the citizen.
pub const CITIZEN_CONSENT_NEW: &str = "/my/consents/new";
/// Delegates, and whose information one may open.
pub const CITIZEN_FAMILY: &str = "/my/family";
/// Invites a delegate (POST).
pub const CITIZEN_FAMILY_INVITE: &str = "/my/family/invite";
/// A delegate enters a code (POST).
pub const CITIZEN_FAMILY_CODE: &str = "/my/family/code";
/// Opens what another of the person's insurers has (POST).
pub const CITIZEN_INSURER: &str = "/my/insurer";
/// Opens somebody else's information, or one's own (POST).
pub const CITIZEN_FAMILY_OPEN: &str = "/my/family/open";
