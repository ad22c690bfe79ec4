//! What is paid ahead: owed to the household to the fen, and never left beside a bill that could draw on it.

use super::{Books, claim};
use crate::{
    beginning::AHEAD,
    rest::is_open,
    tables::{Item, number, text},
    town::State,
};

const ACCOUNT: &str = "prepayment";

fn balance(state: &State) -> i64 {
    let mut items = state.tables.items("households");
    let household = items.find(|item| text(item, "account_no") == AHEAD && text(item, "item") == "household");
    household.map_or(0, |household| number(household, "prepaid"))
}

/// What the book owes is the balance, what draws took out and is not booked yet, and what is asked back.
pub(super) fn prepaid(state: &State, books: &Books<'_>, wrong: &mut Vec<String>) {
    let balance = balance(state);
    let draws = books.payments.iter().filter(|payment| is_draw(payment) && is_open(text(payment, "status")));
    let drawing: i64 = draws.map(|payment| number(payment, "amount")).sum();
    let mut going = 0;
    for refund in &books.refunds {
        match text(refund, "status") {
            "succeeded" | "paid_otherwise" | "declined" => {}
            _ => going += claim(refund).map_or(0, |claim| number(claim, "prepaid")),
        }
    }
    let owed = -books.balance(ACCOUNT, |_| true);
    if owed != balance + drawing + going || balance < 0 {
        wrong.push(format!(
            "{balance} fen are paid ahead, {drawing} are being drawn, {going} go back; the ledger owes {owed}"
        ));
    }
}

/// At rest nothing is left in the balance that an open bill could have: but for what a refund put back there with the bill owed again,
/// and where the event of what was declined may have been lost.
pub(super) fn drawn(state: &State, books: &Books<'_>, wrong: &mut Vec<String>) {
    let put_back = books.refunds.iter().any(|refund| {
        text(refund, "channel") == ACCOUNT
            || (text(refund, "status") == "declined" && claim(refund).is_some_and(|claim| number(claim, "prepaid") > 0))
    });
    let owed = books.bills.iter().any(|bill| text(bill, "account_no") == AHEAD && text(bill, "status") == "issued");
    if owed && balance(state) > 0 && !put_back {
        wrong.push(format!("a bill is owed, and {} fen are paid ahead", balance(state)));
    }
}

fn is_draw(payment: &&&Item) -> bool {
    text(payment, "channel") == ACCOUNT
}
