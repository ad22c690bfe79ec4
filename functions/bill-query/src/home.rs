use crate::{
    App,
    due::{BillRow, Due},
};
use axum::extract::State;
use heatpay_domain::{
    Season,
    bill::{Bill, BillStatus},
    calendar::civil_date,
    household::{BillingMethod, SupplyStatus, UseCategory},
    measure::Area,
};
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody};
use heatpay_store::households::{Home, KeptHousehold, masked_address};
use jiff::civil::Date;
use serde::Serialize;

/// The home page of a household.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct HomeReply {
    /// The household.
    household: HouseholdView,
    /// The latest season billed; none before the first bill.
    #[schema(example = "2026-2027")]
    season: Option<String>,
    /// The day in China that all amounts are of.
    #[schema(value_type = String, format = Date, example = "2026-11-25")]
    today: Date,
    /// What is due today, all bills together.
    due: Due,
    /// What is owed, and the bills of the latest season; newest season first.
    bills: Vec<BillRow>,
    /// 预存款: what the household has paid ahead and no bill has drawn yet, in fen. New bills draw on it by themselves.
    #[schema(example = 0)]
    prepaid_fen: i64,
    /// A payment that is not finished: pay or cancel it first.
    #[schema(example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    open_payment: Option<String>,
    /// What the household wants to be told.
    notices: Notices,
}

/// A household, its personal data masked.
#[derive(Serialize, utoipa::ToSchema)]
struct HouseholdView {
    /// 户号
    #[schema(example = "1000000001")]
    account_no: String,
    /// The holder, masked.
    #[schema(example = "林*晨")]
    holder: String,
    /// The phone on file, masked.
    #[schema(example = "138****5678")]
    phone: Option<String>,
    /// The address, its room masked.
    #[schema(example = "锦绣花园 1号楼 1单元 **1")]
    address: String,
    /// `residential` or `non_residential`.
    #[schema(schema_with = heatpay_runtime::described::use_category)]
    use_category: UseCategory,
    /// `area`, `metered` or `two_part`.
    #[schema(schema_with = heatpay_runtime::described::billing_method)]
    billing_method: BillingMethod,
    /// `normal`, `stopped` (报停) or `partial`.
    #[schema(schema_with = heatpay_runtime::described::supply_status)]
    supply_status: SupplyStatus,
    /// The areas on file.
    areas: AreasView,
}

/// Areas in square metres, as decimals.
#[derive(Serialize, utoipa::ToSchema)]
struct AreasView {
    /// 建筑面积
    #[schema(value_type = Option<String>, example = "89.52")]
    gross: Option<Area>,
    /// 套内建筑面积
    #[schema(value_type = Option<String>, example = "73.41")]
    net_internal: Option<Area>,
    /// 使用面积
    #[schema(value_type = Option<String>, example = "66.25")]
    usable: Option<Area>,
    /// 收费面积
    #[schema(value_type = Option<String>, example = "89.52")]
    billable: Option<Area>,
}

/// What a household wants to be told.
#[derive(Serialize, utoipa::ToSchema)]
struct Notices {
    /// Reminders that may be declined.
    reminders: bool,
}

/// 首页
///
/// All of a household's home page in one answer.
#[utoipa::path(get, path = "/api/households/{account_no}/home", tag = "bills", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001")),
    responses(
        (status = 200, description = "The home page", body = HomeReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The household is no longer there", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn show_home(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
) -> Result<axum::Json<HomeReply>, Problem> {
    let account_no = resident.household(&account_no)?;
    let home = app.households.home(account_no).await?.ok_or_else(|| Problem::missing("没有找到这个户号。"))?;
    Ok(axum::Json(HomeReply::of(home, civil_date(app.clock.now()))))
}

impl HomeReply {
    fn of(home: Home, today: Date) -> Self {
        let Home { household, bills } = home;
        let shown: Vec<&Bill> = bills.iter().rev().filter(|bill| bill.status != BillStatus::Draft).collect();
        let season = shown.iter().map(|bill| bill.season).max();
        let on_top = |bill: &&&Bill| bill.open_principal().is_positive() || is_live(bill, season);
        Self {
            season: season.map(|season| season.to_string()),
            today,
            due: Due::of(shown.iter().copied(), today),
            open_payment: shown.iter().find_map(|bill| bill.open_payment.as_ref()).map(ToString::to_string),
            bills: shown.iter().filter(on_top).map(|bill| BillRow::of(bill, today)).collect(),
            prepaid_fen: household.prepaid.0,
            notices: Notices { reminders: !household.reminders_off },
            household: HouseholdView::of(household),
        }
    }
}

/// A bill of the latest season that was not withdrawn.
fn is_live(bill: &Bill, season: Option<Season>) -> bool {
    season == Some(bill.season) && bill.status != BillStatus::Void
}

impl HouseholdView {
    fn of(kept: KeptHousehold) -> Self {
        let address = masked_address(&kept.household);
        let household = kept.household;
        Self {
            account_no: household.account_no.to_string(),
            holder: household.holder,
            phone: kept.phone_masked,
            address,
            use_category: household.use_category,
            billing_method: household.billing_method,
            supply_status: household.supply_status,
            areas: AreasView {
                gross: household.areas.gross,
                net_internal: household.areas.net_internal,
                usable: household.areas.usable,
                billable: household.areas.billable,
            },
        }
    }
}
