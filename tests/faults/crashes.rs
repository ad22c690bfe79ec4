//! The process dies before and after every call that leaves a function; then what happened before happens again, as it would:
//! the client repeats under the same key, the cashier his request, the queue delivers again, the channel notifies again, the schedule
//! comes round.
//! `docs/crash-points.md` lists every point this found and broke.

use crate::{
    at_the_counter::assert_every_voucher_is_explained, crash_points::FUNCTIONS,
    explained::assert_every_fen_is_explained, stories::Story,
};
use heatpay_domain::Channel;
use heatpay_local::probe::Fault;
use heatpay_ports::Call;
use heatpay_tests::town::Town;
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// How many households a town has: one for each death.
const HOUSEHOLDS: usize = 180;

/// Before the call leaves, or after its answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// The process of one function dies, once: at the first or a later call of one kind.
pub(crate) struct Dies {
    function: &'static str,
    kind: String,
    occurrence: usize,
    moment: Moment,
    seen: AtomicUsize,
    dead: AtomicBool,
}

impl Dies {
    pub(crate) fn new(function: &'static str, kind: String, occurrence: usize, moment: Moment) -> Arc<Self> {
        let (seen, dead) = (AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(Self { function, kind, occurrence, moment, seen, dead })
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    fn at(&self, moment: Moment, function: &str, call: &Call) {
        let here = moment == self.moment && function == self.function && kind(call) == self.kind;
        if here && self.seen.fetch_add(1, Ordering::SeqCst) == self.occurrence {
            self.dead.store(true, Ordering::SeqCst);
            std::panic::resume_unwind(Box::new("the process dies here"));
        }
    }
}

impl Fault for Dies {
    fn before(&self, function: &str, call: &Call) {
        self.at(Moment::Before, function, call);
    }

    fn after(&self, function: &str, call: &Call) {
        self.at(Moment::After, function, call);
    }
}

/// What a call does and to what, without the numbers of this run.
fn kind(call: &Call) -> String {
    // Several bills of one household are as many parts of a transaction.
    let mut on: Vec<_> = call.resources.iter().map(|resource| local_name(resource)).collect();
    on.dedup();
    let on = if on.is_empty() { "–".to_owned() } else { on.join(", ") };
    format!("{} `{}` | {on}", call.service, shape(&call.operation))
}

/// A queue or topic by its name, without where this run has it.
pub(crate) fn local_name(resource: &str) -> String {
    match resource.split_once(' ') {
        Some((verb, place)) if place.contains(':') => {
            format!("{verb} {}", place.rsplit(['/', ':']).next().unwrap_or(place))
        }
        _ => resource.to_owned(),
    }
}

/// Lists the calls of one function.
pub(crate) struct Lists {
    function: &'static str,
    calls: Mutex<Vec<Call>>,
}

impl Lists {
    pub(crate) fn of(function: &'static str) -> Arc<Self> {
        Arc::new(Self { function, calls: Mutex::default() })
    }

    /// The kinds of calls, in order, each with how often it came.
    pub(crate) fn kinds(&self) -> Vec<(String, usize)> {
        let mut kinds: Vec<(String, usize)> = Vec::new();
        for call in self.calls.lock().expect("nobody panicked").iter() {
            let kind = kind(call);
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, times)) => *times += 1,
                None => kinds.push((kind, 1)),
            }
        }
        kinds
    }
}

impl Fault for Lists {
    fn before(&self, function: &str, call: &Call) {
        if function == self.function {
            self.calls.lock().expect("nobody panicked").push(call.clone());
        }
    }

    fn after(&self, _: &str, _: &Call) {}
}

/// A story by a channel.
type Told = (Story, Channel);

async fn happen_under(town: &Town, household: usize, (story, channel): Told, fault: Arc<dyn Fault>) {
    *town.world.fault.write().expect("nobody panicked") = Some(fault);
    story.happen(town, household, channel).await;
    *town.world.fault.write().expect("nobody panicked") = None;
}

/// The kinds of calls the function makes in the story, in order, each with how often it comes.
pub(crate) async fn kinds_of_calls(
    town: &Town,
    household: usize,
    function: &'static str,
    told: Told,
) -> Vec<(String, usize)> {
    let lists = Lists::of(function);
    happen_under(town, household, told, lists.clone()).await;
    let kinds = lists.kinds();
    assert!(!kinds.is_empty(), "{function} is called in {told:?}");
    kinds
}

/// A town whose old debts have been reminded of already: no reminder comes between the stories.
pub(crate) async fn quiet_town() -> Town {
    let town = Town::of_size(HOUSEHOLDS).await;
    town.pass_hours(1).await;
    town
}

/// The households that owe something, by their place in the file.
pub(crate) async fn owing(town: &Town) -> Vec<usize> {
    let bills = town.books().await.bills;
    let owe: HashSet<_> =
        bills.into_iter().filter(|bill| bill.open_principal().is_positive()).map(|bill| bill.account_no).collect();
    (0..HOUSEHOLDS).filter(|at| owe.contains(&town.households[*at].household.account_no)).collect()
}

