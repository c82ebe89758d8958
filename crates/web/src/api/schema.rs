//! The frame of the description (OpenAPI 3.1), and schemas of values that core owns.

use tasuki_core::word::Word;
use utoipa::OpenApi;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Object, RefOr, Schema, SecurityRequirement};

/// What stands around the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "襷（たすき）API",
        description = "介護情報基盤 襷のソフトウェア向けAPIです。画面でできることは、同じ決まりのもとで、\
                       このAPIでもできます。くわしい説明は docs/protocols/2-api.md にあります。",
        license(name = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "token", description = "トークン"),
        (name = "person", description = "利用者"),
        (name = "consent", description = "同意"),
        (name = "emergency", description = "緊急時の閲覧"),
        (name = "office", description = "自分の事業所・事業所の検索・保険者"),
        (name = "municipality", description = "保険者（市町村）"),
        (name = "administration", description = "職員と端末の管理"),
        (name = "operator", description = "運営"),
        (name = "reader", description = "カード読取アプリ"),
        (name = "document", description = "このAPIの説明"),
    ),
)]
struct Frame;

/// The description before any route is added.
pub(super) fn frame() -> utoipa::openapi::OpenApi {
    let mut frame = Frame::openapi();
    let token = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "アクセストークン（60分）。取得したときのクライアント証明書に結び付きます。",
        ))
        .build();
    let components = frame.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    frame.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    frame
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// One of the words of `W`.
pub(super) fn word<W: Word>() -> Object {
    text().enum_values(Some(W::ALL.iter().map(|value| value.word()))).build()
}

/// A list of words of `W`.
pub(super) fn words<W: Word>() -> RefOr<Schema> {
    utoipa::openapi::ArrayBuilder::new().items(word::<W>()).into()
}

/// A moment (RFC 3339, UTC, milliseconds).
pub(super) fn moment() -> Object {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).build()
}
