//! What must always be, and what must be at rest. Everything is recomputed from the postings and from the provider's truth; nothing
//! here asks the code that is tested.

mod bills;
mod payments;
mod prepaid;
mod refunds;
mod tills;

use crate::{
    tables::{Item, number, text},
    town::State,
};
use std::collections::BTreeSet;

/// What a moment's books hold.
struct Books<'a> {
    bills: Vec<&'a Item>,
    payments: Vec<&'a Item>,
    receipts: Vec<&'a Item>,
    postings: Vec<&'a Item>,
    refunds: Vec<&'a Item>,
    operations: Vec<&'a Item>,
}

impl<'a> Books<'a> {
    fn of(state: &'a State) -> Self {
        let all = |table| state.tables.items(table).collect();
        let bills = state.tables.items("households").filter(|item| text(item, "item").starts_with("bill#"));
        Self {
            bills: bills.collect(),
            payments: all("payments"),
            receipts: all("receipts"),
            postings: all("postings"),
            refunds: all("refunds"),
            operations: all("operations"),
        }
    }

    /// The receipts of the provider's money.
    fn of_provider(&self) -> impl Iterator<Item = &'a Item> + '_ {
        self.receipts.iter().copied().filter(|receipt| text(receipt, "channel") == "wechatpay")
    }

    fn payment(&self, number: &str) -> Option<&'a Item> {
        self.payments.iter().find(|item| text(item, "payment_no") == number).copied()
    }

    /// An account's balance: debits less credits, over the postings that count.
    fn balance(&self, account: &str, counts: impl Fn(&Item) -> bool) -> i64 {
        let postings = self.postings.iter().filter(|posting| counts(posting));
        postings
            .map(|posting| {
                (sign(posting, "debit", account) - sign(posting, "credit", account)) * number(posting, "amount")
            })
            .sum()
    }
}

fn sign(posting: &Item, side: &str, account: &str) -> i64 {
    i64::from(text(posting, side) == account)
}

fn is_settled(receipt: &Item) -> bool {
    text(receipt, "outcome").starts_with("settled")
}

const CLEARING: &str = "clearing:wechatpay";

/// What staff asked for, or none where a rule opened the refund.
fn claim(refund: &Item) -> Option<&Item> {
    refund.get("claim").and_then(|claim| claim["M"].as_object())
}

/// Not from the provider: what was paid ahead before.
fn is_drawn(item: &Item) -> bool {
    text(item, "channel") == "prepayment"
}

/// What must be at every moment.
pub fn always(state: &mut State) {
    let mut wrong = Vec::new();
    let books = Books::of(state);
    bills::bills(&books, &mut wrong);
    bills::holds(&books, &mut wrong);
    payments::receipts(&books, &mut wrong);
    prepaid::prepaid(state, &books, &mut wrong);
    payments::endings(state, &books, &mut wrong);
    refunds::refunds(&books, &mut wrong);
    refunds::reserves(&books, &mut wrong);
    refunds::second_persons(&books, &mut wrong);
    refunds::fees(state, &books, &mut wrong, false);
    refunds::log(&books, &mut wrong);
    refunds::truth(state, &books, &mut wrong);
    let closed = tills::tills(state, &books, &mut wrong);
    state.closed_tills = closed;
    state.wrong.append(&mut wrong);
}

/// What must be when everything rests: the provider's money is ours to the fen, and every paid payment has one invoice.
pub fn at_rest(state: &mut State) {
    let mut wrong = Vec::new();
    let books = Books::of(state);
    let told: BTreeSet<_> = books.receipts.iter().map(|receipt| text(receipt, "channel_txn")).collect();
    for txn in state.provider.txns.iter().filter(|txn| !told.contains(txn.txn.as_str())) {
        wrong.push(format!("the provider's transaction {} of {} fen has no receipt", txn.txn, txn.amount.0));
    }
    let clearing = books.balance(CLEARING, |_| true);
    let holds = state.provider.money() - books.balance("channel_fee", |_| true);
    if clearing != holds {
        wrong.push(format!("the provider holds {holds} fen, clearing is {clearing}"));
    }
    prepaid::drawn(state, &books, &mut wrong);
    refunds::fees(state, &books, &mut wrong, true);
    // What was taken back at the counter may have had its invoice before.
    let of = |status: &'static [&str]| {
        let found = books.payments.iter().filter(move |payment| status.contains(&text(payment, "status")));
        found.map(|payment| text(payment, "payment_no").to_owned()).collect::<BTreeSet<_>>()
    };
    let (paid, ever_paid) = (of(&["paid"]), of(&["paid", "reversed"]));
    if !paid.is_subset(&state.invoices.0) || !state.invoices.0.is_subset(&ever_paid) {
        wrong.push(format!("paid are {paid:?}, invoices have {:?}", state.invoices.0));
    }
    if !state.queues.0.is_empty() {
        wrong.push("messages are left".to_owned());
    }
    state.wrong.append(&mut wrong);
}