/// Dies before and after every kind of call of the function in the stories, each time with another household. Where a kind
/// comes over and over, as a schedule's look for work does, at the first two.
async fn break_everywhere(function: &'static str, channel: Channel) {
    let (_, stories, _) = FUNCTIONS.into_iter().find(|(name, ..)| *name == function).expect("it is listed");
    let town = quiet_town().await;
    let owing = owing(&town).await;
    let mut households = owing.iter().copied();
    let mut household = || households.next().expect("households enough");
    for (story, _) in stories.iter().filter(|(_, by)| by.contains(&channel)) {
        let told = (*story, channel);
        for (kind, times) in kinds_of_calls(&town, household(), function, told).await {
            for (occurrence, moment) in
                [(0, Moment::Before), (0, Moment::After), (1, Moment::Before), (1, Moment::After)]
            {
                if occurrence >= times {
                    continue;
                }
                let dies = Dies::new(function, kind.clone(), occurrence, moment);
                happen_under(&town, household(), told, dies.clone()).await;
                // A repetition need not come in every household's story.
                let died = dies.is_dead() || occurrence > 0;
                assert!(died, "{function} lived through {kind} of {story:?}");
                let (audit, at) = (town.audit().await, format!("{function} died {moment:?} {kind} in {story:?}"));
                assert_eq!(audit.differences, Vec::<String>::new(), "{at}");
                assert_eq!((audit.open_payments, audit.open_refunds), (0, 0), "{at}");
            }
        }
    }
    let used = owing.len() - households.len();
    if channel.is_counter() {
        assert_every_voucher_is_explained(&town, used).await;
    } else {
        assert_every_fen_is_explained(&town, used).await;
    }
}

#[tokio::test]
async fn payment_create_may_die_at_any_call_by_wechatpay() {
    break_everywhere("payment-create", Channel::Wechatpay).await;
}

#[tokio::test]
async fn payment_create_may_die_at_any_call_by_alipay() {
    break_everywhere("payment-create", Channel::Alipay).await;
}

#[tokio::test]
async fn payment_create_may_die_at_any_call_by_unionpay() {
    break_everywhere("payment-create", Channel::Unionpay).await;
}

#[tokio::test]
async fn payment_callback_may_die_at_any_call_by_wechatpay() {
    break_everywhere("payment-callback", Channel::Wechatpay).await;
}

#[tokio::test]
async fn payment_callback_may_die_at_any_call_by_alipay() {
    break_everywhere("payment-callback", Channel::Alipay).await;
}

#[tokio::test]
async fn payment_callback_may_die_at_any_call_by_unionpay() {
    break_everywhere("payment-callback", Channel::Unionpay).await;
}

#[tokio::test]
async fn payment_settle_may_die_at_any_call_by_wechatpay() {
    break_everywhere("payment-settle", Channel::Wechatpay).await;
}

#[tokio::test]
async fn payment_settle_may_die_at_any_call_by_alipay() {
    break_everywhere("payment-settle", Channel::Alipay).await;
}

#[tokio::test]
async fn payment_settle_may_die_at_any_call_by_unionpay() {
    break_everywhere("payment-settle", Channel::Unionpay).await;
}

#[tokio::test]
async fn payment_watch_may_die_at_any_call_by_wechatpay() {
    break_everywhere("payment-watch", Channel::Wechatpay).await;
}

#[tokio::test]
async fn payment_watch_may_die_at_any_call_by_alipay() {
    break_everywhere("payment-watch", Channel::Alipay).await;
}

#[tokio::test]
async fn payment_watch_may_die_at_any_call_by_unionpay() {
    break_everywhere("payment-watch", Channel::Unionpay).await;
}

#[tokio::test]
async fn refund_execute_may_die_at_any_call_by_wechatpay() {
    break_everywhere("refund-execute", Channel::Wechatpay).await;
}

#[tokio::test]
async fn refund_execute_may_die_at_any_call_by_alipay() {
    break_everywhere("refund-execute", Channel::Alipay).await;
}

#[tokio::test]
async fn refund_execute_may_die_at_any_call_by_unionpay() {
    break_everywhere("refund-execute", Channel::Unionpay).await;
}

#[tokio::test]
async fn refund_admin_may_die_at_any_call() {
    break_everywhere("refund-admin", Channel::Wechatpay).await;
}

#[tokio::test]
async fn invoice_issue_may_die_at_any_call() {
    break_everywhere("invoice-issue", Channel::Wechatpay).await;
}

#[tokio::test]
async fn notification_send_may_die_at_any_call() {
    break_everywhere("notification-send", Channel::Wechatpay).await;
}

#[tokio::test]
async fn the_counter_may_die_at_any_call() {
    break_everywhere("counter", Channel::Cash).await;
}

/// The operation without the numbers of this run.
fn shape(operation: &str) -> String {
    let numbered = |part: &str| part.len() > 12 && part.bytes().any(|byte| byte.is_ascii_digit());
    operation.split('/').map(|part| if numbered(part) { "…" } else { part }).collect::<Vec<_>>().join("/")
}
