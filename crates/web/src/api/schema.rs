//! The frame of the description (OpenAPI 3.1).

use utoipa::OpenApi;
use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

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
