use crate::{BillNo, Fen, Season, StaffNo, states::names};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What becomes of the bill when the money is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundKind {
    /// The payment is taken back: the bill is owed again.
    Reopen,
    /// 核减: it was never owed; the bill gets smaller.
    WriteDown,
    /// 退预存款: what was paid ahead goes back; no bill is touched.
    Prepayment,
}

names!(RefundKind { Reopen => "reopen", WriteDown => "write_down", Prepayment => "prepayment" });

/// How far the payment's invoice has been brought in line with the refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStage {
    /// Before money goes out, an issued invoice is to be reversed.
    ToClear,
    /// No invoice stands in the way.
    Cleared,
    /// What the company keeps is invoiced as before, or nobody had asked for an invoice.
    InLine,
}

/// What goes back of one bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundPart {
    /// The bill.
    pub bill_no: BillNo,
    /// Its season.
    pub season: Season,
    /// Principal.
    pub principal: Fen,
    /// Late fee.
    pub late_fee: Fen,
    /// The discount's share of the principal: it was never paid.
    pub discount: Fen,
    /// How the amount comes about, where it was computed.
    pub explanation: Option<String>,
    /// The days it is for, where it was computed from days: none of them is paid back twice.
    #[serde(default)]
    pub days: Vec<Date>,
}

impl RefundPart {
    /// The money: `principal + late_fee − discount`, `None` where it does not fit.
    pub fn amount(&self) -> Option<Fen> {
        self.principal.checked_add(self.late_fee)?.checked_sub(self.discount)
    }

    /// The money in one sentence: `本金 100.00 元 + 违约金 2.00 元 − 提前缴费优惠 1.00 元（未实收）= 101.00 元`; before it how the
    /// principal was computed, where it was.
    pub fn sentence(&self) -> String {
        let money = self.amount().unwrap_or(Fen::ZERO);
        let mut sum = format!("本金 {} 元", self.principal.yuan_grouped());
        if self.late_fee.is_positive() {
            sum.push_str(&format!(" + 违约金 {} 元", self.late_fee.yuan_grouped()));
        }
        if self.discount.is_positive() {
            sum.push_str(&format!(" − 提前缴费优惠 {} 元（未实收）", self.discount.yuan_grouped()));
        }
        let computed = self.explanation.as_ref().map(|how| format!("{how}；")).unwrap_or_default();
        format!("{computed}{sum} = {} 元", money.yuan_grouped())
    }
}

/// What a member of staff asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundClaim {
    /// What becomes of the bills.
    pub kind: RefundKind,
    /// What goes back, by bill; with `prepaid` their amounts add up to the refund's.
    pub parts: Vec<RefundPart>,
    /// What goes back of what was paid ahead.
    #[serde(default)]
    pub prepaid: Fen,
    /// The clerk's own words, for the file and the second person.
    pub note: Option<String>,
    /// The household's branch, which decides who may see and approve it.
    pub branch: String,
    /// Who asked.
    pub requested_by: StaffNo,
    /// Who approved or declined.
    pub decided_by: Option<StaffNo>,
    /// Why it was declined or given up.
    pub declined_because: Option<String>,
    /// The payment's invoice.
    pub invoice: InvoiceStage,
}

/// 另行退付: evidence that the payer got the money another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherPayout {
    /// The bank's or the cash book's voucher number.
    pub voucher_no: String,
    /// The day it was paid.
    pub paid_on: Date,
    /// How: to which account (last four digits), by whom.
    pub note: String,
    /// Who says so; a second person confirms.
    pub said_by: StaffNo,
}
