//! Recomputes every balance from the postings and names any difference.

use heatpay_domain::{
    BillNo, Channel, Fen, PaymentNo, ReceiptNo, RefundNo,
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
    refunds(books, &mut audit);
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
        if (payment.status == PaymentStatus::Paid) != has_receipt {
            audit.differences.push(format!(
                "payment {} is {:?}, and its settled receipt is {}",
                payment.payment_no,
                payment.status,
                if has_receipt { "there" } else { "missing" }
            ));
        }
    }
}

/// What the channels hold is what came in less what went back; what waits in suspense is what must go back.
fn clearing_and_suspense(books: &Everything, audit: &mut Audit) {
    let came: i64 = books.receipts.iter().map(|receipt| receipt.amount.0.max(0)).sum();
    let back = |statuses: &[RefundStatus]| -> i64 {
        books.refunds.iter().filter(|refund| statuses.contains(&refund.status)).map(|refund| refund.amount.0).sum()
    };
    let went_back = back(&[RefundStatus::Succeeded]);
    let of = |account| balance(&books.postings, account).unwrap_or(Fen(i64::MAX)).0;
    audit.clearing_fen = [Channel::Wechatpay, Channel::Alipay, Channel::Unionpay]
        .into_iter()
        .map(|channel| of(LedgerAccount::Clearing(channel)))
        .sum();
    if audit.clearing_fen != came - went_back {
        audit
            .differences
            .push(format!("clearing is {} fen; {came} came in and {went_back} went back", audit.clearing_fen));
    }
    let strays = books.refunds.iter().filter(|refund| refund.claim.is_none() && !refund.status.is_paid_out());
    let waiting: i64 = strays.map(|refund| refund.amount.0).sum();
    let suspense = -of(LedgerAccount::Suspense);
    if suspense != waiting {
        audit.differences.push(format!("suspense holds {suspense} fen, refunds of {waiting} wait"));
    }
}

/// No more goes back of a payment's bill than was booked to it, and what was paid out is booked to the fen.
fn refunds(books: &Everything, audit: &mut Audit) {
    let mut back: HashMap<(&PaymentNo, &BillNo), (i64, i64, i64)> = HashMap::new();
    let mut booked: HashMap<&RefundNo, i64> = HashMap::new();
    for posting in &books.postings {
        let paid = matches!(posting.credit, LedgerAccount::Clearing(_) | LedgerAccount::Bank);
        if let Some(refund_no) = posting.refund_no.as_ref().filter(|_| paid) {
            *booked.entry(refund_no).or_default() += posting.amount.0;
        }
    }
    for refund in &books.refunds {
        let posted = booked.remove(&refund.refund_no).unwrap_or(0);
        let expected = if refund.status.is_paid_out() { refund.amount.0 } else { 0 };
        if posted != expected {
            audit.differences.push(format!("refund {} paid out {expected} fen, booked {posted}", refund.refund_no));
        }
        let Some((claim, payment_no)) = refund.claim.as_ref().zip(refund.payment_no.as_ref()) else { continue };
        for part in claim.parts.iter().filter(|_| refund.status != RefundStatus::Declined) {
            let sums = back.entry((payment_no, &part.bill_no)).or_default();
            *sums = (sums.0 + part.principal.0, sums.1 + part.late_fee.0, sums.2 + part.discount.0);
        }
    }
    for payment in &books.payments {
        for part in &payment.allocations {
            let Some(sums) = back.remove(&(&payment.payment_no, &part.bill_no)) else { continue };
            if sums.0 > part.principal.0 || sums.1 > part.late_fee.0 || sums.2 > part.discount.0 {
                let (payment_no, bill_no) = (&payment.payment_no, &part.bill_no);
                audit.differences.push(format!("more of {bill_no} goes back than payment {payment_no} paid"));
            }
        }
    }
    for (payment_no, bill_no) in back.into_keys() {
        audit.differences.push(format!("{bill_no} goes back of payment {payment_no}, which did not pay it"));
    }
}
