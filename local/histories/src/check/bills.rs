//! What is asked for, and who holds it.

use super::Books;
use crate::{
    rest::is_open,
    tables::{number, text},
};

/// Bill paid + open = due, and what is open stands on receivable.
pub(super) fn bills(books: &Books<'_>, wrong: &mut Vec<String>) {
    for bill in &books.bills {
        let no = text(bill, "bill_no");
        let open = number(bill, "total") - number(bill, "paid");
        let posted = books.balance("receivable", |posting| text(posting, "bill_no") == no);
        if open != posted {
            wrong.push(format!("bill {no} asks for {open} fen, the ledger has {posted}"));
        }
        let late_fee = -books.balance("late_fee_income", |posting| text(posting, "bill_no") == no);
        if late_fee != number(bill, "paid_late_fee") {
            wrong.push(format!(
                "bill {no} has a late fee of {} fen, the ledger {late_fee}",
                number(bill, "paid_late_fee")
            ));
        }
        if (text(bill, "status") == "paid") != (open == 0) || open < 0 {
            wrong.push(format!("bill {no} is {} and asks for {open} fen", text(bill, "status")));
        }
    }
}

/// A bill is held by its one open payment, and an open payment holds all its bills.
pub(super) fn holds(books: &Books<'_>, wrong: &mut Vec<String>) {
    for bill in &books.bills {
        let holder = text(bill, "open_payment");
        let open = books.payment(holder).is_some_and(|payment| is_open(text(payment, "status")));
        if !holder.is_empty() && !open {
            wrong.push(format!("bill {} is held by {holder}, which is not open", text(bill, "bill_no")));
        }
    }
    for payment in books.payments.iter().filter(|payment| is_open(text(payment, "status"))) {
        let no = text(payment, "payment_no");
        let parts = payment.get("allocations").and_then(|parts| parts["L"].as_array()).into_iter().flatten();
        for part in parts.filter_map(|part| part["M"]["bill_no"]["S"].as_str()) {
            let held = books.bills.iter().any(|bill| text(bill, "bill_no") == part && text(bill, "open_payment") == no);
            if !held {
                wrong.push(format!("the open payment {no} does not hold its bill {part}"));
            }
        }
    }
}
