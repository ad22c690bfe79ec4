//! The load, in a process of its own: every request leaves at its planned moment, however the others fare, and its latency
//! counts from that moment. So a suite that stalls is seen to stall by everybody who would have come meanwhile.

use super::{
    BenchError, Wanted,
    caller::{Ask, Caller},
    city::{City, Person},
    machine::{Machine, Used},
    mix::{self, Arrival, Visit},
};
use crate::world::World;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// How long a payer waits between two looks at his payment, and how often he looks.
const LOOK: Duration = Duration::from_secs(1);
const LOOKS: u32 = 20;

/// The payer's word in the WeChat app, between the order and the money.
const THINKING: Duration = Duration::from_millis(500);

/// What the process is told.
#[derive(Serialize, Deserialize)]
pub(super) struct Plan {
    rate: u32,
    seconds: u32,
    warm_up: u32,
    url: String,
    people: Vec<Person>,
    login_codes: Vec<String>,
}

impl Plan {
    pub(super) fn new(wanted: Wanted, world: &World, city: &City) -> Result<Self, BenchError> {
        let arrivals = mix::arrivals(wanted.rate, wanted.warm_up + wanted.seconds);
        let mut login_codes = Vec::new();
        for number in 0..mix::count(&arrivals, Visit::SignIn) {
            let code = world.parties.weixin.mint_login_code(&format!("oNewcomer{number}"));
            login_codes.push(code.map_err(|e| BenchError::NotAsExpected(e.to_string()))?);
        }
        let Wanted { rate, seconds, warm_up, .. } = wanted;
        Ok(Self { rate, seconds, warm_up, url: world.base_url.clone(), people: city.people.clone(), login_codes })
    }
}

/// What the process tells.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct LoadReport {
    /// Requests answered while it was measured.
    pub(super) answered: u64,
    /// Microseconds of each request that was planned for the time measured, by its kind.
    pub(super) latencies_us: BTreeMap<String, Vec<u64>>,
    /// How often each error came, by kind and error; with the warm-up's.
    pub(super) errors: BTreeMap<String, u64>,
    /// How many payers saw their payment as paid at their first look, their second …; with the warm-up's.
    pub(super) seen_at_look: BTreeMap<u32, u64>,
    /// What WeChat Pay called each payment that was paid.
    pub(super) paid: Vec<String>,
    /// What the process used.
    pub(super) used: Used,
}

struct Load {
    caller: Caller,
    plan: Plan,
    report: Mutex<LoadReport>,
    answered: AtomicU64,
    failed: AtomicU64,
    payers: Vec<usize>,
    renewers: Vec<usize>,
    next: BTreeMap<Visit, AtomicUsize>,
    started: Instant,
}

