use super::Tariff;
use crate::{
    BillNo, Fen,
    bill::{Bill, BillKind, BillLine, BillStatus},
    household::{Household, PriorArrears},
};
use jiff::civil::Date;

/// 陈欠: the bill, as a draft, of what a household owed for an earlier season when it was imported. With that season's
/// tariff it keeps that season's due date and late fee; without one it was due when it was issued and bears no late fee.
pub fn prior_arrears_bill(
    household: &Household,
    arrears: PriorArrears,
    tariff: Option<&Tariff>,
    issued_on: Date,
) -> Bill {
    let PriorArrears { season, amount } = arrears;
    let line = BillLine {
        title: format!("{season} 采暖季陈欠"),
        rule: "prior_arrears".to_owned(),
        quantity: None,
        rate: None,
        factors: Vec::new(),
        explanation: format!("原收费系统结转 {season} 采暖季欠费 {} 元", amount.yuan()),
        amount,
    };
    Bill {
        bill_no: BillNo::of(season, BillKind::PriorArrears, &household.account_no),
        account_no: household.account_no.clone(),
        season,
        kind: BillKind::PriorArrears,
        use_category: household.use_category,
        status: BillStatus::Draft,
        lines: vec![line],
        total: amount,
        subsidy: Fen::ZERO,
        paid: Fen::ZERO,
        paid_late_fee: Fen::ZERO,
        issued_on,
        due_on: tariff.map_or(issued_on, |tariff| tariff.due_on),
        late_fee: tariff.and_then(|tariff| tariff.late_fee_of(household)),
        discount: None,
        open_payment: None,
        version: 1,
    }
}
