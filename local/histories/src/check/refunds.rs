//! What goes back: never more than came, never without a second person, and booked as it is.

use super::{Books, CLEARING, claim, is_drawn};
use crate::{
    provider::Going,
    tables::{Item, number, text},
    town::State,
};
use heatpay_domain::calendar::civil_date;
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeSet;

/// Clearing is what came less what went back, suspense is what must go back, what was paid another way came from the bank, and no
/// receipt gives back more than it brought.
pub(super) fn refunds(books: &Books<'_>, wrong: &mut Vec<String>) {
    let came: i64 = books.of_provider().map(|receipt| number(receipt, "amount")).sum();
    let (mut back, mut by_bank, mut waiting) = (0, 0, 0);
    for refund in &books.refunds {
        let amount = number(refund, "amount");
        match text(refund, "status") {
            "succeeded" if is_drawn(refund) => {}
            "succeeded" => back += amount,
            "paid_otherwise" => by_bank += amount,
            _ if claim(refund).is_none() => waiting += amount,
            _ => {}
        }
        let receipt_no = text(refund, "receipt_no");
        let of_receipt = books.refunds.iter().filter(|other| text(other, "receipt_no") == receipt_no);
        let alive = of_receipt.filter(|other| text(other, "status") != "declined");
        let all: i64 = alive.map(|other| number(other, "amount")).sum();
        let receipt = books.receipts.iter().find(|receipt| text(receipt, "receipt_no") == receipt_no);
        if receipt.is_none_or(|receipt| all > number(receipt, "amount")) {
            wrong.push(format!("refunds of {receipt_no} come to {all} fen, more than it brought"));
        }
        if claim(refund).is_none() && receipt.is_some_and(|receipt| text(receipt, "outcome") == "settled") {
            wrong.push(format!("{amount} fen of {receipt_no} go back by themselves, though it is settled in full"));
        }
    }
    let fees = books.balance("channel_fee", |_| true);
    for (account, is) in [(CLEARING, came - back - fees), ("suspense", -waiting), ("bank", -by_bank)] {
        let balance = books.balance(account, |_| true);
        if balance != is {
            wrong.push(format!("{account} is {balance} fen, it should be {is}"));
        }
    }
}

/// What the provider keeps is posted once, of days whose statement was read.
pub(super) fn fees(state: &State, books: &Books<'_>, wrong: &mut Vec<String>, at_rest: bool) {
    let posted = books.balance("channel_fee", |_| true);
    let read =
        state.tables.items("reconcile_days").filter(|day| day.get("file").is_some_and(|file| file["M"].is_object()));
    let days: BTreeSet<Date> = match at_rest {
        true => read.filter_map(|day| text(day, "day").parse().ok()).collect(),
        false => state.provider.txns.iter().map(|txn| civil_date(txn.paid_at)).collect(),
    };
    let kept: i64 = days.into_iter().map(|day| state.provider.fees(day)).sum();
    if posted > kept || posted < 0 || (at_rest && posted < kept) {
        wrong.push(format!("the provider keeps {kept} fen, {posted} are posted"));
    }
}

/// What staff set aside of a payment is what its refunds come to, to the fen, and never more than was paid.
pub(super) fn reserves(books: &Books<'_>, wrong: &mut Vec<String>) {
    for payment in &books.payments {
        let no = text(payment, "payment_no");
        let (mut going, mut gone) = (0, 0);
        for back in list(&payment.get("given_back").map_or(&Value::Null, |back| &back["M"])["bills"]) {
            going += money(&back["going"]["M"]);
            gone += money(&back["gone"]["M"]);
        }
        let (mut asked, mut out) = (0, 0);
        for refund in books.refunds.iter().filter(|refund| text(refund, "payment_no") == no && claim(refund).is_some())
        {
            match text(refund, "status") {
                "succeeded" | "paid_otherwise" => out += number(refund, "amount"),
                "declined" => {}
                _ => asked += number(refund, "amount"),
            }
        }
        let back = payment.get("given_back").and_then(|back| back["M"].as_object());
        going += back.map_or(0, |back| number(back, "prepaid_going"));
        gone += back.map_or(0, |back| number(back, "prepaid_gone"));
        if (going, gone) != (asked, out) {
            wrong.push(format!(
                "of {no} {going} fen are set aside and {gone} went back; refunds of {asked} wait and {out} went back"
            ));
        }
        if going + gone > number(payment, "amount") {
            wrong.push(format!("of {no} {} fen are given back, {} were paid", going + gone, number(payment, "amount")));
        }
    }
}

