//! Recomputes every balance from the postings and names any difference.

use heatpay_domain::{
    BillNo, Channel, Fen, ReceiptNo,
    bill::BillStatus,
    ledger::{LedgerAccount, balance},
    payment::PaymentStatus,
    refund::RefundStatus,
};
use heatpay_store::books::Everything;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the audit saw.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Audit {
    /// Every ledger account's balance, in fen: debits less credits.
    pub balances: BTreeMap<String, i64>,
    /// How many bills, payments, receipts, postings and refunds it went through.
    pub counted: BTreeMap<&'static str, usize>,
    /// What the books say the channels hold for us.
    pub clearing_fen: i64,
    /// Payments that are neither paid nor at another end.
    pub open_payments: usize,
    /// Refunds on their way.
    pub open_refunds: usize,
    /// Each difference, in a sentence. Empty: the books agree to the fen.
    pub differences: Vec<String>,
}

/// Goes through everything.
pub fn audit(books: &Everything) -> Audit {
    let mut audit = Audit {
        counted: BTreeMap::from([
            ("bills", books.bills.len()),
            ("payments", books.payments.len()),
            ("receipts", books.receipts.len()),
            ("postings", books.postings.len()),
            ("refunds", books.refunds.len()),
        ]),
        open_payments: books.payments.iter().filter(|payment| payment.status.is_open()).count(),
        open_refunds: books.refunds.iter().filter(|refund| refund.status.is_open()).count(),
        ..Audit::default()
    };
    balances(books, &mut audit);
    bills(books, &mut audit);
    receipts(books, &mut audit);
    payments(books, &mut audit);
    clearing_and_suspense(books, &mut audit);
    audit
}

fn balances(books: &Everything, audit: &mut Audit) {
    for posting in &books.postings {
        *audit.balances.entry(posting.debit.name().to_owned()).or_default() += posting.amount.0;
        *audit.balances.entry(posting.credit.name().to_owned()).or_default() -= posting.amount.0;
    }
    let all: i64 = audit.balances.values().sum();
    if all != 0 {
        audit.differences.push(format!("all balances together are {all} fen, not 0"));
    }
}

/// What a bill still asks for is what stands on receivable for it.
fn bills(books: &Everything, audit: &mut Audit) {
    let mut receivable: HashMap<&BillNo, i64> = HashMap::new();
    for posting in &books.postings {
        let Some(bill_no) = &posting.bill_no else { continue };
        let entry = receivable.entry(bill_no).or_default();
        if posting.debit == LedgerAccount::Receivable {
            *entry += posting.amount.0;
        }
        if posting.credit == LedgerAccount::Receivable {
            *entry -= posting.amount.0;
        }
    }
    let open: HashSet<_> =
        books.payments.iter().filter(|payment| payment.status.is_open()).map(|payment| &payment.payment_no).collect();
    for bill in &books.bills {
        let posted = receivable.remove(&bill.bill_no).unwrap_or(0);
        let asked = bill.open_principal().0;
        if posted != asked {
            audit.differences.push(format!("bill {} asks for {asked} fen, the ledger has {posted}", bill.bill_no));
        }
        if bill.status == BillStatus::Paid && bill.paid != bill.total {
            audit.differences.push(format!("bill {} is paid, but {} of {}", bill.bill_no, bill.paid.0, bill.total.0));
        }
        if let Some(payment_no) = bill.open_payment.as_ref().filter(|payment_no| !open.contains(payment_no)) {
            audit.differences.push(format!("bill {} is held by {payment_no}, which is not open", bill.bill_no));
        }
    }
    for (bill_no, posted) in receivable.into_iter().filter(|(_, posted)| *posted != 0) {
        audit.differences.push(format!("the ledger has {posted} fen for {bill_no}, which does not exist"));
    }
}

