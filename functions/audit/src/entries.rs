use crate::App;
use axum::extract::State;
use heatpay_domain::{StaffNo, staff::Permission};
use heatpay_runtime::{Problem, http::Query, paging, problem::ProblemBody, staff::Staff};
use heatpay_store::operations::{Entries, Entry};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const MAX_OBJECT: usize = 128;

/// Which entries: one of `day`, `object`, `staff_no`.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationsWanted {
    /// A day of China.
    #[param(max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-23")]
    day: Option<String>,
    /// An object, by kind and number.
    #[param(
        min_length = 3,
        max_length = 128,
        pattern = "^[a-z_]+#[A-Za-z0-9_.:#-]+$",
        example = "refund#R01KB1Q2Z3A4B5C6D7E8F9G0H1J"
    )]
    object: Option<String>,
    /// 工号
    #[param(
        min_length = 8,
        max_length = 32,
        pattern = "^E[A-Za-z0-9]{7,31}$",
        example = "E01KB1Q2Z3A4B5C6D7E8F9G0H1J"
    )]
    staff_no: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

/// A page of the log.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct OperationsPage {
    /// Newest first. Those of branches that are not the reader's are left out.
    items: Vec<OperationView>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An operation in the log.
#[derive(Serialize, utoipa::ToSchema)]
struct OperationView {
    /// Who did it.
    #[schema(schema_with = heatpay_runtime::described::staff_no)]
    staff_no: StaffNo,
    /// Which one of his it is, from 1.
    #[schema(example = 17)]
    seq: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What he did.
    #[schema(example = "refund_approve")]
    what: String,
    /// To what.
    #[schema(example = "refund#R01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    object: String,
    /// Whose branch's.
    branch: Option<String>,
    /// The object before, masked.
    #[schema(value_type = Object, nullable)]
    before: Option<Value>,
    /// The object after, masked.
    #[schema(value_type = Object, nullable)]
    after: Option<Value>,
    /// The request that did it.
    request_id: Option<String>,
    /// What chains it to the entry before.
    #[schema(min_length = 64, max_length = 64)]
    hash: String,
}

/// 操作日志
///
/// Who did what, by day, by object or by person.
#[utoipa::path(get, path = "/api/staff/operations", tag = "audit", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::AuditView))), params(OperationsWanted),
    responses(
        (status = 200, description = "A page", body = OperationsPage),
        (status = 400, description = "A value breaks its rule, or not exactly one of `day`, `object`, `staff_no`; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_operations(
    State(app): State<App>,
    staff: Staff,
    Query(wanted): Query<OperationsWanted>,
) -> Result<axum::Json<OperationsPage>, Problem> {
    let (limit, cursor) = paging::page(wanted.limit, wanted.cursor)?;
    let which = match (wanted.day, wanted.object, wanted.staff_no) {
        (Some(day), None, None) => Entries::OfDay(date(&day)?),
        (None, Some(object), None) => Entries::OfObject(checked(object)?),
        (None, None, Some(staff_no)) => Entries::OfStaff(number(staff_no)?),
        _ => return Err(Problem::invalid("请按日期、对象或员工之一查询。")),
    };
    let page = app.operations.page(&which, limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    let seen = page.items.into_iter().filter(|entry| staff.0.branches.include_if_any(entry.branch.as_deref()));
    Ok(axum::Json(OperationsPage { items: seen.map(OperationView::of).collect(), next: page.next.map(|next| next.0) }))
}

fn date(text: &str) -> Result<Date, Problem> {
    let ok = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = ok.then(|| text.parse().ok()).flatten();
    date.ok_or_else(|| Problem::invalid("日期应写作 2026-11-23。"))
}

/// `<kind>#<number>`, as the description has it.
fn checked(object: String) -> Result<String, Problem> {
    let kind = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"_.:#-".contains(&b);
    let ok = (3..=MAX_OBJECT).contains(&object.len())
        && object
            .split_once('#')
            .is_some_and(|(of, number)| kind(of) && !number.is_empty() && number.bytes().all(letter));
    if ok { Ok(object) } else { Err(Problem::invalid("查询对象的格式不正确。")) }
}

pub(crate) fn number(staff_no: String) -> Result<StaffNo, Problem> {
    StaffNo::parse(staff_no).map_err(|error| Problem::invalid(error.reason))
}

impl OperationView {
    fn of(entry: Entry) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            staff_no: entry.staff_no,
            seq: entry.seq,
            at: entry.at,
            what: entry.what,
            object: entry.object,
            branch: entry.branch,
            before: json(entry.before),
            after: json(entry.after),
            request_id: entry.request_id,
            hash: entry.hash,
        }
    }
}
