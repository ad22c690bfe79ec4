//! What causes postings, and which: issuing a bill, money booked to a bill, money without a place, a refund done,
//! what a channel keeps.

use super::{Book, LedgerAccount, Posting};
use crate::{
    AccountNo, BillNo, Channel, Fen, PaymentNo, ReceiptNo,
    bill::{Bill, BillKind},
    payment::Payment,
    receipt::Receipt,
    refund::{Refund, RefundKind, RefundPart, RefundStatus},
};
use jiff::{Timestamp, civil::Date};

fn posting(cause: &str, book: Book, [debit, credit]: [LedgerAccount; 2], amount: Fen, at: Timestamp) -> Posting {
    let [d, c] = [debit, credit].map(LedgerAccount::name);
    Posting {
        posting_no: format!("{cause}#{d}#{c}"),
        book,
        debit,
        credit,
        amount,
        bill_no: None,
        payment_no: None,
        refund_no: None,
        receipt_no: None,
        posted_at: at,
        memo: String::new(),
    }
}

/// Issuing a bill: the resident owes it, and the second payer his part. Prior arrears were income of the old system, so
/// they come from the opening balance.
pub fn issue_bill(bill: &Bill, at: Timestamp) -> Vec<Posting> {
    let (income, memo) = match bill.kind {
        BillKind::Season => (LedgerAccount::HeatingRevenue, "热费应收"),
        BillKind::PriorArrears => (LedgerAccount::OpeningBalance, "陈欠期初"),
    };
    let cause = format!("issue#{}", bill.bill_no);
    [(LedgerAccount::Receivable, bill.total, memo), (LedgerAccount::SubsidyReceivable, bill.subsidy, "财政补贴应收")]
        .into_iter()
        .filter(|(_, amount, _)| amount.is_positive())
        .map(|(debit, amount, memo)| Posting {
            bill_no: Some(bill.bill_no.clone()),
            memo: format!("{} {memo}", bill.season),
            ..posting(&cause, Book::Household(bill.account_no.clone()), [debit, income], amount, at)
        })
        .collect()
}

/// What of a receipt was booked to one bill. `principal + late_fee − discount` is the money.
pub(crate) struct BookedToBill<'a> {
    pub(crate) bill_no: &'a BillNo,
    pub(crate) account_no: &'a AccountNo,
    pub(crate) payment_no: &'a PaymentNo,
    pub(crate) principal: Fen,
    pub(crate) late_fee: Fen,
    pub(crate) discount: Fen,
}

/// Money booked to a bill: the channel holds it for us, the resident owes less, a late fee is income, a discount is ours
/// to bear.
pub(crate) fn book_to_bill(receipt: &Receipt, booked: &BookedToBill<'_>) -> Vec<Posting> {
    let clearing = LedgerAccount::Clearing(receipt.channel);
    let cause = format!("receipt#{}#{}", receipt.receipt_no, booked.bill_no);
    [
        ([clearing, LedgerAccount::Receivable], booked.principal.less(booked.discount), "收热费"),
        ([clearing, LedgerAccount::LateFeeIncome], booked.late_fee, "收违约金"),
        ([LedgerAccount::DiscountGiven, LedgerAccount::Receivable], booked.discount, "提前缴费优惠"),
    ]
    .into_iter()
    .filter(|(_, amount, _)| amount.is_positive())
    .map(|(accounts, amount, memo)| Posting {
        bill_no: Some(booked.bill_no.clone()),
        payment_no: Some(booked.payment_no.clone()),
        receipt_no: Some(receipt.receipt_no.clone()),
        memo: format!("{}{memo}", receipt.channel.title()),
        ..posting(&cause, Book::Household(booked.account_no.clone()), accounts, amount, receipt.received_at)
    })
    .collect()
}

