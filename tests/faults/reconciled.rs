//! The reconciliation dies before and after every call it makes; the queue delivers again or the schedule comes round, and the day
//! comes to what it would have come to.

use crate::crashes::local_name;
use heatpay_domain::{Channel, calendar::civil_date, reconcile::ReconcileDay};
use heatpay_local::probe::Fault;
use heatpay_ports::Call;
use heatpay_sandbox::switches::Callbacks;
use heatpay_store::reconcile::{Fees, ReconcileDays};
use heatpay_tests::town::{CHANNELS, Town};
use jiff::{SignedDuration, civil::Date};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

/// Lists the kinds of calls of the reconciliation; dies at one of them, before it leaves or after its answer.
///
/// In one morning days of every channel are taken up: the day before (its refunds) comes first, then the day itself. From the second
/// time that the channel is asked for a statement until another channel is asked, the calls are the day's own.
struct Watched {
    channel: Channel,
    dies: Option<Death>,
    dead: AtomicBool,
    seen: Mutex<Seen>,
}

/// Where it dies.
#[derive(Clone, Debug)]
struct Death {
    kind: Kind,
    /// At which of that kind.
    occurrence: usize,
    after: bool,
}

/// A call, and whether it is the day's own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kind {
    own: bool,
    call: String,
}

#[derive(Default)]
struct Seen {
    /// The first call for a statement, and how often it came.
    asks: Option<(String, usize)>,
    over: bool,
    /// Each kind and how often it came, before it left.
    kinds: Vec<(Kind, usize)>,
    /// How often the kind came at which it dies.
    there: usize,
}

fn kind(call: &Call) -> String {
    // Which partition or file it is for is no matter.
    let is_chance = |part: &str| part.len() >= 30 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let operation = call.operation.split('?').next().unwrap_or_default();
    let operation = operation.split('/').map(|part| if is_chance(part) { "…" } else { part });
    let operation = operation.collect::<Vec<_>>().join("/");
    let places = call.resources.iter().map(|resource| local_name(resource));
    let on: Vec<_> = places.map(|place| place.split(['/', '#']).next().unwrap_or_default().to_owned()).collect();
    let on = if on.is_empty() { "–".to_owned() } else { on.join(", ") };
    format!("{} `{operation}` | {on}", call.service)
}

/// What the reconciliation calls on the morning after a day at that channel, for the page that lists it.
pub(crate) async fn calls_of_a_morning(channel: Channel) -> Vec<String> {
    let town = Town::billed().await;
    let kinds = kinds_of_calls(&town, channel).await;
    kinds.into_iter().filter(|(kind, _)| kind.own).map(|(kind, _)| kind.call).collect()
}

/// The kinds of calls of a morning, of the second one: then no older days are taken up for the first time.
async fn kinds_of_calls(town: &Town, channel: Channel) -> Vec<(Kind, usize)> {
    a_day(town, channel, Arc::new(Watched::new(channel, None))).await;
    let watched = Arc::new(Watched::new(channel, None));
    a_day(town, channel, watched.clone()).await;
    watched.seen.lock().expect("nobody panicked").kinds.clone()
}

impl Seen {
    /// Whether the call that leaves is the day's own; `None` once another channel's days have begun.
    fn leaves(&mut self, channel: Channel, call: &Call) -> Option<bool> {
        if call.service == channel.name() {
            let kind = kind(call);
            let (first, times) = self.asks.get_or_insert((kind.clone(), 0));
            *times += usize::from(*first == kind);
        }
        let others = CHANNELS.iter().any(|other| *other != channel && call.service == other.name());
        self.over |= others && self.stands() == Some(true);
        self.stands()
    }

    /// The same of a call that was answered.
    fn stands(&self) -> Option<bool> {
        let own = self.asks.as_ref().is_some_and(|(_, times)| *times >= 2);
        (!self.over).then_some(own)
    }
}

impl Watched {
    fn new(channel: Channel, dies: Option<Death>) -> Self {
        Self { channel, dies, dead: AtomicBool::new(false), seen: Mutex::default() }
    }

    fn at(&self, function: &str, call: &Call, after: bool) {
        if function != "reconcile" {
            return;
        }
        let mut seen = self.seen.lock().expect("nobody panicked");
        let own = if after { seen.stands() } else { seen.leaves(self.channel, call) };
        let Some(own) = own else { return };
        let kind = Kind { own, call: kind(call) };
        if let Some(death) = self.dies.as_ref().filter(|death| death.kind == kind && death.after == after) {
            seen.there += 1;
            if seen.there == death.occurrence + 1 {
                drop(seen);
                self.dead.store(true, Ordering::SeqCst);
                std::panic::resume_unwind(Box::new("the process dies here"));
            }
        }
        if !after {
            match seen.kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, times)) => *times += 1,
                None => seen.kinds.push((kind, 1)),
            }
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
    let kinds = kinds_of_calls(&town, channel).await;
    assert!(kinds.iter().filter(|(kind, _)| kind.own).count() > 9, "{kinds:?}");
    let fees = Fees::of(&town.world.operator().await.expect("tables")).expect("settings");
    for death in kinds.into_iter().flat_map(deaths) {
        let dies = Arc::new(Watched::new(channel, Some(death.clone())));
        let (day, stands) = a_day(&town, channel, dies.clone()).await;
        assert!(dies.dead.load(Ordering::SeqCst), "lived through {death:?}");
        assert_eq!((stands.held, stands.to_settle, stands.open_cases), (0, 0, 1), "{death:?}");
        assert_eq!((stands.payments.lines, stands.payments.matched), (2, 1), "{death:?}");
        let posted = fees.of_day(channel, day).await.expect("the table answers");
        assert_eq!(posted.iter().map(|posting| posting.amount).collect::<Vec<_>>(), [stands.fee], "{death:?}");
    }
    assert_eq!(town.audit().await.differences, Vec::<String>::new());
}

/// Before and after the first call of the kind, and the second of the day's own. A read that was answered and one that was not sent
/// leave the same behind.
fn deaths((kind, times): (Kind, usize)) -> Vec<Death> {
    let reads = ["Query", "GetItem", "GetObject", "GET"].iter().any(|verb| kind.call.contains(verb));
    let occurrences = if kind.own && !reads { times.min(2) } else { 1 };
    let death = |occurrence, after| Death { kind: kind.clone(), occurrence, after };
    let moments = if reads { &[false][..] } else { &[false, true] };
    (0..occurrences)
        .flat_map(|occurrence| moments.iter().map(move |after| (occurrence, *after)))
        .map(|(o, a)| death(o, a))
        .collect()
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
