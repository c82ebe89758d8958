//! The frame of a page (画面の枠): who is signed in, where one can go, what was just done.

use tasuki_app::offers::Offers;
use tasuki_core::date::AtMs;

use super::part::{Choice, Tone};
use super::paths;

/// What every page shows around its content.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Title of the page: browser tab and, on most pages, the heading.
    pub title: String,
    /// The office, institution, insurer or board one works for; `None` before sign-in.
    pub office: Option<Office>,
    /// Who is signed in.
    pub account: Option<Account>,
    /// Where one can go; see [`Audience::nav`].
    pub nav: Vec<NavItem>,
    /// The way back, outermost first; empty on first pages.
    pub crumbs: Vec<Crumb>,
    /// Token that every form sends back (field `csrf`).
    pub csrf: String,
    /// What was just done, shown once.
    pub flash: Option<Flash>,
    /// The device's certificate ends soon.
    pub ending: Option<Ending>,
    /// What may be offered to the reader.
    pub offers: Offers,
    /// 「この画面でできること」: one sentence each; empty hides the fold.
    pub help: Vec<&'static str>,
    /// When the page was made; printed in the footer of each sheet.
    pub shown_at: AtMs,
}

/// The organisation one works for.
#[derive(Debug, Clone)]
pub struct Office {
    /// Name.
    pub name: String,
    /// Number as printed, with its kind: 事業所番号 9970000001.
    pub number: String,
    /// The account's other organisations: value for the form field `organisation` and name.
    pub others: Vec<Choice>,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Name.
    pub name: String,
    /// Job, as [`tasuki_core::account::JobType::japanese`]; empty for a citizen.
    pub job: String,
}

/// One item of the navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// The word.
    pub label: &'static str,
    /// Name of the icon.
    pub icon: &'static str,
    /// Address.
    pub href: &'static str,
    /// The page belongs to this item.
    pub current: bool,
    /// Things that wait there; 0 shows nothing.
    pub count: u32,
}

/// One step of the way back.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// The word.
    pub label: String,
    /// Address.
    pub href: String,
}

/// A message about what was just done.
#[derive(Debug, Clone)]
pub struct Flash {
    /// How it went.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
}

/// A certificate that ends soon (電子証明書の期限).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Days left.
    pub days: i64,
    /// The reader may renew it; everybody else asks the administrator.
    pub renews: bool,
}

/// Who the navigation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Care office or facility (介護事業所・居宅介護支援事業所).
    CareOffice,
    /// Medical institution (医療機関).
    Doctor,
    /// Municipality or union as insurer (保険者).
    Insurer,
    /// Review board (介護認定審査会).
    ReviewBoard,
    /// Operator of the platform (運営者).
    Operator,
    /// Citizen (ご本人).
    Citizen,
}

/// Word, icon and address of each item.
type Items = &'static [(&'static str, &'static str, &'static str)];

impl Audience {
    /// The navigation, with the item at address `current` marked.
    pub fn nav(self, current: &str) -> Vec<NavItem> {
        let item = |(label, icon, href): &(&'static str, &'static str, &'static str)| NavItem {
            label,
            icon,
            href,
            current: *href == current,
            count: 0,
        };
        self.items().iter().map(item).collect()
    }

    fn items(self) -> Items {
        match self {
            Self::CareOffice => &[
                ("わたしの利用者", "people", paths::PERSONS),
                ("利用者をさがす", "search", paths::FIND),
                ("お知らせ", "bell", paths::NOTICES),
                ("事業所の管理", "office", paths::OFFICE),
                ("ヘルプ", "help", paths::HELP),
            ],
            Self::Doctor => &[
                ("意見書の依頼", "paper", paths::OPINIONS),
                ("わたしの患者", "people", paths::PERSONS),
                ("患者をさがす", "search", paths::FIND),
                ("お知らせ", "bell", paths::NOTICES),
                ("医療機関の管理", "office", paths::OFFICE),
                ("ヘルプ", "help", paths::HELP),
            ],
            Self::Insurer => &[
                ("きょうのようす", "home", paths::MUNICIPALITY),
                ("認定の進み具合", "clock", paths::PROGRESS),
                ("受け取った記録", "upload", paths::INGESTION),
                ("被保険者をさがす", "search", paths::INSURED),
                ("問い合わせ", "hand", paths::OBJECTIONS),
                ("閲覧の統計", "eye", paths::LOOKS),
                ("お知らせ", "bell", paths::NOTICES),
                ("市町村の管理", "office", paths::OFFICE),
                ("ヘルプ", "help", paths::HELP),
            ],
            Self::ReviewBoard => &[
                ("審査会", "home", paths::BOARD),
                ("お知らせ", "bell", paths::NOTICES),
                ("ヘルプ", "help", paths::HELP),
            ],
            Self::Operator => &[
                ("全体のようす", "home", paths::OVERVIEW),
                ("事業所・医療機関", "office", paths::PROVIDERS),
                ("保険者", "people", paths::INSURERS),
                ("アカウント", "person", paths::ACCOUNTS),
                ("電子証明書", "card", paths::DEVICES),
                ("設定", "pen", paths::SETTINGS),
                ("災害時の開放", "open", paths::DISASTERS),
                ("お知らせを送る", "bell", paths::ANNOUNCE),
                ("ヘルプ", "help", paths::HELP),
            ],
            Self::Citizen => &[],
        }
    }
}

impl Shell {
    /// A frame with a title and nothing else; the caller adds what it knows.
    pub fn new(title: impl Into<String>, shown_at: AtMs) -> Self {
        Self {
            title: title.into(),
            office: None,
            account: None,
            nav: Vec::new(),
            crumbs: Vec::new(),
            csrf: String::new(),
            flash: None,
            ending: None,
            offers: Offers::default(),
            help: Vec::new(),
            shown_at,
        }
    }

    /// Who prints, for the footer of the paper: office and name. A citizen's name stands in the
    /// paper itself.
    pub fn printed_by(&self) -> String {
        if let (None, Some(Account { name, job })) = (&self.office, &self.account)
            && name.is_empty()
        {
            return if job.is_empty() { "ご本人".to_owned() } else { job.clone() };
        }
        let office = self.office.iter().map(|office| office.name.as_str());
        let name = self.account.iter().map(|account| account.name.as_str());
        office.chain(name).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_navigation_marks_one_place() {
        let nav = Audience::CareOffice.nav(paths::FIND);
        let current: Vec<_> = nav.iter().filter(|item| item.current).map(|i| i.label).collect();
        assert_eq!(current, ["利用者をさがす"]);
    }

    #[test]
    fn the_printed_footer_names_office_and_person() {
        let mut shell = Shell::new("題", AtMs(0));
        assert_eq!(shell.printed_by(), "");
        let (name, number) = ("居宅A".to_owned(), String::new());
        shell.office = Some(Office { name, number, others: Vec::new() });
        shell.account = Some(Account { name: "介護 一郎".to_owned(), job: String::new() });
        assert_eq!(shell.printed_by(), "居宅A 介護 一郎");
        shell.office = None;
        for (job, words) in [("", "ご本人"), ("長女として見ています", "長女として見ています")]
        {
            shell.account = Some(Account { name: String::new(), job: job.to_owned() });
            assert_eq!(shell.printed_by(), words);
        }
    }
}