/// A payment recorded at the counter taken back: the postings of its receipt with debit and credit exchanged.
pub(crate) fn take_back(
    receipt_no: &ReceiptNo,
    channel: Channel,
    booked: &BookedToBill<'_>,
    at: Timestamp,
) -> Vec<Posting> {
    let clearing = LedgerAccount::Clearing(channel);
    let cause = format!("reversal#{receipt_no}#{}", booked.bill_no);
    [
        ([LedgerAccount::Receivable, clearing], booked.principal.less(booked.discount), "冲正热费"),
        ([LedgerAccount::LateFeeIncome, clearing], booked.late_fee, "冲正违约金"),
        ([LedgerAccount::Receivable, LedgerAccount::DiscountGiven], booked.discount, "冲正提前缴费优惠"),
    ]
    .into_iter()
    .filter(|(_, amount, _)| amount.is_positive())
    .map(|(accounts, amount, memo)| Posting {
        bill_no: Some(booked.bill_no.clone()),
        payment_no: Some(booked.payment_no.clone()),
        receipt_no: Some(receipt_no.clone()),
        memo: format!("{}{memo}", channel.title()),
        ..posting(&cause, Book::Household(booked.account_no.clone()), accounts, amount, at)
    })
    .collect()
}

/// Money paid ahead: the channel holds it for us, and we owe it to the household.
pub(crate) fn prepay(receipt: &Receipt, payment: &Payment) -> Posting {
    let accounts = [LedgerAccount::Clearing(receipt.channel), LedgerAccount::Clearing(Channel::Prepayment)];
    let cause = format!("receipt#{}", receipt.receipt_no);
    Posting {
        payment_no: Some(payment.payment_no.clone()),
        receipt_no: Some(receipt.receipt_no.clone()),
        memo: format!("{}预存热费", receipt.channel.title()),
        ..posting(&cause, Book::Household(payment.account_no.clone()), accounts, payment.prepaid, receipt.received_at)
    }
}

/// Money paid ahead at the counter by mistake, taken back: the posting of its receipt with debit and credit exchanged.
pub(crate) fn take_back_prepaid(receipt_no: &ReceiptNo, payment: &Payment, at: Timestamp) -> Posting {
    let accounts = [LedgerAccount::Clearing(Channel::Prepayment), LedgerAccount::Clearing(payment.channel)];
    Posting {
        payment_no: Some(payment.payment_no.clone()),
        receipt_no: Some(receipt_no.clone()),
        memo: format!("{}冲正预存热费", payment.channel.title()),
        ..posting(
            &format!("reversal#{receipt_no}"),
            Book::Household(payment.account_no.clone()),
            accounts,
            payment.prepaid,
            at,
        )
    }
}

/// Money paid ahead that went back to where it came from: we owe the household so much less.
pub(crate) fn return_prepaid(refund: &Refund, account_no: &AccountNo, amount: Fen, at: Timestamp) -> Posting {
    let (source, way) = paid_from(refund);
    Posting {
        payment_no: refund.payment_no.clone(),
        refund_no: Some(refund.refund_no.clone()),
        receipt_no: Some(refund.receipt_no.clone()),
        memo: format!("{way}退预存热费"),
        ..posting(
            &format!("refund#{}", refund.refund_no),
            Book::Household(account_no.clone()),
            [LedgerAccount::Clearing(Channel::Prepayment), source],
            amount,
            at,
        )
    }
}

/// Money without a place: the channel holds it for us, and it is not ours.
pub(crate) fn book_excess(receipt: &Receipt, refund: &Refund) -> Posting {
    let accounts = [LedgerAccount::Clearing(receipt.channel), LedgerAccount::Suspense];
    let cause = format!("receipt#{}", receipt.receipt_no);
    Posting {
        payment_no: receipt.payment_no.clone(),
        refund_no: Some(refund.refund_no.clone()),
        receipt_no: Some(receipt.receipt_no.clone()),
        memo: refund.reason.text().to_owned(),
        ..posting(&cause, Book::Suspense(receipt.receipt_no.clone()), accounts, refund.amount, receipt.received_at)
    }
}

