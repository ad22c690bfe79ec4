//! A channel does not answer one call, whichever it is: it was not reached, or it did what it was asked to and nobody heard. No
//! answer is no failure; the same number is asked about again. And what it tells us may come in the wrong order.

use crate::{
    explained::{orders_in_hand, transactions},
    stories::Story,
};
use heatpay_domain::{Channel, receipt::ReceiptOutcome, refund::RefundStatus};
use heatpay_local::probe::Fault;
use heatpay_ports::Call;
use heatpay_sandbox::switches::{Callbacks, Outage, Switches};
use heatpay_tests::town::Town;
use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// How many households a town has: one for each silence.
const HOUSEHOLDS: usize = 45;

const OUTAGES: [Outage; 3] = [Outage::Down, Outage::BreaksBefore, Outage::BreaksAfter];

/// A channel meets the outage at one of the calls it gets, and at no other.
struct Silence {
    channel: Channel,
    at: usize,
    outage: Outage,
    switches: Switches,
    calls: AtomicUsize,
}

impl Fault for Silence {
    fn before(&self, _: &str, call: &Call) {
        if call.service == self.channel.name() && self.calls.fetch_add(1, Ordering::SeqCst) == self.at {
            self.switches.set_outage(self.outage, Some(1));
        }
    }

    fn after(&self, _: &str, _: &Call) {}
}

/// The story happens while the call is not answered; how many calls the channel got.
async fn happen_in_silence(
    town: &Town,
    household: usize,
    (story, channel): (Story, Channel),
    at: usize,
    outage: Outage,
) -> usize {
    let switches = town.switches(channel).clone();
    let silence = Arc::new(Silence { channel, at, outage, switches: switches.clone(), calls: AtomicUsize::new(0) });
    *town.world.fault.write().expect("nobody panicked") = Some(silence.clone());
    story.happen(town, household, channel).await;
    *town.world.fault.write().expect("nobody panicked") = None;
    assert_eq!(switches.read().outage, Outage::None, "call {at} of {story:?} met the outage");
    silence.calls.load(Ordering::SeqCst)
}

/// The households that owe something, by their place in the file.
async fn owing(town: &Town) -> Vec<usize> {
    let bills = town.books().await.bills;
    let owe: HashSet<_> =
        bills.into_iter().filter(|bill| bill.open_principal().is_positive()).map(|bill| bill.account_no).collect();
    (0..HOUSEHOLDS).filter(|at| owe.contains(&town.households[*at].household.account_no)).collect()
}

/// One call after the other goes unanswered, in each way, for a household of its own.
async fn leave_unanswered(story: Story, channel: Channel) {
    let town = Town::of_size(HOUSEHOLDS).await;
    // Old debts are reminded of before anything is broken.
    town.pass_hours(1).await;
    let mut households = owing(&town).await.into_iter();
    let mut used = 0;
    // On a busy machine a story may ask once more than on a quiet one: its own calls say where it ends.
    for at in 0.. {
        let mut met = 0;
        for outage in OUTAGES {
            let household = households.next().expect("households enough");
            used += 1;
            let calls = happen_in_silence(&town, household, (story, channel), at, outage).await;
            met += usize::from(calls > at);
            let audit = town.audit().await;
            assert_eq!(audit.differences, Vec::<String>::new(), "{outage:?} at call {at} of {story:?}");
            assert_eq!((audit.open_payments, audit.open_refunds), (0, 0), "{outage:?} at call {at} of {story:?}");
        }
        if met == 0 {
            assert!(at >= 1, "{story:?} calls {channel:?}");
            break;
        }
    }
    assert_the_money_is_explained(&town, used).await;
}

/// A payment a household, a receipt a transaction, a refund a stray, and the provider's money is ours to the fen.
async fn assert_the_money_is_explained(town: &Town, households: usize) {
    town.assert_books_agree().await;
    let books = town.books().await;
    assert_eq!(orders_in_hand(&books), households, "one payment a household, however often its client asked");
    let held = transactions(town);
    let booked: BTreeMap<_, _> =
        books.receipts.iter().map(|receipt| (receipt.channel_txn.clone(), receipt.amount.0)).collect();
    assert_eq!(booked, held, "each transaction's sum, one receipt");
    assert_eq!(booked.len(), books.receipts.len(), "no receipt twice");
    let strays = books.receipts.iter().filter(|receipt| !receipt.outcome.is_settled()).count();
    let came_back = books.refunds.iter().filter(|refund| refund.status == RefundStatus::Succeeded).count();
    assert_eq!((books.refunds.len(), came_back), (strays, strays), "each stray went back, once");
}

