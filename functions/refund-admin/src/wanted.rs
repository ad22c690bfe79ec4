//! What is wanted of which bill: named, or computed from days.

use crate::App;
use axum::http::StatusCode;
use heatpay_domain::{
    BillNo, Fen,
    bill::Bill,
    measure::Celsius,
    refund::{CannotCompute, Computed, MeasuredDay, StaffReason, Wanted, low_temperature, standby},
};
use heatpay_runtime::Problem;
use heatpay_store::households::Home;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The most days of one sheet: a season has fewer.
const MAX_DAYS: usize = 250;

/// What goes back of one bill.
#[derive(Clone, Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedPart {
    /// The bill.
    #[schema(value_type = String, min_length = 8, max_length = 32, pattern = "^B[A-Za-z0-9]{7,31}$", example = "B2026S1000000001")]
    bill_no: BillNo,
    /// Principal, in fen. The discount's share of it is left out of the money by itself.
    #[schema(minimum = 0, example = 70_000)]
    principal_fen: i64,
    /// Late fee, in fen.
    #[schema(minimum = 0, example = 0)]
    late_fee_fen: i64,
}

/// 测温单: the days of a room that was too cold.
#[derive(Clone, Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColdDays {
    /// The bill of that season.
    #[schema(value_type = String, min_length = 8, max_length = 32, pattern = "^B[A-Za-z0-9]{7,31}$", example = "B2026S1000000001")]
    bill_no: BillNo,
    /// Each day once.
    #[schema(min_items = 1, max_items = 250)]
    days: Vec<ColdDay>,
}

/// A day's measured room temperature.
#[derive(Clone, Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColdDay {
    /// The day.
    #[schema(value_type = String, format = Date, example = "2026-12-01")]
    on: Date,
    /// In degrees Celsius, at most one decimal.
    #[schema(value_type = String, max_length = 4, pattern = r"^([0-5]?[0-9](\.[0-9])?|60(\.0)?)$", example = "16.5")]
    celsius: Celsius,
}

/// Days without heat.
#[derive(Clone, Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandbyDays {
    /// The bill of that season.
    #[schema(value_type = String, min_length = 8, max_length = 32, pattern = "^B[A-Za-z0-9]{7,31}$", example = "B2026S1000000001")]
    bill_no: BillNo,
    /// The first.
    #[schema(value_type = String, format = Date, example = "2026-12-01")]
    from: Date,
    /// The last.
    #[schema(value_type = String, format = Date, example = "2026-12-30")]
    until: Date,
}

/// What a request says, of which exactly the one that fits its reason is there.
pub(crate) enum Basis<'a> {
    Parts(&'a [WantedPart]),
    Cold(&'a ColdDays),
    Standby(&'a StandbyDays),
    Prepaid(Fen),
}

impl<'a> Basis<'a> {
    pub(crate) fn of(
        reason: StaffReason,
        parts: Option<&'a [WantedPart]>,
        cold: Option<&'a ColdDays>,
        standby: Option<&'a StandbyDays>,
        prepaid_fen: Option<i64>,
    ) -> Result<Self, Problem> {
        if prepaid_fen.is_some() && reason != StaffReason::PrepaymentReturn {
            return Err(not_fitting("只有退预存款才填写预存退款金额。"));
        }
        match (reason, parts, cold, standby) {
            (StaffReason::PrepaymentReturn, None, None, None) => match prepaid_fen {
                Some(fen) => Ok(Self::Prepaid(Fen(fen))),
                None => Err(not_fitting("请填写要退的预存款金额。")),
            },
            (StaffReason::PrepaymentReturn, ..) => Err(not_fitting("退预存款只填写金额，不涉及账单。")),
            (StaffReason::LowTemperature, None, Some(cold), None) if (1..=MAX_DAYS).contains(&cold.days.len()) => {
                Ok(Self::Cold(cold))
            }
            (StaffReason::LowTemperature, ..) => Err(not_fitting("低温退费请填写测温单(1 至 250 天),金额由系统计算。")),
            (StaffReason::Standby, None, None, Some(standby)) => Ok(Self::Standby(standby)),
            (StaffReason::Standby, ..) => Err(not_fitting("报停退费请填写停供起止日期,金额由系统计算。")),
            (
                StaffReason::BilledTooMuch | StaffReason::PaidForWrongHousehold | StaffReason::Other,
                Some(parts),
                None,
                None,
            ) => Ok(Self::Parts(parts)),
            (StaffReason::BilledTooMuch | StaffReason::PaidForWrongHousehold | StaffReason::Other, ..) => {
                Err(not_fitting("请填写要退的账单和金额。"))
            }
        }
    }

    /// What of which bill. For days one more read: the season's tariffs.
    pub(crate) async fn wanted(&self, app: &App, home: &Home) -> Result<Vec<Wanted>, Problem> {
        match self {
            Self::Prepaid(_) => Ok(Vec::new()),
            Self::Parts(parts) => Ok(parts.iter().map(WantedPart::wanted).collect()),
            Self::Cold(ColdDays { bill_no, days }) => {
                let measured: Vec<MeasuredDay> =
                    days.iter().map(|day| MeasuredDay { on: day.on, celsius: day.celsius }).collect();
                let bill = bill(home, bill_no)?;
                let tariff = tariff(app, home, bill).await?;
                let household = &home.household.household;
                let computed = low_temperature(bill, household, &tariff, &measured).map_err(not_computed)?;
                Ok(vec![of_computed(bill_no, computed)])
            }
            Self::Standby(StandbyDays { bill_no, from, until }) => {
                let bill = bill(home, bill_no)?;
                let tariff = tariff(app, home, bill).await?;
                let household = &home.household.household;
                let computed = standby(bill, household, &tariff, *from, *until).map_err(not_computed)?;
                Ok(vec![of_computed(bill_no, computed)])
            }
        }
    }
}

impl WantedPart {
    fn wanted(&self) -> Wanted {
        Wanted {
            bill_no: self.bill_no.clone(),
            principal: Fen(self.principal_fen),
            late_fee: Fen(self.late_fee_fen),
            explanation: None,
            days: Vec::new(),
        }
    }
}

fn of_computed(bill_no: &BillNo, computed: Computed) -> Wanted {
    Wanted {
        bill_no: bill_no.clone(),
        principal: computed.amount,
        late_fee: Fen::ZERO,
        explanation: Some(computed.explanation),
        days: computed.days,
    }
}

fn bill<'a>(home: &'a Home, bill_no: &BillNo) -> Result<&'a Bill, Problem> {
    let found = home.bills.iter().find(|bill| bill.bill_no == *bill_no);
    found.ok_or_else(|| Problem::missing("没有找到这张账单。").about(bill_no.as_str()))
}

async fn tariff(app: &App, home: &Home, bill: &Bill) -> Result<heatpay_domain::tariff::Tariff, Problem> {
    let class = &home.household.household.tariff_class;
    let all = app.tariffs.of_season(bill.season).await?;
    all.into_iter().find(|tariff| tariff.tariff_class == *class).ok_or_else(|| not_computed(CannotCompute::OtherTariff))
}

fn not_computed(why: CannotCompute) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "cannot_compute", format!("{why}。"))
}

/// 422: each value is right, but not for this reason.
pub(crate) fn not_fitting(detail: &'static str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "does_not_fit_reason", detail)
}
