//! The reconciliation dies before and after every call it makes; the queue delivers again or the schedule comes round, and the day
//! comes to what it would have come to.

use heatpay_domain::{Channel, calendar::civil_date, reconcile::ReconcileDay};
use heatpay_local::probe::Fault;
use heatpay_ports::Call;
use heatpay_sandbox::switches::Callbacks;
use heatpay_store::reconcile::{Fees, ReconcileDays};
use heatpay_tests::town::Town;
use jiff::{SignedDuration, civil::Date};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

/// Lists the kinds of calls of the reconciliation; dies at the first of one kind, before it leaves or after its answer.
#[derive(Default)]
struct Watched {
    kinds: Mutex<Vec<String>>,
    dies: Option<(String, bool)>,
    dead: AtomicBool,
}

fn kind(call: &Call) -> String {
    // Which partition or file it is for is no matter.
    let is_chance = |part: &str| part.len() >= 30 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let operation = call.operation.split('?').next().unwrap_or_default();
    let operation = operation.split('/').map(|part| if is_chance(part) { "…" } else { part });
    let operation = operation.collect::<Vec<_>>().join("/");
    let on: Vec<_> = call.resources.iter().filter_map(|resource| resource.split(['/', '#']).next()).collect();
    format!("{} {operation} {}", call.service, on.join(" "))
}

impl Watched {
    fn at(&self, function: &str, call: &Call, after: bool) {
        if function != "reconcile" {
            return;
        }
        let kind = kind(call);
        let dies = self.dies.as_ref().is_some_and(|(dies, then)| *dies == kind && *then == after);
        if dies && !self.dead.swap(true, Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("the process dies here"));
        }
        let mut kinds = self.kinds.lock().expect("nobody panicked");
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
}

impl Fault for Watched {
    fn before(&self, function: &str, call: &Call) {
        self.at(function, call, false);
    }

    fn after(&self, function: &str, call: &Call) {
        self.at(function, call, true);
    }
}

/// What comes for nobody's order.
const STRAY: i64 = 22_380;

/// A day with money nobody told us of and money we were told another amount of; the morning after, under the fault; and what stands in
/// the end.
async fn a_day(town: &Town, channel: Channel, fault: Arc<Watched>) -> (Date, ReconcileDay) {
    let day = civil_date(town.now());
    town.switches(channel).set_callbacks(Callbacks::Drop);
    town.stray_money_comes(channel, STRAY);
    let wrong = town.stray_money_comes(channel, STRAY);
    town.is_told_by(channel, &wrong, STRAY - 1).await;
    town.switches(channel).set_callbacks(Callbacks::Normal);
    town.pass(SignedDuration::from_hours(24)).await;
    *town.world.fault.write().expect("nobody panicked") = Some(fault);
    town.world.run_due_schedules().await;
    town.settle_down().await;
    *town.world.fault.write().expect("nobody panicked") = None;
    for _ in 0..8 {
        town.pass(SignedDuration::from_mins(15)).await;
        town.world.run_due_schedules().await;
        town.settle_down().await;
    }
    town.pass(SignedDuration::from_hours(22)).await;
    let days = ReconcileDays::of(&town.world.operator().await.expect("tables")).expect("settings");
    let stands = days.find(channel, day).await.expect("the table answers");
    (day, stands.expect("the day was taken up"))
}

async fn dies_at_any_call(channel: Channel) {
    let town = Town::billed().await;
    let watched = Arc::new(Watched::default());
    a_day(&town, channel, watched.clone()).await;
    let kinds = watched.kinds.lock().expect("nobody panicked").clone();
    assert!(kinds.len() > 12, "{kinds:?}");

    let fees = Fees::of(&town.world.operator().await.expect("tables")).expect("settings");
    for kind in kinds {
        // A read that was answered and one that was not sent leave the same behind.
        let reads = ["Query", "GetItem", "GetObject", "GET"].iter().any(|verb| kind.contains(verb));
        for after in if reads { &[false][..] } else { &[false, true] } {
            let after = *after;
            let dies = Arc::new(Watched { dies: Some((kind.clone(), after)), ..Watched::default() });
            let (day, stands) = a_day(&town, channel, dies.clone()).await;
            let at = format!("died at {kind}, {}", if after { "answered" } else { "not sent" });
            assert!(dies.dead.load(Ordering::SeqCst), "lived through {kind}");
            assert_eq!((stands.held, stands.to_settle, stands.open_cases), (0, 0, 1), "{at}");
            assert_eq!((stands.payments.lines, stands.payments.matched), (2, 1), "{at}");
            let posted = fees.of_day(channel, day).await.expect("the table answers");
            assert_eq!(posted.iter().map(|posting| posting.amount).collect::<Vec<_>>(), [stands.fee], "{at}");
        }
    }
    assert_eq!(town.audit().await.differences, Vec::<String>::new());
}

#[tokio::test]
async fn the_reconciliation_may_die_at_any_call() {
    dies_at_any_call(Channel::Wechatpay).await;
}

#[tokio::test]
async fn the_reconciliation_with_alipay_may_die_at_any_call() {
    dies_at_any_call(Channel::Alipay).await;
}

#[tokio::test]
async fn the_reconciliation_with_unionpay_may_die_at_any_call() {
    dies_at_any_call(Channel::Unionpay).await;
}
