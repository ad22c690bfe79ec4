//! The API's description (OpenAPI 3.1), made from the code of all functions. `docs/openapi.json` is this, committed.

use crate::steps;
use utoipa::openapi::{
    ContactBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Server,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// One description of all functions' routes.
pub fn document() -> OpenApi {
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    let info = InfoBuilder::new()
        .title("Heatpay")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Bills, payments and invoices of a district-heating company. Amounts are integers of fen (分). Times are UTC; \
             dates are those of China. Every refusal is `application/problem+json` with a stable `code` and a sentence for \
             the person.",
        ))
        .license(Some(license))
        .contact(Some(ContactBuilder::new().name(Some("Heatpay")).build()))
        .build();
    let mut all = OpenApiBuilder::new().info(info).servers(Some([Server::new("/")])).build();
    for (_, api) in steps::openapis() {
        all.merge(api);
    }
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    all.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(token));
    all
}

/// As the file has it.
pub fn text() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
