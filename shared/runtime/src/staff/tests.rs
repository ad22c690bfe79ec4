use super::*;
use crate::auth::{Claims, Tokens};
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    routing::get,
};
use heatpay_domain::ResidentId;
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-23T04:00:00Z".parse().unwrap()
    }
}

const KEY: &str = "the same thirty-two letters for both";

fn staff_tokens() -> StaffTokens {
    StaffTokens::new(&StaffSessionSecret { token_key: KEY.to_owned() }, Arc::new(Noon))
}

fn claims(role: Role, minutes: i64) -> StaffClaims {
    StaffClaims {
        aud: Audience::Staff,
        sub: StaffNo::from_ulid("01KB1Q2Z3A4B5C6D7E8F9G0H1J").unwrap(),
        name: "林晓晨".to_owned(),
        roles: BTreeSet::from([role]),
        branches: Branches::All,
        sid: "session".to_owned(),
        generation: 1,
        exp: (Noon.now() + SignedDuration::from_mins(minutes)).as_second(),
    }
}

fn api(operation: serde_json::Value) -> OpenApi {
    let document = serde_json::json!({
        "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": { "/refunds": { "get": operation } },
    });
    serde_json::from_value(document).unwrap()
}

fn refunds() -> OpenApi {
    api(serde_json::json!({ "responses": {}, "security": [{ "staff": [] }], "x-permission": "refund_approve" }))
}

async fn asked(api: &OpenApi, token: Option<String>) -> StatusCode {
    let router = Router::new().route("/refunds", get(|staff: Staff| async move { staff.0.name }));
    let router = guarded(router, api, staff_tokens()).unwrap();
    let mut request = Request::get("/refunds");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn an_endpoint_asks_for_what_its_description_says() {
    let token = |role, minutes| Some(staff_tokens().sign(&claims(role, minutes)));
    assert_eq!(asked(&refunds(), token(Role::Finance, 10)).await, StatusCode::OK);
    assert_eq!(asked(&refunds(), token(Role::Cashier, 10)).await, StatusCode::FORBIDDEN);
    assert_eq!(asked(&refunds(), token(Role::Finance, 0)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(asked(&refunds(), None).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_endpoint_that_is_not_guarded_knows_nobody() {
    let open = api(serde_json::json!({ "responses": {} }));
    let token = staff_tokens().sign(&claims(Role::Finance, 10));
    assert_eq!(asked(&open, Some(token)).await, StatusCode::UNAUTHORIZED);
}

#[test]
fn a_description_that_says_half_does_not_boot() {
    let boots = |operation| guarded(Router::new(), &api(operation), staff_tokens()).is_ok();
    assert!(!boots(serde_json::json!({ "responses": {}, "security": [{ "staff": [] }] })));
    assert!(!boots(serde_json::json!({ "responses": {}, "x-permission": "refund_approve" })));
    assert!(!boots(serde_json::json!({ "responses": {}, "security": [{ "staff": [] }], "x-permission": "anything" })));
}

#[test]
fn a_residents_token_is_no_staff_token_nor_the_other_way_round_even_under_one_key() {
    let residents = Tokens::with_key(KEY, Arc::new(Noon));
    let resident = Claims {
        sub: ResidentId::from_ulid("01KB1Q2Z3A4B5C6D7E8F9G0H1J").unwrap(),
        acc: Vec::new(),
        oid: None,
        ali: None,
        exp: i64::MAX,
    };
    assert_eq!(staff_tokens().check(&residents.sign(&resident), Noon.now()), None);
    assert_eq!(residents.check(&staff_tokens().sign(&claims(Role::Finance, 10)), Noon.now()), None);
}

#[test]
fn a_branch_that_is_not_his_is_refused() {
    let only = heatpay_domain::staff::BranchName::parse("和平分公司").unwrap();
    let branches = Branches::Only(BTreeSet::from([only]));
    let staff = Staff(StaffClaims { branches, ..claims(Role::Finance, 10) });
    let in_branch = |branch| staff.may_in_branch(Permission::RefundApprove, branch).map_err(|problem| problem.code());
    assert_eq!(in_branch("和平分公司"), Ok(()));
    assert_eq!(in_branch("河西分公司"), Err("other_branch"));
}
