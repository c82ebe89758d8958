//! A shared paper (書類): its place in the register of papers, and its body as it is stored.

use jiff::civil::Date;
use serde::Serialize;
use tasuki_core::benefit_use::{EquipmentPurchaseUse, HomeModificationUse};
use tasuki_core::certification::CertificationProgress;
use tasuki_core::document::{Author, BodyText, Document, DocumentKind};
use tasuki_core::eligibility::{
    BurdenLimitCertificate, BurdenRatioCertificate, BurdenReductionCertificate, InsuredCertificate,
};
use tasuki_core::opinion::AttendingPhysicianOpinion;
use tasuki_core::survey::SurveySheet;
use tasuki_core::word::Word;
use utoipa::openapi::schema::{
    AllOfBuilder, Discriminator, ObjectBuilder, OneOfBuilder, RefBuilder, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::api::moment::Moment;

/// 書類の1つの版, without its body. A field that is younger than the paper may be missing in it.
#[derive(Serialize, ToSchema)]
#[schema(as = PaperFrame)]
pub struct PaperView<'a> {
    /// 書類の番号: which paper of its kind.
    series: &'a str,
    /// 書類の版, from 1.
    version: i64,
    /// 作成した人.
    author: &'a Author,
    /// 有効期間のはじめの日.
    valid_from: Option<Date>,
    /// 有効期間の終わりの日.
    valid_until: Option<Date>,
    /// 受け取った日時.
    received_at: Moment,
    /// 新しい版か書類の終わりが代わった (with `versions=all`).
    superseded: bool,
    /// 書類の種類; it and the body have their schema in [`Paper`].
    #[schema(ignore)]
    kind: DocumentKind,
    /// 書類の本文.
    #[schema(ignore)]
    body: &'a BodyText,
}

impl<'a> PaperView<'a> {
    /// A paper.
    pub fn of(paper: &'a Document<BodyText>) -> Self {
        Self {
            series: &paper.series,
            version: paper.version,
            author: &paper.author,
            valid_from: paper.valid_from,
            valid_until: paper.valid_until,
            received_at: paper.received_at.into(),
            superseded: paper.superseded,
            kind: paper.kind,
            body: &paper.body,
        }
    }
}

/// The schema of a paper: one of the kinds, told apart by `kind`.
pub struct Paper;

/// A kind of paper with its body.
struct Shape {
    kind: DocumentKind,
    /// Name of the schema of the body.
    body: fn() -> String,
    /// Adds the schema of the body, and those within it.
    add: fn(&mut Vec<(String, RefOr<Schema>)>),
}

/// The shape of papers whose body is a `T`.
const fn shape<T: ToSchema>(kind: DocumentKind) -> Shape {
    let add = |schemas: &mut Vec<(String, RefOr<Schema>)>| {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    };
    Shape { kind, body: || T::name().into_owned(), add }
}

/// Every kind that has a body; a test holds them against [`tasuki_core::document::Body`].
const SHAPES: [Shape; 9] = [
    shape::<SurveySheet>(DocumentKind::SurveySheet),
    shape::<AttendingPhysicianOpinion>(DocumentKind::AttendingPhysicianOpinion),
    shape::<InsuredCertificate>(DocumentKind::InsuredCertificate),
    shape::<BurdenRatioCertificate>(DocumentKind::BurdenRatioCertificate),
    shape::<BurdenLimitCertificate>(DocumentKind::BurdenLimitCertificate),
    shape::<BurdenReductionCertificate>(DocumentKind::BurdenReductionCertificate),
    shape::<HomeModificationUse>(DocumentKind::HomeModificationUse),
    shape::<EquipmentPurchaseUse>(DocumentKind::EquipmentPurchaseUse),
    shape::<CertificationProgress>(DocumentKind::CertificationProgress),
];

impl Shape {
    /// Name of the schema of papers of this kind.
    fn name(&self) -> String {
        format!("{}Paper", (self.body)())
    }

    fn schema(&self) -> RefOr<Schema> {
        let word = ObjectBuilder::new().schema_type(Type::String);
        let word = word.enum_values(Some([self.kind.word()])).description(Some("書類の種類"));
        let body = RefBuilder::new().ref_location_from_schema_name((self.body)());
        let body = body.description(Some("書類の本文")).build();
        let own = ObjectBuilder::new()
            .property("kind", word)
            .required("kind")
            .property("body", body)
            .required("body");
        let frame = Ref::from_schema_name("PaperFrame");
        AllOfBuilder::new().item(frame).item(own).description(Some(self.kind.japanese())).into()
    }
}

impl PartialSchema for Paper {
    fn schema() -> RefOr<Schema> {
        let place = |shape: &Shape| format!("#/components/schemas/{}", shape.name());
        let mapping = SHAPES.iter().map(|shape| (shape.kind.word(), place(shape)));
        let any =
            OneOfBuilder::new().description(Some("書類の1つの版: `kind` が本文の形を決めます"));
        let any = any.discriminator(Some(Discriminator::with_mapping("kind", mapping)));
        let with = |any: OneOfBuilder, shape: &Shape| any.item(Ref::new(place(shape)));
        SHAPES.iter().fold(any, with).into()
    }
}

impl ToSchema for Paper {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push(("PaperFrame".to_owned(), PaperView::schema()));
        PaperView::schemas(schemas);
        for shape in &SHAPES {
            schemas.push((shape.name(), shape.schema()));
            (shape.add)(schemas);
        }
    }
}
