//! The ledger: postings only ever added. One posting is one debit and one credit of the same amount, so it cannot be
//! unbalanced.

mod account;
mod causes;

pub use account::{Book, LedgerAccount, UnknownName};
pub(crate) use causes::{
    BookedToBill, book_excess, book_to_bill, post_part, prepay, return_prepaid, take_back, take_back_prepaid,
};
pub use causes::{charge_fee, issue_bill, settle_refund};

use crate::{BillNo, Fen, PaymentNo, ReceiptNo, RefundNo};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Named by its cause, so that a retry writes the same posting: `receipt#wechatpay#42…#B2026S…#receivable`.
    pub posting_no: String,
    /// The book it stands in: a household's, a stray receipt's, or of a day's fees.
    pub book: Book,
    /// The account debited.
    pub debit: LedgerAccount,
    /// The account credited.
    pub credit: LedgerAccount,
    /// How much; always more than nothing.
    pub amount: Fen,
    /// The bill it concerns.
    pub bill_no: Option<BillNo>,
    /// The payment it concerns.
    pub payment_no: Option<PaymentNo>,
    /// The refund it concerns.
    pub refund_no: Option<RefundNo>,
    /// The receipt it concerns.
    pub receipt_no: Option<ReceiptNo>,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// What it is, for a bookkeeper.
    pub memo: String,
}

/// An account's balance over the postings: debits less credits, `None` where it does not fit. What is owed to us is
/// positive, income and what we owe is negative.
pub fn balance<'a>(postings: impl IntoIterator<Item = &'a Posting>, account: LedgerAccount) -> Option<Fen> {
    postings.into_iter().try_fold(Fen::ZERO, |balance, posting| {
        let debited = if posting.debit == account { balance.checked_add(posting.amount)? } else { balance };
        if posting.credit == account { debited.checked_sub(posting.amount) } else { Some(debited) }
    })
}
