//! Who lives in the town: names, ages, households, moves.

use jiff::ToSpan;
use jiff::civil::Date;
use tasuki_core::insured::{
    InsuredNumber, InsuredPerson, InsurerMove, PersonKey, PersonName, Personal, Protection, Sex,
};
use tasuki_core::insurer::InsurerNumber;

use crate::dice::Dice;

/// (first age, last age, weight, certified per mille, women per mille): Japan, about 2025.
///
/// Source: 人口推計 and 介護給付費等実態統計, rounded.
const AGES: [(u32, u32, u32, u32, u32); 9] = [
    (40, 64, 4, 1000, 450),
    (65, 69, 730, 29, 515),
    (70, 74, 860, 55, 530),
    (75, 79, 840, 115, 550),
    (80, 84, 590, 258, 590),
    (85, 89, 400, 480, 650),
    (90, 94, 200, 680, 720),
    (95, 99, 60, 850, 800),
    (100, 105, 10, 900, 870),
];

/// Streets of the town.
const STREETS: [&str; 8] =
    ["緑町", "中央町", "空町", "港町", "桜台", "東ヶ丘", "本町", "\u{845b}\u{e0100}原"];

/// A home: who lives together shares the surname, the address and the telephone.
#[derive(Debug, Clone)]
pub(crate) struct Household {
    surname: &'static (&'static str, &'static str),
    address: String,
    postal_code: String,
    phone: Option<String>,
    /// Members still to come.
    pub(crate) left: u32,
}

/// A person and whether they are certified.
#[derive(Debug)]
pub(crate) struct Resident {
    pub(crate) person: InsuredPerson,
    pub(crate) certified: bool,
    pub(crate) age: u32,
}

/// Tables of names, read once.
#[derive(Debug)]
pub(crate) struct Names {
    surnames: Vec<(&'static str, &'static str)>,
    rare: Vec<(&'static str, &'static str)>,
    women: Vec<(&'static str, &'static str)>,
    men: Vec<(&'static str, &'static str)>,
}

impl Names {
    pub(crate) fn new() -> &'static Self {
        static NAMES: std::sync::LazyLock<Names> = std::sync::LazyLock::new(|| Names {
            surnames: table(include_str!("surnames.tsv")),
            rare: table(include_str!("rare_surnames.tsv")),
            women: table(include_str!("women.tsv")),
            men: table(include_str!("men.tsv")),
        });
        &NAMES
    }

    pub(crate) fn household(&'static self, dice: &mut Dice) -> Household {
        let surnames = if dice.chance(25) { &self.rare } else { &self.surnames };
        let surname = dice.one(surnames);
        let street = dice.one(&STREETS);
        let (block, number) = (dice.between(1, 9), dice.between(1, 30));
        let home = dice.between(1, 20);
        Household {
            surname,
            address: format!("あおば市{street}{block}丁目{number}番{home}号"),
            postal_code: format!("999{:04}", block * 100 + number),
            phone: dice.chance(900).then(|| phone_number(dice)),
            // Half live alone or with people who are not insured here.
            left: if dice.chance(350) { 2 } else { 1 },
        }
    }

    fn given(&'static self, sex: Sex, dice: &mut Dice) -> &'static (&'static str, &'static str) {
        dice.one(match sex {
            Sex::Female => &self.women,
            Sex::Male => &self.men,
        })
    }
}

/// A telephone number of an area that does not exist.
fn phone_number(dice: &mut Dice) -> String {
    format!("099-{:03}-{:04}", dice.below(1000), dice.below(10_000))
}

/// A new telephone number.
pub(crate) fn phone(dice: &mut Dice) -> Personal {
    Personal::new(phone_number(dice))
}

/// The person in a new home of the town.
pub(crate) fn moved(person: &InsuredPerson, dice: &mut Dice) -> InsuredPerson {
    let home = Names::new().household(dice);
    InsuredPerson {
        postal_code: Some(Personal::new(home.postal_code)),
        address: Some(Personal::new(home.address)),
        phone: home.phone.map(Personal::new),
        ..person.clone()
    }
}

/// Lines of a table of names.
fn table(text: &'static str) -> Vec<(&'static str, &'static str)> {
    text.lines().filter_map(|line| line.split_once('\t')).collect()
}

