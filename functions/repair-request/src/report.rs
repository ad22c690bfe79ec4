use crate::{App, reply::RepairReply};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use heatpay_domain::{
    AccountNo, RepairNo, ResidentId,
    repair::{Place, Progress, Repair, RepairCategory, RepairStatus, WhatIsWrong},
};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Json, idempotency_key},
    problem::ProblemBody,
};
use heatpay_store::{
    repairs::Reported,
    sessions::{Limit, Taken},
};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// Reports of one household within a day, repeats counted.
const REPORTS_A_DAY: u32 = 20;

/// A fault to report. Photos are added to the report afterwards, one by one.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRepair {
    /// The household.
    #[schema(schema_with = heatpay_runtime::described::account_no)]
    account_no: AccountNo,
    /// What kind of fault.
    #[schema(schema_with = heatpay_runtime::described::repair_category)]
    category: RepairCategory,
    /// What is wrong, in the resident's words.
    #[schema(schema_with = heatpay_runtime::described::what_is_wrong)]
    text: WhatIsWrong,
    /// Where, if not simply at the household.
    #[schema(schema_with = heatpay_runtime::described::place_if_any)]
    place: Option<Place>,
}

/// 报修
///
/// Reports a fault. The same `Idempotency-Key` with the same body gives the same report, as it stands by then; with another
/// body it is refused.
#[utoipa::path(post, path = "/api/repairs", tag = "repairs", security(("token" = [])),
    params(("Idempotency-Key" = String, Header, description = "幂等键: 8 to 64 letters, digits or `-`, new for every report the resident starts", min_length = 8, max_length = 64, pattern = "^[A-Za-z0-9-]{8,64}$", example = "5f0e8c1a-7a51-4c39-9d53-1f6c8a0a6b11")),
    request_body = NewRepair,
    responses(
        (status = 201, description = "Reported", body = RepairReply),
        (status = 200, description = "Reported before", body = RepairReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused` with another body", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "The household reported too often today; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again with the same key", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn report_fault(
    State(app): State<App>,
    resident: Resident,
    headers: HeaderMap,
    Json(request): Json<NewRepair>,
) -> Result<(StatusCode, axum::Json<RepairReply>), Problem> {
    let key = idempotency_key(&headers)?;
    let account_no = resident.household(request.account_no.as_str())?;
    let now = app.clock.now();
    let request_hash = sha256(&serde_json::to_vec(&request).map_err(|e| Problem::internal(&e))?);
    let repair_no = number(&resident.0.sub, key)?;
    let limit = Limit::Within { key: format!("repair-account#{account_no}"), seconds: 86_400, times: REPORTS_A_DAY };
    match app.throttles.take(&limit, now).await? {
        Taken::Yes => {}
        Taken::TooOften { wait } => return Err(Problem::too_often(wait)),
    }
    let repair = reported(repair_no, resident.0.sub, request, now);
    match app.repairs.report(&repair, &request_hash).await? {
        Reported::Now => Ok((StatusCode::CREATED, axum::Json(RepairReply::of(&repair)))),
        Reported::Before(kept) => Ok((StatusCode::OK, axum::Json(RepairReply::of(&kept)))),
        Reported::OtherBody => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "这个 Idempotency-Key 已用于另一个请求。",
        )),
    }
}

/// The number of whom and his key: two residents may choose the same key.
fn number(resident_id: &ResidentId, key: &str) -> Result<RepairNo, Problem> {
    let asked = sha256(format!("{resident_id}#{key}").as_bytes());
    RepairNo::of_request(&asked).map_err(|error| Problem::internal(&error))
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn reported(repair_no: RepairNo, resident_id: ResidentId, request: NewRepair, now: Timestamp) -> Repair {
    Repair {
        repair_no,
        account_no: request.account_no,
        resident_id,
        category: request.category,
        text: request.text,
        place: request.place,
        photos: Vec::new(),
        status: RepairStatus::Submitted,
        progress: vec![Progress { status: RepairStatus::Submitted, at: now }],
        rating: None,
        reported_at: now,
        version: 1,
    }
}
