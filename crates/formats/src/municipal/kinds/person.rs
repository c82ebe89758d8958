//! Insured persons (被保険者).

use jiff::civil::Date;
use tasuki_core::insured::{
    InsuredPerson, InsurerMove, PersonKey, PersonName, Personal, Protection, Sex,
};
use tasuki_core::insurer::InsurerNumber;

use super::Flat;
use crate::municipal::column::{Column, ColumnType as T, optional, required};
use crate::municipal::row::Row;
use crate::municipal::write::{EncodeError, RowWriter};

/// An insured person without the key, which the line holds before.
pub(crate) struct PersonRow {
    name: PersonName,
    birth_date: Date,
    sex: Sex,
    postal_code: Option<Personal>,
    address: Option<Personal>,
    phone: Option<Personal>,
    protection: Option<Protection>,
    domicile_exception: Option<InsurerNumber>,
    moved_from: Option<InsurerMove>,
    moved_to: Option<InsurerMove>,
    lost_on: Option<Date>,
}

impl PersonRow {
    /// The person with this key.
    pub(crate) fn of(self, key: PersonKey) -> InsuredPerson {
        InsuredPerson {
            key,
            name: self.name,
            birth_date: self.birth_date,
            sex: self.sex,
            postal_code: self.postal_code,
            address: self.address,
            phone: self.phone,
            protection: self.protection,
            domicile_exception: self.domicile_exception,
            moved_from: self.moved_from,
            moved_to: self.moved_to,
            lost_on: self.lost_on,
        }
    }
}

/// Writes the columns after the key.
pub(crate) fn write(person: &InsuredPerson, row: &mut RowWriter<'_>) -> Result<(), EncodeError> {
    row.text(person.name.kanji.expose());
    row.text(person.name.kana.expose());
    row.date(person.birth_date);
    row.code(match person.sex {
        Sex::Male => "1",
        Sex::Female => "2",
    });
    row.personal(person.postal_code.as_ref());
    row.personal(person.address.as_ref());
    row.personal(person.phone.as_ref());
    row.opt_date(person.protection.as_ref().map(|protection| protection.from));
    row.opt_date(person.protection.as_ref().and_then(|protection| protection.until));
    row.code(person.domicile_exception.as_ref().map_or("", InsurerNumber::as_str));
    for moved in [&person.moved_from, &person.moved_to] {
        row.code(moved.as_ref().map_or("", |moved| moved.insurer.as_str()));
        row.opt_date(moved.as_ref().map(|moved| moved.on));
    }
    row.opt_date(person.lost_on);
    Ok(())
}

/// Sex of a code.
pub(crate) fn sex(code: &str) -> Option<Sex> {
    match code {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        _ => None,
    }
}

fn insurer_move(row: &mut Row<'_>, insurer_column: &str, on_column: &str) -> Option<InsurerMove> {
    let (insurer, on) = (row.insurer(), row.date());
    row.together(&[(insurer_column, insurer.is_some()), (on_column, on.is_some())]);
    Some(InsurerMove { insurer: insurer?, on: on? })
}

impl Flat for PersonRow {
    const COLUMNS: &'static [Column] = &[
        required(
            "name_kanji",
            "氏名",
            T::Text(100),
            "MJ characters with variation selectors are kept",
            "高橋　花子",
        ),
        required("name_kana", "フリガナ", T::Kana(100), "full width", "タカハシ　ハナコ"),
        required("birth_date", "生年月日", T::Date, "", "1942-05-03"),
        required("sex", "性別", T::Code, "1 男, 2 女", "2"),
        optional("postal_code", "郵便番号", T::PostalCode, "without hyphen", "9990001"),
        optional("address", "住所", T::Text(300), "", "あおば市緑町1-2-3"),
        optional("phone", "電話番号", T::Phone, "", "099-000-0001"),
        optional("protected_from", "支援措置開始日", T::Date, "", ""),
        optional(
            "protected_until",
            "支援措置終了日",
            T::Date,
            "only with protected_from; not before it",
            "",
        ),
        optional(
            "domicile_insurer",
            "住所地特例・施設所在保険者番号",
            T::Insurer,
            "the facility's insurer",
            "",
        ),
        optional("moved_from_insurer", "転入前保険者番号", T::Insurer, "with moved_from_on", ""),
        optional("moved_from_on", "転入日", T::Date, "with moved_from_insurer", ""),
        optional("moved_to_insurer", "転出先保険者番号", T::Insurer, "with moved_to_on", ""),
        optional("moved_to_on", "転出日", T::Date, "with moved_to_insurer", ""),
        optional("lost_on", "資格喪失日", T::Date, "not before birth_date", ""),
    ];

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (kanji, kana) = (row.text(), row.text());
        let (birth_date, sex) = (row.date(), row.code(sex));
        let (postal_code, address, phone) = (row.postal_code(), row.text(), row.phone());
        let (protected_from, protected_until) = (row.date(), row.date());
        if protected_until.is_some() {
            row.together(&[
                ("protected_from", protected_from.is_some()),
                ("protected_until", true),
            ]);
        }
        row.period("protected_until", protected_from, protected_until);
        let domicile_exception = row.insurer();
        let moved_from = insurer_move(row, "moved_from_insurer", "moved_from_on");
        let moved_to = insurer_move(row, "moved_to_insurer", "moved_to_on");
        let lost_on = row.date();
        row.period("lost_on", birth_date, lost_on);
        Some(Self {
            name: PersonName { kanji: kanji?, kana: kana? },
            birth_date: birth_date?,
            sex: sex?,
            postal_code,
            address,
            phone,
            protection: protected_from.map(|from| Protection { from, until: protected_until }),
            domicile_exception,
            moved_from,
            moved_to,
            lost_on,
        })
    }

    fn write(&self, _: &mut RowWriter<'_>) -> Result<(), EncodeError> {
        // Whole persons are written by `write` above.
        Err(EncodeError::Content)
    }
}
