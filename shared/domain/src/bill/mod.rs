//! The bill of one household for one season, and its states.

mod due;
mod issue;
mod states;

pub use due::{AmountDue, amount_due, discount, late_fee};
pub use states::BillEvent;

use crate::{AccountNo, BillNo, Fen, PaymentNo, Season, household::UseCategory};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a bill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillKind {
    /// The season's heating fee.
    Season,
    /// 陈欠: what was owed for an earlier season when the household was imported.
    PriorArrears,
}

/// Where a bill stands. Overdue is not a state: it follows from the dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillStatus {
    /// Computed, not yet shown to the resident, not in the ledger.
    Draft,
    /// Owed.
    Issued,
    /// Nothing is open.
    Paid,
    /// Withdrawn.
    Void,
}

/// One line of a bill: an amount and how it was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLine {
    /// What the line is, for the resident: 「住宅面积热费」.
    pub title: String,
    /// The stable name of the rule that made the line: `area_fee`, `height_surcharge`, `standby`, `second_payer`,
    /// `prior_arrears`, `write_down`.
    pub rule: String,
    /// The quantity with its unit, as shown: `89.52 m²`.
    pub quantity: Option<String>,
    /// The unit price as shown: `25.00 元/m²`.
    pub rate: Option<String>,
    /// The factors as shown, in order: `70 %(层高低于 2.2 m,有散热器)`.
    pub factors: Vec<String>,
    /// The whole computation in one sentence a resident can check: `89.52 × 25.00 = 2238.00 元,四舍五入到分`.
    pub explanation: String,
    /// The amount in fen, negative where the line reduces the bill.
    pub amount: Fen,
}

/// 违约金: how a late fee is computed, fixed in the bill when it is issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateFeeRule {
    /// The first day that costs.
    pub from: Date,
    /// Per day, in millionths of the open principal: 1 ‰ is 1000.
    pub daily_ppm: u32,
    /// The late fee never passes this share of the principal, in millionths. `None`: no cap.
    pub cap_ppm: Option<u32>,
    /// The day the heat was cut, after which nothing is added, where the tariff says so.
    pub stopped_on: Option<Date>,
}

/// An early-payment discount, fixed in the bill when it is issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyDiscount {
    /// The last day it is given.
    pub until: Date,
    /// Share of the open principal, in millionths.
    pub ppm: u32,
}

/// A bill. `total − paid` is the open principal; the late fee is computed from dates when asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// Its number.
    pub bill_no: BillNo,
    /// The household.
    pub account_no: AccountNo,
    /// The season.
    pub season: Season,
    /// What it is for.
    pub kind: BillKind,
    /// What the heat was used for when the bill was made; the tax follows it.
    pub use_category: UseCategory,
    /// Where it stands.
    pub status: BillStatus,
    /// How the amount came about; their amounts add up to `total`.
    pub lines: Vec<BillLine>,
    /// What the resident owes before late fee and discount.
    pub total: Fen,
    /// What a second payer (finance, for low-income households) owes on top; not asked of the resident.
    pub subsidy: Fen,
    /// Principal already paid.
    pub paid: Fen,
    /// Late fee already paid.
    pub paid_late_fee: Fen,
    /// The day it was issued.
    pub issued_on: Date,
    /// The last day to pay.
    pub due_on: Date,
    /// How the late fee is computed.
    pub late_fee: Option<LateFeeRule>,
    /// The early-payment discount.
    pub discount: Option<EarlyDiscount>,
    /// The one open payment that holds this bill.
    pub open_payment: Option<PaymentNo>,
    /// Counts every write; conditions compare it.
    pub version: u64,
}
