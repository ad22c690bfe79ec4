//! The tills: a day's sum is its rows' and what clearing has, and what is closed stays as it is.

use super::Books;
use crate::{
    tables::{Item, number, text},
    town::State,
};
use std::collections::BTreeMap;

/// Answers the sums of the closed tills.
pub(super) fn tills(state: &State, books: &Books<'_>, wrong: &mut Vec<String>) -> BTreeMap<String, i64> {
    let items: Vec<&Item> = state.tables.items("tills").collect();
    let mut closed = BTreeMap::new();
    let mut all = 0;
    for day in items.iter().filter(|item| text(item, "item") == "day") {
        let till = text(day, "till");
        let cash = number(day, "cash");
        all += cash;
        let rows = items.iter().filter(|item| text(item, "till") == till && text(item, "item") != "day");
        let rows: i64 = rows.filter(|row| text(row, "reversed_at").is_empty()).map(|row| number(row, "amount")).sum();
        if cash != rows {
            wrong.push(format!("the till {till} has {cash} fen, its rows come to {rows}"));
        }
        if !text(day, "closed_at").is_empty() {
            closed.insert(till.to_owned(), cash);
        }
    }
    for (till, cash) in &state.closed_tills {
        if closed.get(till) != Some(cash) {
            wrong.push(format!("the till {till} was closed with {cash} fen, now it has {:?}", closed.get(till)));
        }
    }
    let open = books
        .payments
        .iter()
        .filter(|payment| text(payment, "channel") == "cash" && crate::rest::is_open(text(payment, "status")));
    let not_yet_booked: i64 = open.map(|payment| number(payment, "amount")).sum();
    let clearing = books.balance("clearing:cash", |_| true);
    if clearing + not_yet_booked != all {
        wrong.push(format!("the tills have {all} fen, {clearing} are booked and {not_yet_booked} wait for it"));
    }
    closed
}