/// What staff gives back was agreed to by a second person, and each decision stands in the operation log.
pub(super) fn second_persons(books: &Books<'_>, wrong: &mut Vec<String>) {
    let did = |who: &str, what: &[&str], refund_no: &str| {
        let object = format!("refund#{refund_no}");
        let mut entries = books.operations.iter();
        entries.any(|entry| {
            text(entry, "staff_no") == who && what.contains(&text(entry, "what")) && text(entry, "object") == object
        })
    };
    for refund in &books.refunds {
        let (no, status) = (text(refund, "refund_no"), text(refund, "status"));
        if let Some(claim) = claim(refund) {
            let (asked, decided) = (text(claim, "requested_by"), text(claim, "decided_by"));
            if !did(asked, &["refund_request"], no) {
                wrong.push(format!("{no} was asked for by {asked}, and the log does not say so"));
            }
            if did(asked, &["refund_approve", "refund_decline"], no) {
                wrong.push(format!("{no} was asked for and decided by {asked} alone"));
            }
            if status != "requested" && !did(decided, &["refund_approve", "refund_decline", "refund_give_up"], no) {
                wrong.push(format!("{no} is {status}, and nobody else decided so"));
            }
        }
        if status == "paid_otherwise" {
            let said = refund.get("otherwise").map(|said| text(as_item(&said["M"]), "said_by")).unwrap_or_default();
            let others = books.operations.iter().filter(|entry| text(entry, "staff_no") != said);
            let object = format!("refund#{no}");
            let seen =
                |entry: &&&Item| text(entry, "what") == "refund_confirm_otherwise" && text(entry, "object") == object;
            if others.filter(seen).count() != 1 {
                wrong.push(format!("{no} was paid another way as {said} says, and no second person saw it"));
            }
        }
    }
}

/// Every chain of the operation log is whole: the head tells how many entries there are.
pub(super) fn log(books: &Books<'_>, wrong: &mut Vec<String>) {
    for head in books.operations.iter().filter(|entry| text(entry, "entry") == "head") {
        let who = text(head, "staff_no");
        let entries = books.operations.iter().filter(|entry| text(entry, "staff_no") == who).count() - 1;
        if i64::try_from(entries) != Ok(number(head, "count")) {
            wrong.push(format!("the log of {who} has {entries} entries, its head says {}", number(head, "count")));
        }
    }
}

/// The books never run ahead of the provider, and the provider sends back only what the books know.
pub(super) fn truth(state: &State, books: &Books<'_>, wrong: &mut Vec<String>) {
    for receipt in books.of_provider() {
        let (txn, amount) = (text(receipt, "channel_txn"), number(receipt, "amount"));
        if !state.provider.txns.iter().any(|known| known.txn == txn && known.amount.0 == amount) {
            wrong.push(format!("the provider knows no transaction {txn} of {amount} fen"));
        }
    }
    for refund in books.refunds.iter().filter(|refund| !is_drawn(refund)) {
        let (no, txn, amount) = (text(refund, "refund_no"), text(refund, "channel_txn"), number(refund, "amount"));
        let of_refund = |back: &&crate::provider::Back| back.number.starts_with(no) && back.txn == txn;
        let backs = state.provider.backs.iter().filter(of_refund);
        let alive: i64 = backs.clone().filter(|back| back.going != Going::Closed).map(|back| back.amount.0).sum();
        let done: i64 = backs.filter(|back| back.going == Going::Done).map(|back| back.amount.0).sum();
        if alive > amount {
            wrong.push(format!("{alive} fen go back for {no}, which is of {amount}"));
        }
        match text(refund, "status") {
            "succeeded" if done != amount => {
                wrong.push(format!("refund {no} is done here and not at the provider"));
            }
            "paid_otherwise" if done != 0 => wrong.push(format!("refund {no} is paid twice")),
            "requested" | "declined" if alive != 0 => {
                wrong.push(format!("refund {no} is {}, and {alive} fen go back", text(refund, "status")));
            }
            _ => {}
        }
    }
    for txn in &state.provider.txns {
        let backs = state.provider.backs.iter().filter(|back| back.txn == txn.txn && back.going != Going::Closed);
        let back: i64 = backs.clone().map(|back| back.amount.0).sum();
        if back > txn.amount.0 {
            wrong.push(format!("{back} fen go back of {}, which is {}", txn.txn, txn.amount.0));
        }
        for back in backs {
            if !books.refunds.iter().any(|refund| back.number.starts_with(text(refund, "refund_no"))) {
                wrong
                    .push(format!("{} fen go back as {}, of which the books know nothing", back.amount.0, back.number));
            }
        }
    }
}

fn as_item(value: &Value) -> &Item {
    static NOTHING: std::sync::LazyLock<Item> = std::sync::LazyLock::new(Item::new);
    value.as_object().unwrap_or(&NOTHING)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value["L"].as_array().into_iter().flatten().map(|item| &item["M"])
}

/// Principal and late fee less the discount that was never paid.
fn money(sums: &Value) -> i64 {
    let of = |name| number(as_item(sums), name);
    of("principal") + of("late_fee") - of("discount")
}
