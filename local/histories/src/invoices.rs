//! What invoices come to: one effect a payment, however often the message comes, and only for a payment that is paid.

use crate::{tables::text, town::State};
use std::collections::BTreeSet;

/// The payments that have their invoice.
#[derive(Clone, Debug, Default)]
pub struct Invoices(pub BTreeSet<String>);

/// A message of the invoice queue, handled: the effect is made unless it is there.
pub fn handle(state: &mut State, body: &str) {
    let event: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let payment_no = event["payment_no"].as_str().unwrap_or_default().to_owned();
    let paid = state
        .tables
        .item("payments", &payment_no)
        .is_some_and(|payment| matches!(text(payment, "status"), "paid" | "reversed"));
    if !paid {
        state.wrong(format!("an invoice is made for {payment_no}, which is not paid"));
    }
    state.tell(|| format!("The invoice of {payment_no} is made, unless it is there."));
    state.invoices.0.insert(payment_no);
}