/// `day` moved by days.
pub(crate) fn days_later(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

/// The insurers around the town.
pub(crate) fn neighbour(dice: &mut Dice) -> Option<InsurerNumber> {
    let body: &&str = dice.one(&["99002", "99003", "99004"]);
    InsurerNumber::with_check_digit(body)
}

/// The next person of a household; `number` is unique in the town.
pub(crate) fn resident(
    household: &Household,
    number: u64,
    insurer: &InsurerNumber,
    today: Date,
    dice: &mut Dice,
) -> Option<Resident> {
    let names = Names::new();
    let weights = AGES.map(|(_, _, weight, ..)| weight);
    let (low, high, _, certified, women) = *AGES.get(dice.weighted(&weights))?;
    let age = dice.between(low, high);
    let sex = if dice.chance(women) { Sex::Female } else { Sex::Male };
    let given = names.given(sex, dice);
    let birth_date = birth_date(age, today, dice);
    // みなし2号: under 65, on public assistance.
    let assisted = age < 65 && dice.chance(300);
    let digits = if assisted { format!("H{number:09}") } else { format!("{number:010}") };
    let certified = dice.chance(certified);
    let (surname, surname_kana) = household.surname;
    let mut person = InsuredPerson {
        key: PersonKey { insurer: insurer.clone(), insured: InsuredNumber::parse(&digits).ok()? },
        name: PersonName {
            kanji: Personal::new(format!("{surname}　{}", given.0)),
            kana: Personal::new(format!("{surname_kana}　{}", given.1)),
        },
        birth_date,
        sex,
        postal_code: Some(Personal::new(household.postal_code.as_str())),
        address: Some(Personal::new(household.address.as_str())),
        phone: household.phone.as_deref().map(Personal::new),
        protection: None,
        domicile_exception: None,
        moved_from: None,
        moved_to: None,
        lost_on: None,
    };
    fate(&mut person, certified, today, dice);
    Some(Resident { person, certified, age })
}

/// The rarer things of a life: moves, death, protection, a facility elsewhere.
fn fate(person: &mut InsuredPerson, certified: bool, today: Date, dice: &mut Dice) {
    let days_ago = |dice: &mut Dice, most| {
        days_later(today, -i32::try_from(dice.between(1, most)).unwrap_or(1))
    };
    match dice.below(1000) {
        0..=3 => {
            let on = days_ago(dice, 700);
            person.moved_from = neighbour(dice).map(|insurer| InsurerMove { insurer, on });
        }
        4..=6 => {
            let on = days_ago(dice, 300);
            person.moved_to = neighbour(dice).map(|insurer| InsurerMove { insurer, on });
            person.lost_on = Some(on);
        }
        7..=14 => person.lost_on = Some(days_ago(dice, 120)),
        15 => person.protection = Some(Protection { from: days_ago(dice, 900), until: None }),
        16..=70 if certified => {
            person.domicile_exception = dice.chance(180).then(|| neighbour(dice)).flatten();
        }
        _ => {}
    }
}

/// A day of birth that makes `age` full years on `today`.
pub(crate) fn birth_date(age: u32, today: Date, dice: &mut Dice) -> Date {
    let years = i32::try_from(age).unwrap_or(0);
    let birthday = today.checked_sub(years.years()).unwrap_or(today);
    days_later(birthday, -i32::try_from(dice.below(364)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use tasuki_core::date::age_on;

    #[test]
    fn a_fifth_of_the_old_are_certified_and_ages_fit_birth_dates() {
        let today = date(2026, 11, 20);
        let insurer = InsurerNumber::with_check_digit("99001").unwrap();
        let mut dice = Dice::new(3);
        let (mut old, mut certified) = (0, 0);
        for number in 0..20_000 {
            let household = Names::new().household(&mut dice);
            let resident = resident(&household, number, &insurer, today, &mut dice).unwrap();
            let age = u32::try_from(age_on(resident.person.birth_date, today)).unwrap();
            assert_eq!(age, resident.age);
            if age >= 65 {
                old += 1;
                certified += i32::from(resident.certified);
            }
        }
        let share = certified * 1000 / old;
        assert!((180..205).contains(&share), "{share}");
    }
}
