use crate::{App, reply::RefundReply};
use axum::extract::State;
use heatpay_domain::{
    AccountNo,
    refund::{Refund, RefundStatus},
    staff::Permission,
};
use heatpay_runtime::{Problem, http::Query, paging, problem::ProblemBody, staff::Staff};
use heatpay_store::{Cursor, Page};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which refunds: one of `status`, `account_no`.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundsWanted {
    /// Those that stand there: `requested` waits for a second person, `failed` and `abnormal` for the desk.
    #[param(schema_with = heatpay_runtime::described::refund_status)]
    status: Option<RefundStatus>,
    /// Those of a household.
    #[param(min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001")]
    account_no: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

/// A page of refunds.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffRefundPage {
    /// Newest first. Those of branches that are not the reader's are left out: a page may be short although there is a next one.
    items: Vec<RefundReply>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// 退款列表
///
/// Refunds by where they stand, or of a household; those of money that had no place too.
#[utoipa::path(get, path = "/api/staff/refunds", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundView))), params(RefundsWanted),
    responses(
        (status = 200, description = "A page", body = StaffRefundPage),
        (status = 400, description = "A value breaks its rule, or not exactly one of `status`, `account_no`; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_staff_refunds(
    State(app): State<App>,
    staff: Staff,
    Query(wanted): Query<RefundsWanted>,
) -> Result<axum::Json<StaffRefundPage>, Problem> {
    let (limit, cursor) = paging::page(wanted.limit, wanted.cursor)?;
    let page = match (wanted.status, wanted.account_no) {
        (Some(status), None) => app.refunds.of_status(status, limit, cursor.as_ref()).await?,
        (None, Some(account_no)) => of_household(&app, account_no, limit, cursor.as_ref()).await?,
        (Some(_), Some(_)) | (None, None) => return Err(Problem::invalid("请按状态或户号之一查询。")),
    };
    let page = page.ok_or_else(paging::not_ours)?;
    let branches = branches(&app, &page.items).await?;
    let seen = page.items.into_iter().filter(|refund| {
        let branch = refund.claim.as_ref().map(|claim| claim.branch.as_str());
        let branch = branch.or_else(|| branches.get(refund.account_no.as_ref()?).map(String::as_str));
        staff.0.branches.include_if_any(branch)
    });
    let items = seen.map(RefundReply::of).collect();
    Ok(axum::Json(StaffRefundPage { items, next: page.next.map(|cursor| cursor.0) }))
}

async fn of_household(
    app: &App,
    account_no: String,
    limit: i32,
    cursor: Option<&Cursor>,
) -> Result<Option<Page<Refund>>, Problem> {
    let account_no = AccountNo::parse(account_no).map_err(|wrong| Problem::invalid(wrong.reason))?;
    Ok(app.refunds.of_household(&account_no, limit, cursor).await?)
}

/// The branches of the households whose refunds a rule opened. One BatchGetItem at most.
async fn branches(app: &App, refunds: &[Refund]) -> Result<BTreeMap<AccountNo, String>, Problem> {
    let mut accounts: Vec<AccountNo> =
        refunds.iter().filter(|refund| refund.claim.is_none()).filter_map(|refund| refund.account_no.clone()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let households = app.households.find_all(&accounts).await?;
    Ok(households.into_iter().map(|kept| (kept.household.account_no, kept.household.branch)).collect())
}