#[tokio::test]
async fn a_payment_is_paid_once_whichever_call_is_not_answered() {
    leave_unanswered(Story::Paid, Channel::Wechatpay).await;
}

#[tokio::test]
async fn the_watch_finds_a_payment_whichever_call_is_not_answered() {
    leave_unanswered(Story::FoundByTheWatch, Channel::Wechatpay).await;
}

#[tokio::test]
async fn an_order_expires_whichever_call_is_not_answered() {
    leave_unanswered(Story::Expired, Channel::Wechatpay).await;
}

#[tokio::test]
async fn an_order_is_cancelled_whichever_call_is_not_answered() {
    leave_unanswered(Story::Cancelled, Channel::Wechatpay).await;
}

#[tokio::test]
async fn money_goes_back_once_whichever_call_is_not_answered() {
    leave_unanswered(Story::Refunded, Channel::Wechatpay).await;
}

#[tokio::test]
async fn a_payment_by_alipay_is_paid_once_whichever_call_is_not_answered() {
    leave_unanswered(Story::FoundByTheWatch, Channel::Alipay).await;
}

#[tokio::test]
async fn money_goes_back_by_alipay_once_whichever_call_is_not_answered() {
    leave_unanswered(Story::Refunded, Channel::Alipay).await;
}

#[tokio::test]
async fn a_payment_by_unionpay_is_paid_once_whichever_call_is_not_answered() {
    leave_unanswered(Story::FoundByTheWatch, Channel::Unionpay).await;
}

#[tokio::test]
async fn money_goes_back_by_unionpay_once_whichever_call_is_not_answered() {
    leave_unanswered(Story::Refunded, Channel::Unionpay).await;
}

/// Lists what the callback hands on.
#[derive(Default)]
struct HandedOn(Mutex<Vec<String>>);

impl Fault for HandedOn {
    fn before(&self, _: &str, _: &Call) {}

    fn after(&self, function: &str, call: &Call) {
        if function == "payment-callback" && call.service == "sqs" {
            let queues = call.resources.iter().filter_map(|resource| resource.rsplit(['/', ':', ' ']).next());
            self.0.lock().expect("nobody panicked").extend(queues.map(str::to_owned));
        }
    }
}

#[tokio::test]
async fn a_notice_of_the_refund_before_the_notice_of_the_payment_is_one_receipt_and_one_refund() {
    let town = Town::billed().await;
    let handed_on = Arc::new(HandedOn::default());
    *town.world.fault.write().expect("nobody panicked") = Some(handed_on.clone());
    let wechatpay = &town.world.parties.wechatpay;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
    // The notice of a payment of a fen too much takes two hours; meanwhile the watch finds the money and it goes back.
    wechatpay.switches().set_callbacks(Callbacks::Delay(2 * 3600));
    wechatpay.pay(payment["payment_no"].as_str().expect("a payment"), 1).expect("WeChat Pay takes it");
    wechatpay.switches().set_callbacks(Callbacks::Normal);
    town.pass_hours(1).await;
    assert_eq!(handed_on.0.lock().expect("nobody panicked")[..], ["refund"]);
    town.pass_hours(2).await;
    assert_eq!(handed_on.0.lock().expect("nobody panicked")[..], ["refund", "settlement"]);

    let books = town.books().await;
    let outcomes: Vec<_> = books.receipts.iter().map(|receipt| receipt.outcome).collect();
    assert!(matches!(outcomes[..], [ReceiptOutcome::Stray(_)]), "{outcomes:?}");
    assert_the_money_is_explained(&town, 1).await;
    assert_eq!(wechatpay.money_held().expect("the sandbox answers"), 0, "all went back");
}
