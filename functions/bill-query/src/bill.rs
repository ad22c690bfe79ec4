use crate::{
    App,
    due::BillRow,
    explain::{Discount, LateFee, explain_discount, explain_late_fee},
};
use axum::extract::State;
use heatpay_domain::{
    BillNo,
    bill::{Bill, BillLine, BillStatus},
    calendar::civil_date,
};
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody};
use jiff::civil::Date;
use serde::Serialize;

/// A bill with how each figure was computed.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BillReply {
    #[serde(flatten)]
    bill: BillRow,
    /// The day in China that all amounts are of.
    #[schema(value_type = String, format = Date, example = "2026-11-25")]
    today: Date,
    /// How the sum came about; the amounts add up to `total_fen`.
    lines: Vec<Line>,
    /// 违约金 as of today, where the tariff has one and something is owed.
    late_fee: Option<LateFee>,
    /// The early-payment discount, where the tariff has one and something is owed.
    discount: Option<Discount>,
}

/// One line of a bill.
#[derive(Serialize, utoipa::ToSchema)]
struct Line {
    /// What it is.
    #[schema(example = "居民热费(建筑面积)")]
    title: String,
    /// The stable name of its rule.
    #[schema(example = "area_fee")]
    rule: String,
    /// The quantity with its unit.
    #[schema(example = "89.52 m²")]
    quantity: Option<String>,
    /// The unit price.
    #[schema(example = "25.00 元/m²")]
    rate: Option<String>,
    /// The factors, in order.
    factors: Vec<String>,
    /// The whole computation in one sentence.
    #[schema(example = "89.52 × 25.00 = 2238.00 元,四舍五入到分")]
    explanation: String,
    /// The amount, in fen; negative where it reduces the bill.
    #[schema(example = 223_800)]
    amount_fen: i64,
}

/// 账单详情
///
/// One bill, line by line, with the late fee and the discount of today.
#[utoipa::path(get, path = "/api/households/{account_no}/bills/{bill_no}", tag = "bills", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001"), ("bill_no" = String, Path, description = "账单号, the bill's number", min_length = 8, max_length = 32, pattern = "^B[A-Za-z0-9]{7,31}$", example = "B2026S1000000001")),
    responses(
        (status = 200, description = "The bill", body = BillReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The household has no such bill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn show_bill(
    State(app): State<App>,
    resident: Resident,
    Path((account_no, bill_no)): Path<(String, String)>,
) -> Result<axum::Json<BillReply>, Problem> {
    let account_no = resident.household(&account_no)?;
    let missing = || Problem::missing("没有找到这张账单。");
    let bill_no = BillNo::parse(bill_no).map_err(|_| missing())?;
    let found = app.households.find_bill_of_household(account_no, &bill_no).await?;
    let bill = found.filter(|bill| bill.status != BillStatus::Draft).ok_or_else(missing)?;
    Ok(axum::Json(BillReply::of(bill, civil_date(app.clock.now()))))
}

impl BillReply {
    fn of(bill: Bill, today: Date) -> Self {
        Self {
            bill: BillRow::of(&bill, today),
            today,
            late_fee: explain_late_fee(&bill, today),
            discount: explain_discount(&bill, today),
            lines: bill.lines.into_iter().map(Line::of).collect(),
        }
    }
}

impl Line {
    fn of(line: BillLine) -> Self {
        let BillLine { title, rule, quantity, rate, factors, explanation, amount } = line;
        Self { title, rule, quantity, rate, factors, explanation, amount_fen: amount.0 }
    }
}
