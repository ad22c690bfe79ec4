//! How every history begins: two households in a winter, one with old debts, and what their bills posted.

use crate::{
    handlers,
    town::{State, Town},
    world::ready,
};
use heatpay_domain::{
    AccountNo, BillNo, Fen, Season,
    bill::{Bill, BillKind, BillStatus, EarlyDiscount, LateFeeRule},
    household::UseCategory,
    ledger::issue_bill,
};
use heatpay_runtime::BootError;
use heatpay_store::billing::{NewBill, NewBills};
use jiff::{Timestamp, civil::date};

/// 2026-11-23 at noon in China, an hour that no discount or late fee ends in.
pub const MOMENT: Timestamp = Timestamp::constant(1_795_406_400, 0);

/// The households.
pub const ACCOUNTS: [&str; 2] = ["1000000001", "1000000002"];

/// Writes the bills as `bill-generate` does, and answers the world as it then stands.
pub fn of(town: &Town) -> Result<State, BootError> {
    let unusable = |source| BootError::Unusable { what: "the beginning", source };
    let context = handlers::context(town)?;
    let bills = NewBills::of(&context)?;
    let made = [bill(0, 2025, 40_000), bill(0, 2026, 223_800), bill(1, 2026, 180_001)]
        .into_iter()
        .collect::<Result<Vec<Bill>, _>>()
        .map_err(|error| unusable(Box::new(error)))?;
    let made: Vec<_> =
        made.into_iter().map(|bill| NewBill { postings: issue_bill(&bill, MOMENT), bill, remind_on: None }).collect();
    ready(bills.write(&made)).map_err(|error| unusable(Box::new(error)))?;
    let state = town.state().clone();
    Ok(state)
}

/// A bill; an old one costs a late fee, the new ones have a discount until the end of the month.
fn bill(household: usize, season: i16, fen: i64) -> Result<Bill, heatpay_domain::ids::InvalidNumber> {
    let account_no = AccountNo::parse(ACCOUNTS[household])?;
    let season = Season(season);
    let old = season.0 < 2026;
    let late = LateFeeRule { from: date(2026, 1, 1), daily_ppm: 1000, cap_ppm: Some(200_000), stopped_on: None };
    Ok(Bill {
        bill_no: BillNo::of(season, BillKind::Season, &account_no),
        account_no,
        season,
        kind: BillKind::Season,
        use_category: UseCategory::Residential,
        status: BillStatus::Issued,
        lines: Vec::new(),
        total: Fen(fen),
        subsidy: Fen::ZERO,
        paid: Fen::ZERO,
        paid_late_fee: Fen::ZERO,
        issued_on: date(season.0, 10, 15),
        due_on: date(season.0, 12, 31),
        late_fee: old.then_some(late),
        discount: (!old).then_some(EarlyDiscount { until: date(2026, 11, 30), ppm: 10_000 }),
        open_payment: None,
        version: 1,
    })
}
