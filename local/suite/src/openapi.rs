//! The API's description (OpenAPI 3.1), made from the code of all functions. `docs/openapi.json` is this, committed.

use crate::steps;
use utoipa::openapi::{
    ContactBuilder, Content, Header, InfoBuilder, License, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem, Ref,
    RefOr, ResponseBuilder, Server,
    path::{Operation, Parameter, ParameterIn},
    schema::Type,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};

const TAGS: &[(&str, &str)] = &[
    ("session", "登录: sign in by WeChat or an SMS code, go on, sign out."),
    ("households", "户号: bind and unbind households, choose notices."),
    ("bills", "账单: the home page, bills with how each figure was computed, payment history."),
    ("payments", "缴费: make a payment, follow it, cancel it."),
    ("invoices", "发票: ask for the e-invoice of a payment, fetch its files."),
    ("repairs", "报修: report a fault with photos and its place, follow it, take it back, rate the work."),
    ("counter", "柜台: staff records what is paid in cash, by POS, cheque or transfer, and closes the day."),
    (
        "staff",
        "员工: the company's people sign in; an administrator says what they may do. Each endpoint names its `x-permission`.",
    ),
    ("reconciliation", "对账: each channel's statement against the books, its differences and why they are."),
    (
        "refunds",
        "退款: money of a payment goes back, asked for by one person, approved by another, resolved at the desk.",
    ),
    ("audit", "操作日志: who did what, and that nobody changed the log."),
];

/// One description of all functions' routes.
pub fn document() -> OpenApi {
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    let info = InfoBuilder::new()
        .title("Heatpay")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "供热收费: bills, payments and invoices of a district-heating company. Amounts are integers of fen (分). Times are \
             UTC; dates are those of China. Every refusal is `application/problem+json` with a stable `code` and a sentence \
             for the person. Every answer names its request in `x-request-id`. A body may have 64 KiB, a photo 2 MiB.",
        ))
        .license(Some(license))
        .contact(Some(ContactBuilder::new().name(Some("Heatpay")).build()))
        .build();
    let tag = |(name, what)| TagBuilder::new().name(name).description(Some(what)).build();
    let callbacks = tag(("callbacks", "通知: payment providers post here. Not for clients."));
    let tags = TAGS.iter().copied().map(tag).chain([callbacks]);
    let mut all = OpenApiBuilder::new().info(info).servers(Some([Server::new("/")])).tags(Some(tags)).build();
    for (_, api) in steps::openapis() {
        all.merge(api);
    }
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(
        "The `access_token` of a session. It is good for 30 minutes and names the resident's households.",
    ));
    let components = all.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token.build()));
    let staff = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(
        "The `access_token` of a staff session. It is good for ten minutes and names the person's roles and branches.",
    ));
    components.add_security_scheme("staff", SecurityScheme::Http(staff.build()));
    for (path, item) in &mut all.paths.paths {
        for operation in operations(item) {
            if path.starts_with("/api/") {
                answer_as_everywhere(operation);
            }
            name_the_request(operation);
        }
    }
    all
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().filter_map(Option::as_mut)
}

/// What any route may answer: a path whose parts cannot be read is not there, and what is our fault is 500.
fn answer_as_everywhere(operation: &mut Operation) {
    let mut add = |status: &str, what: &str| {
        let body = Content::new(Some(Ref::from_schema_name("ProblemBody")));
        let response = ResponseBuilder::new().description(what).content("application/problem+json", body).build();
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    };
    let in_path =
        |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(p) if p.parameter_in == ParameterIn::Path);
    if operation.parameters.iter().flatten().any(in_path) {
        add("404", "There is nothing of that name");
    }
    add("500", "`internal`: our fault, and logged");
}

fn name_the_request(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(128));
            let mut header = Header::new(text.build());
            header.description = Some("The request's number, for whoever asks about it".to_owned());
            response.headers.insert("x-request-id".to_owned(), RefOr::T(header));
        }
    }
}

/// As the file has it.
pub fn text() -> String {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
