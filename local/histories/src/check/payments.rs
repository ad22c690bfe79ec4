//! What came: receipts and the payments they settled, and how payments end without money.

use super::{Books, is_drawn, is_settled};
use crate::{
    tables::{Item, number, text},
    town::State,
};
use std::collections::BTreeMap;

/// All money of a receipt is booked, once; a payment is paid exactly if it has one settled receipt.
pub(super) fn receipts(books: &Books<'_>, wrong: &mut Vec<String>) {
    let mut settled: BTreeMap<&str, usize> = BTreeMap::new();
    for receipt in &books.receipts {
        let no = text(receipt, "receipt_no");
        let held = match is_drawn(receipt) {
            true => "prepayment".to_owned(),
            false => format!("clearing:{}", text(receipt, "channel")),
        };
        let of_receipt = |posting: &Item| text(posting, "receipt_no") == no && text(posting, "debit") == held;
        let booked = books.balance(&held, of_receipt);
        if booked != number(receipt, "amount") {
            wrong.push(format!("receipt {no} is {} fen, booked {booked}", number(receipt, "amount")));
        }
        let payment_no = text(receipt, "payment_no");
        if !is_settled(receipt) {
            continue;
        }
        *settled.entry(payment_no).or_default() += 1;
        let payment = books.payment(payment_no);
        if payment.is_none_or(|payment| text(payment, "merchant") != text(receipt, "merchant")) {
            wrong.push(format!("receipt {no} of merchant {} settled {payment_no}", text(receipt, "merchant")));
        }
        if payment.is_none_or(|payment| number(payment, "amount") != number(receipt, "amount")) {
            wrong.push(format!("receipt {no} of {} fen settled {payment_no}", number(receipt, "amount")));
        }
    }
    for payment in &books.payments {
        let no = text(payment, "payment_no");
        let times = settled.get(no).copied().unwrap_or(0);
        if times != usize::from(matches!(text(payment, "status"), "paid" | "reversed")) {
            wrong.push(format!("payment {no} is {}, and {times} receipts settled it", text(payment, "status")));
        }
    }
}

/// A payment ends without money only as the channel says: it refused the order, or it can no longer be paid.
pub(super) fn endings(state: &State, books: &Books<'_>, wrong: &mut Vec<String>) {
    for payment in &books.payments {
        let no = text(payment, "payment_no");
        let stray = || books.receipts.iter().any(|receipt| text(receipt, "payment_no") == no);
        match text(payment, "status") {
            "closed" => {
                let payable = state.provider.orders.iter().any(|order| {
                    order.payment_no == no
                        && !order.closed
                        && !state.provider.is_paid(no)
                        && state.now < order.expires_at
                });
                if payable {
                    wrong.push(format!("payment {no} is closed, and the channel still takes money for it"));
                }
                // Paid before it was closed: the channel would have said so.
                let open = state.provider.orders.iter().any(|order| order.payment_no == no && !order.closed);
                if open && state.provider.is_paid(no) {
                    wrong.push(format!("payment {no} is closed, and the channel had been paid for it"));
                }
            }
            "rejected" if !state.provider.refused.contains(no) && !stray() => {
                wrong.push(format!("payment {no} is rejected, and the channel did not refuse it"));
            }
            _ => {}
        }
    }
}