/// Where the money of a refund was paid from.
fn paid_from(refund: &Refund) -> (LedgerAccount, &'static str) {
    if refund.status == RefundStatus::PaidOtherwise {
        (LedgerAccount::Bank, "另行退付")
    } else {
        (LedgerAccount::Clearing(refund.channel), refund.channel.title())
    }
}

/// A refund of suspense money done: the channel gave it back, nothing of it is left with us.
pub fn settle_refund(refund: &Refund, at: Timestamp) -> Posting {
    let (source, way) = paid_from(refund);
    Posting {
        payment_no: refund.payment_no.clone(),
        refund_no: Some(refund.refund_no.clone()),
        receipt_no: Some(refund.receipt_no.clone()),
        memo: format!("{way}退款"),
        ..posting(
            &format!("refund#{}", refund.refund_no),
            Book::Suspense(refund.receipt_no.clone()),
            [LedgerAccount::Suspense, source],
            refund.amount,
            at,
        )
    }
}

/// What a channel kept of a day's money, by its statement: it holds so much less for us. `posted` are the day's postings of
/// before; the answer makes up what is missing to `fee` (a statement that the channel made anew may say another), `None` where
/// nothing is.
pub fn charge_fee(channel: Channel, day: Date, fee: Fen, posted: &[Posting], at: Timestamp) -> Option<Posting> {
    let charged = super::balance(posted, LedgerAccount::ChannelFee)?;
    let missing = fee.checked_sub(charged)?;
    let accounts = [LedgerAccount::ChannelFee, LedgerAccount::Clearing(channel)];
    let ([debit, credit], amount) = match missing.0 {
        0 => return None,
        1.. => (accounts, missing),
        _ => ([accounts[1], accounts[0]], Fen(missing.0.checked_neg()?)),
    };
    let cause = format!("fee#{}#{day}#{}", channel.name(), posted.len() + 1);
    Some(Posting {
        memo: format!("{}手续费 {day}", channel.title()),
        ..posting(&cause, Book::Fees(channel, day), [debit, credit], amount, at)
    })
}

/// A part of a staff's refund done, the mirror of `book_to_bill`. Taken back, the resident owes again; written down, what was
/// income is income no more, and what it is owed for stays paid.
pub(crate) fn post_part(
    refund: &Refund,
    bill: &Bill,
    part: &RefundPart,
    kind: RefundKind,
    at: Timestamp,
) -> Vec<Posting> {
    let (source, way) = paid_from(refund);
    let owed = match (kind, bill.kind) {
        // A prepayment that goes back has no parts.
        (RefundKind::Reopen | RefundKind::Prepayment, _) => LedgerAccount::Receivable,
        (RefundKind::WriteDown, BillKind::Season) => LedgerAccount::HeatingRevenue,
        (RefundKind::WriteDown, BillKind::PriorArrears) => LedgerAccount::OpeningBalance,
    };
    let cause = format!("refund#{}#{}", refund.refund_no, part.bill_no);
    [
        ([owed, source], part.principal.less(part.discount), "退热费"),
        ([LedgerAccount::LateFeeIncome, source], part.late_fee, "退违约金"),
        ([owed, LedgerAccount::DiscountGiven], part.discount, "冲回提前缴费优惠"),
    ]
    .into_iter()
    .filter(|(_, amount, _)| amount.is_positive())
    .map(|(accounts, amount, memo)| Posting {
        bill_no: Some(part.bill_no.clone()),
        payment_no: refund.payment_no.clone(),
        refund_no: Some(refund.refund_no.clone()),
        receipt_no: Some(refund.receipt_no.clone()),
        memo: format!("{way}{memo}（{}）", refund.reason.title()),
        ..posting(&cause, Book::Household(bill.account_no.clone()), accounts, amount, at)
    })
    .collect()
}