/// Makes the load that the file plans, and prints the report as JSON. Progress goes to the error output.
pub async fn load(file: &Path) -> Result<(), BenchError> {
    let text = std::fs::read(file).map_err(BenchError::io("the plan cannot be read"))?;
    let plan: Plan = serde_json::from_slice(&text).map_err(|e| BenchError::NotAsExpected(e.to_string()))?;
    let arrivals = mix::arrivals(plan.rate, plan.warm_up + plan.seconds);
    let before = Machine::now();
    let chosen = |wanted: fn(&Person) -> bool| {
        plan.people.iter().enumerate().filter(|(_, one)| wanted(one)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let load = Arc::new(Load {
        caller: Caller::new(&plan.url)?,
        report: Mutex::default(),
        answered: AtomicU64::new(0),
        failed: AtomicU64::new(0),
        payers: chosen(|one| !one.open_bills.is_empty()),
        renewers: chosen(|one| one.refresh_token.is_some()),
        next: [Visit::Pay, Visit::Refresh, Visit::SignIn].map(|visit| (visit, AtomicUsize::new(0))).into(),
        started: Instant::now(),
        plan,
    });
    let showing = tokio::spawn(show(load.clone(), arrivals.clone()));
    let mut visits = JoinSet::new();
    for arrival in arrivals {
        sleep_until(load.started + arrival.at).await;
        let load = load.clone();
        visits.spawn(async move { load.visit(arrival).await });
    }
    while visits.join_next().await.is_some() {}
    showing.abort();
    eprintln!();
    let mut report = std::mem::take(&mut *load.report.lock().unwrap_or_else(PoisonError::into_inner));
    report.used = Machine::now().since(&before);
    println!("{}", serde_json::to_string(&report).map_err(|e| BenchError::NotAsExpected(e.to_string()))?);
    Ok(())
}

/// One line, renewed every second.
async fn show(load: Arc<Load>, arrivals: Vec<Arrival>) {
    for second in 1.. {
        sleep_until(load.started + Duration::from_secs(second)).await;
        let planned = arrivals.iter().filter(|arrival| arrival.at.as_secs() < second).count();
        let (answered, failed) = (load.answered.load(Relaxed), load.failed.load(Relaxed));
        eprint!("\r{second} s: {planned} arrived, {answered} requests answered, {failed} failed ");
    }
}

impl Load {
    async fn visit(&self, arrival: Arrival) {
        let Arrival { at, visit, chance } = arrival;
        let anybody = usize::try_from(chance).unwrap_or_default() % self.plan.people.len();
        match visit {
            Visit::Pay => self.pay(at).await,
            Visit::SignIn => {
                let code = self.plan.login_codes.get(self.next(visit));
                let ask = Ask::post("/api/session/weixin", None, json!({ "code": code }));
                self.ask("sign in", at, ask).await;
            }
            Visit::Refresh => {
                let one = &self.plan.people[self.renewers[self.next(visit) % self.renewers.len()]];
                self.ask("renew session", at, one.renewing()).await;
            }
            Visit::Home => self.ask("home page", at, self.plan.people[anybody].home()).await,
            Visit::Bill => self.ask("bill", at, self.plan.people[anybody].bill()).await,
            Visit::Bills => self.ask("bills", at, self.plan.people[anybody].bills()).await,
            Visit::Payments => self.ask("payments", at, self.plan.people[anybody].payments()).await,
        }
    }

    fn next(&self, visit: Visit) -> usize {
        self.next.get(&visit).map_or(0, |next| next.fetch_add(1, Relaxed))
    }

    /// Asks; what is answered does not matter here.
    async fn ask(&self, kind: &str, at: Duration, ask: Ask<'_>) {
        self.timed(kind, at, ask).await;
    }

    /// Creates a payment, pays it, and looks until it is seen as paid.
    async fn pay(&self, at: Duration) {
        let number = self.next(Visit::Pay);
        let one = &self.plan.people[self.payers[number % self.payers.len()]];
        let Some(payment) = self.timed("create payment", at, one.paying(&format!("bench-{number:08}"))).await else {
            return;
        };
        let word_given = self.started.elapsed() + THINKING;
        sleep_until(self.started + word_given).await;
        let paying = json!({ "client_parameters": payment["client_parameters"] });
        let paid = match self.caller.call(Ask::post("/sandbox/api/wechatpay/pay", None, paying)).await {
            Ok(paid) => paid,
            Err(error) => return self.fail("the payer pays", &error),
        };
        let given = self.started.elapsed();
        let transaction = paid["transaction_id"].as_str().unwrap_or_default().to_owned();
        self.report.lock().unwrap_or_else(PoisonError::into_inner).paid.push(transaction);
        let path = format!("/api/payments/{}", payment["payment_no"].as_str().unwrap_or_default());
        for look in 1..=LOOKS {
            let at = given + LOOK * look;
            sleep_until(self.started + at).await;
            let seen = self.timed("payment's state", at, Ask::get(path.clone(), &one.access_token)).await;
            if seen.is_some_and(|seen| seen["status"] == "paid") {
                let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
                *report.seen_at_look.entry(look).or_default() += 1;
                return;
            }
        }
        self.fail("settling", &BenchError::NotAsExpected(format!("not seen as paid within {LOOKS} s")));
    }

    /// Asks, and notes how long it took from the planned moment.
    async fn timed(&self, kind: &str, at: Duration, ask: Ask<'_>) -> Option<Value> {
        let answer = self.caller.call(ask).await;
        self.answered.fetch_add(1, Relaxed);
        self.note(kind, at);
        answer.map_err(|error| self.fail(kind, &error)).ok()
    }

    fn note(&self, kind: &str, at: Duration) {
        let now = self.started.elapsed();
        let begin = Duration::from_secs(u64::from(self.plan.warm_up));
        let measured = begin..begin + Duration::from_secs(u64::from(self.plan.seconds));
        let took = u64::try_from(now.saturating_sub(at).as_micros()).unwrap_or(u64::MAX);
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.answered += u64::from(measured.contains(&now));
        if !measured.contains(&at) {
            return;
        }
        match report.latencies_us.get_mut(kind) {
            Some(latencies) => latencies.push(took),
            None => {
                report.latencies_us.insert(kind.to_owned(), vec![took]);
            }
        }
    }

    fn fail(&self, kind: &str, error: &BenchError) {
        self.failed.fetch_add(1, Relaxed);
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        *report.errors.entry(format!("{kind}: {}", heatpay_runtime::queue::causes(error))).or_default() += 1;
    }
}