/// All money of a receipt is booked: to bills, or to suspense.
fn receipts(books: &Everything, audit: &mut Audit) {
    let mut booked: HashMap<&ReceiptNo, i64> = HashMap::new();
    for posting in books.postings.iter().filter(|posting| matches!(posting.debit, LedgerAccount::Clearing(_))) {
        if let Some(receipt_no) = &posting.receipt_no {
            *booked.entry(receipt_no).or_default() += posting.amount.0;
        }
    }
    for receipt in &books.receipts {
        let amount = receipt.amount.0.max(0);
        let posted = booked.remove(&receipt.receipt_no).unwrap_or(0);
        if posted != amount {
            audit.differences.push(format!("receipt {} is {amount} fen, booked {posted}", receipt.receipt_no));
        }
    }
    for (receipt_no, posted) in booked {
        audit.differences.push(format!("{posted} fen booked for receipt {receipt_no}, which does not exist"));
    }
}

fn payments(books: &Everything, audit: &mut Audit) {
    let settled: HashMap<_, _> = books
        .receipts
        .iter()
        .filter(|receipt| receipt.outcome.is_settled())
        .filter_map(|receipt| Some((receipt.payment_no.as_ref()?, receipt)))
        .collect();
    for payment in &books.payments {
        let has_receipt = settled.contains_key(&payment.payment_no);
        let money_came = match payment.status {
            PaymentStatus::Paid | PaymentStatus::Reversed => true,
            PaymentStatus::Submitting
            | PaymentStatus::Pending
            | PaymentStatus::Closing
            | PaymentStatus::Closed
            | PaymentStatus::Rejected => false,
        };
        if money_came != has_receipt {
            audit.differences.push(format!(
                "payment {} is {:?}, and its settled receipt is {}",
                payment.payment_no,
                payment.status,
                if has_receipt { "there" } else { "missing" }
            ));
        }
    }
}

/// What the counter holds is what was recorded there, less what was taken back or went back.
fn counter(books: &Everything, audit: &mut Audit) {
    let reversed = books.payments.iter().filter(|payment| payment.status == PaymentStatus::Reversed);
    let back: HashSet<_> = reversed.map(|payment| &payment.payment_no).collect();
    for channel in Channel::COUNTER {
        let stands = books.receipts.iter().filter(|receipt| {
            receipt.channel == channel
                && receipt.payment_no.as_ref().is_none_or(|payment_no| !back.contains(payment_no))
        });
        let came: i64 = stands.map(|receipt| receipt.amount.0).sum();
        let refunds =
            books.refunds.iter().filter(|one| one.channel == channel && one.status == RefundStatus::Succeeded);
        let held = came - refunds.map(|refund| refund.amount.0).sum::<i64>();
        let posted = balance(&books.postings, LedgerAccount::Clearing(channel)).unwrap_or(Fen(i64::MAX)).0;
        if posted != held {
            audit.differences.push(format!("{} holds {held} fen, the ledger has {posted}", channel.name()));
        }
    }
}

/// What the channels hold is what came in less what went back; what waits in suspense is what must go back.
fn clearing_and_suspense(books: &Everything, audit: &mut Audit) {
    let online = books.receipts.iter().filter(|receipt| !receipt.channel.is_counter());
    let came: i64 = online.map(|receipt| receipt.amount.0.max(0)).sum();
    counter(books, audit);
    let back = |statuses: &[RefundStatus]| -> i64 {
        books.refunds.iter().filter(|refund| statuses.contains(&refund.status)).map(|refund| refund.amount.0).sum()
    };
    let went_back: i64 = books
        .refunds
        .iter()
        .filter(|refund| refund.status == RefundStatus::Succeeded && !refund.channel.is_counter())
        .map(|refund| refund.amount.0)
        .sum();
    let of = |account| balance(&books.postings, account).unwrap_or(Fen(i64::MAX)).0;
    audit.clearing_fen = Channel::ONLINE.into_iter().map(|channel| of(LedgerAccount::Clearing(channel))).sum();
    if audit.clearing_fen != came - went_back {
        audit
            .differences
            .push(format!("clearing is {} fen; {came} came in and {went_back} went back", audit.clearing_fen));
    }
    let waiting = back(&[
        RefundStatus::Requested,
        RefundStatus::Approved,
        RefundStatus::Processing,
        RefundStatus::Failed,
        RefundStatus::Abnormal,
    ]);
    let suspense = -of(LedgerAccount::Suspense);
    if suspense != waiting {
        audit.differences.push(format!("suspense holds {suspense} fen, refunds of {waiting} wait"));
    }
}
