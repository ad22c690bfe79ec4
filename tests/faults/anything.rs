//! Whatever residents, WeChat Pay and the weather do, in whatever order: the books agree at every moment, and when all is quiet
//! the provider's money is ours to the fen.

use heatpay_sandbox::switches::{Callbacks, Outage};
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};

const HOUSEHOLDS: usize = 8;

/// How many towns, and how much happens in each.
const TOWNS: u32 = 8;
const HAPPENINGS: usize = 50;

#[derive(Clone, Debug)]
enum Happening {
    /// The resident of a household presses pay.
    Order(usize),
    /// One of the latest orders (0: the last) is paid, right or by so many fen wrong.
    Pay(usize, i64),
    /// Money comes for one of the latest orders once more.
    PayAgain(usize),
    /// Its notification comes once more.
    NotifyAgain(usize),
    /// Its resident gives up.
    Cancel(usize),
    /// What becomes of notifications from now on.
    Callbacks(Callbacks),
    /// WeChat Pay does not answer the next call or two.
    Outage(Outage, u32),
    /// Queues and notifications are delivered.
    Deliver,
    /// Minutes pass, and schedules run.
    Pass(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let which = 0..3_usize;
    prop_oneof![
        8 => (0..HOUSEHOLDS).prop_map(Happening::Order),
        8 => (which.clone(), prop_oneof![6 => Just(0), 1 => Just(-1), 1 => Just(1)]).prop_map(|(which, by)| Happening::Pay(which, by)),
        3 => which.clone().prop_map(Happening::PayAgain),
        2 => which.clone().prop_map(Happening::NotifyAgain),
        1 => which.prop_map(Happening::Cancel),
        1 => prop_oneof![
            3 => Just(Callbacks::Normal),
            1 => Just(Callbacks::Drop),
            1 => Just(Callbacks::Delay(60)),
            2 => Just(Callbacks::Shuffle),
            1 => Just(Callbacks::Reorder),
        ]
        .prop_map(Happening::Callbacks),
        1 => (prop_oneof![Just(Outage::Down), Just(Outage::BreaksBefore), Just(Outage::BreaksAfter)], 1..3_u32)
            .prop_map(|(outage, calls)| Happening::Outage(outage, calls)),
        4 => Just(Happening::Deliver),
        1 => (1..20_i64).prop_map(Happening::Pass),
    ]
}

/// A town and what its residents did last.
struct Story<'a> {
    town: &'a Town,
    openids: Vec<String>,
    /// Whose, and its number; the last first.
    orders: VecDeque<(usize, String)>,
    keys: usize,
}

impl<'a> Story<'a> {
    async fn begin(town: &'a Town) -> Self {
        let mut openids = Vec::new();
        for at in 0..HOUSEHOLDS {
            openids.push(town.resident_of(at).await.openid.expect("he came through WeChat"));
        }
        Self { town, openids, orders: VecDeque::new(), keys: 0 }
    }

    async fn resident(&self, at: usize) -> Resident<'a> {
        self.town.person(&self.openids[at]).await
    }

    async fn happen(&mut self, happening: &Happening) {
        let wechatpay = &self.town.world.parties.wechatpay;
        match happening {
            Happening::Order(at) => self.order(*at).await,
            Happening::Cancel(which) => {
                let Some((at, number)) = self.orders.get(*which) else { return };
                let resident = self.resident(*at).await;
                let _any_answer = resident.post(&format!("/api/payments/{number}/cancel"), json!({})).await;
            }
            Happening::Pay(which, wrong_by) => {
                // Refused where there is no such order, or it is paid or closed: as the app would.
                let _taken = self.orders.get(*which).map(|(_, number)| wechatpay.pay(number, *wrong_by));
            }
            Happening::PayAgain(which) => {
                // Whom nobody tells of it, no query finds it either: that is for the daily bill.
                if !matches!(wechatpay.switches().read().callbacks, Callbacks::Drop) {
                    let _taken = self.orders.get(*which).map(|(_, number)| wechatpay.pay_again(number));
                }
            }
            Happening::NotifyAgain(which) => {
                let _queued = self.orders.get(*which).map(|(_, number)| wechatpay.notify_again(number));
            }
            Happening::Callbacks(callbacks) => wechatpay.switches().set_callbacks(*callbacks),
            Happening::Outage(outage, calls) => wechatpay.switches().set_outage(*outage, Some(*calls)),
            Happening::Deliver => {
                self.town.settle_down().await;
            }
            Happening::Pass(minutes) => {
                self.town.pass(SignedDuration::from_mins(*minutes)).await;
                self.town.world.run_due_schedules().await;
                self.town.settle_down().await;
            }
        }
        assert_eq!(self.town.audit().await.differences, Vec::<String>::new(), "after {happening:?}");
    }

    async fn order(&mut self, at: usize) {
        let resident = self.resident(at).await;
        let account = self.town.account(at);
        let bills = resident.open_bills(account).await;
        if bills.is_empty() {
            return;
        }
        self.keys += 1;
        let answer = resident.start_payment(account, &bills, &format!("request-{}", self.keys)).await;
        let status = answer.status;
        assert!(status.is_success() || status == 409 || status.is_server_error(), "{status} {}", answer.body);
        if let Some(number) = answer.body["payment_no"].as_str() {
            self.orders.push_front((at, number.to_owned()));
        }
    }

    /// The weather clears, and hours pass.
    async fn end(&self) {
        let wechatpay = &self.town.world.parties.wechatpay;
        wechatpay.switches().set_callbacks(Callbacks::Normal);
        wechatpay.switches().set_outage(Outage::None, None);
        self.town.settle_down().await;
        self.town.pass_hours(2).await;
        let audit = self.town.audit().await;
        assert_eq!((audit.open_payments, audit.open_refunds), (0, 0), "nothing stays open");
        self.town.assert_books_agree().await;
        let receipts: BTreeMap<String, i64> = self
            .town
            .books()
            .await
            .receipts
            .into_iter()
            .map(|receipt| (receipt.channel_txn, receipt.amount.0))
            .collect();
        assert_eq!(receipts, wechatpay.transactions().expect("the sandbox answers"), "each transaction, one receipt");
    }
}

#[test]
fn whatever_happens_no_fen_is_lost_doubled_or_unexplained() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config =
        Config { cases: TOWNS, failure_persistence: None, rng_seed: RngSeed::Fixed(20_261_123), ..Config::default() };
    let config = Config { max_shrink_iters: 200, ..config };
    TestRunner::new(config)
        .run(&vec(happening(), HAPPENINGS), |happenings| {
            runtime.block_on(async {
                let town = Town::of_size(HOUSEHOLDS).await;
                let mut story = Story::begin(&town).await;
                for happening in &happenings {
                    story.happen(happening).await;
                }
                story.end().await;
            });
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
