//! After whatever died: every payment, transaction, refund and invoice there is has its reason, once.

use heatpay_domain::{Fen, refund::RefundStatus};
use heatpay_store::books::Everything;
use heatpay_tests::town::Town;
use std::collections::{BTreeMap, HashSet};

/// Every transaction of every channel with its sum.
pub(crate) fn transactions(town: &Town) -> BTreeMap<String, i64> {
    let parties = &town.world.parties;
    let all = [parties.wechatpay.transactions(), parties.alipay.transactions(), parties.unionpay.transactions()];
    all.into_iter().flat_map(|of_channel| of_channel.expect("the sandbox answers")).collect()
}

/// How many payments a client was handed something to pay by; UnionPay tells the `tn` of an order once, and its answer may be lost.
pub(crate) fn orders_in_hand(books: &Everything) -> usize {
    books.payments.iter().filter(|payment| payment.handle.is_some()).count()
}

/// The money of all deaths together.
pub(crate) async fn assert_every_fen_is_explained(town: &Town, households: usize) {
    town.assert_books_agree().await;
    let books = town.books().await;
    assert_eq!(orders_in_hand(&books), households, "one payment a household, however often its client asked");
    let received: HashSet<_> = books.receipts.iter().map(|receipt| &receipt.channel_txn).collect();
    assert_eq!(received.len(), books.receipts.len(), "one receipt a transaction");
    let held = transactions(town).len();
    assert_eq!(books.receipts.len(), held, "a receipt for every transaction of the provider");
    let issued = town.world.parties.baiwang.invoices().expect("the sandbox answers");
    let paid = books.receipts.iter().filter(|receipt| receipt.outcome.is_settled()).count();
    let given_back = books.refunds.iter().filter(|refund| refund.claim.is_some()).collect::<Vec<_>>();
    assert!(given_back.iter().all(|refund| refund.status == RefundStatus::Succeeded && !refund.has_work()));
    let payments: HashSet<_> = given_back.iter().map(|refund| &refund.payment_no).collect();
    assert_eq!(payments.len(), given_back.len(), "one refund a payment, however often staff asked");
    assert_eq!(
        issued.len(),
        paid + 2 * given_back.len(),
        "one invoice for each that paid, reversed and made anew once"
    );
    let invoiced: i64 = issued.iter().map(|card| Fen::parse_yuan(&card.amount_yuan).expect("yuan").0).sum();
    let taken =
        books.payments.iter().flat_map(|payment| payment.allocations.iter().filter(|_| payment.paid_at.is_some()));
    let taken: i64 = taken.filter_map(|part| part.amount()).map(|amount| amount.0).sum();
    let back: i64 = given_back.iter().map(|refund| refund.amount.0).sum();
    assert_eq!(invoiced, taken - back, "invoiced is what is kept");
}
