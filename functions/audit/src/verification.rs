use crate::{App, entries::number};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{Problem, http::Query, problem::ProblemBody, staff::Staff};
use heatpay_store::operations::{Breakage, Broken};
use serde::{Deserialize, Serialize};

/// As many entries as are looked at within a few seconds.
const MOST: u64 = 20_000;
/// No chain gets there.
const LAST: u64 = 999_999_999_999;

/// Whose chain, and from where on.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChainWanted {
    /// 工号
    #[param(
        min_length = 8,
        max_length = 32,
        pattern = "^E[A-Za-z0-9]{7,31}$",
        example = "E01KB1Q2Z3A4B5C6D7E8F9G0H1J"
    )]
    staff_no: String,
    /// The first entry to look at; 1 where it is left out.
    #[param(minimum = 1, maximum = 999_999_999_999_u64)]
    from: Option<u64>,
}

/// What the look at a chain came to.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ChainReply {
    /// How many entries were looked at and are as they were written.
    #[schema(example = 17)]
    whole: u64,
    /// The first that is not, if there is one.
    broken: Option<BrokenEntry>,
    /// Where to go on, if there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// An entry that is not as it was written.
#[derive(Serialize, utoipa::ToSchema)]
struct BrokenEntry {
    /// Its number in the person's chain.
    seq: u64,
    /// `missing`: removed. `altered`: changed. `not_linked`: put there from another history. `head_differs`: the chain's end was
    /// changed or taken away.
    #[schema(value_type = String, example = "altered")]
    how: Breakage,
}

/// 校验操作日志
///
/// Recomputes the keyed hashes of a person's chain and names the first entry that was removed, changed or put there by somebody
/// who has not the key.
#[utoipa::path(get, path = "/api/staff/operations/verification", tag = "audit", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::AuditView))), params(ChainWanted),
    responses(
        (status = 200, description = "Whole, or where it is broken", body = ChainReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn verify_operations(
    State(app): State<App>,
    _: Staff,
    Query(wanted): Query<ChainWanted>,
) -> Result<axum::Json<ChainReply>, Problem> {
    let staff_no = number(wanted.staff_no)?;
    let from = wanted.from.unwrap_or(1);
    if !(1..=LAST).contains(&from) {
        return Err(Problem::invalid("起始序号应为正整数。"));
    }
    let seen = app.operations.verify(&staff_no, from, MOST).await?;
    if let Some(Broken { seq, how }) = seen.broken {
        tracing::error!(%staff_no, seq, ?how, "an entry of the operation log is not as it was written");
    }
    let broken = seen.broken.map(|Broken { seq, how }| BrokenEntry { seq, how });
    Ok(axum::Json(ChainReply { whole: seen.whole, broken, next: seen.next }))
}
