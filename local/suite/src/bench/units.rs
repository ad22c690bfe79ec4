//! What each step takes of AWS: its calls, and the request units that the tables say those took (`ReturnConsumedCapacity`).
//! Counted step by step in the city before the load, so that each figure belongs to one step.

use super::{
    BenchError,
    caller::{Ask, Caller},
    city::{City, Person},
};
use crate::{probe::Figures, world::World};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How many times each step is done.
pub(super) const SAMPLES: usize = 20;

/// How long the messages of the sample payments may take; the watch looks after 15 s.
const QUIET_LIMIT: Duration = Duration::from_secs(60);

/// What a step took, all times together.
pub(super) struct StepUnits {
    /// What a person did, or what happened by it.
    pub(super) step: &'static str,
    /// The function that did it.
    pub(super) function: &'static str,
    /// How many times.
    pub(super) times: u64,
    /// All of it.
    pub(super) figures: Figures,
}

/// Does every step [`SAMPLES`] times; who paid is no more among the city's people.
pub(super) async fn measure(world: &World, city: &mut City) -> Result<Vec<StepUnits>, BenchError> {
    let mut sampling = Sampling { world, caller: Caller::new(&world.base_url)?, steps: Vec::new() };
    world.meter.count_units(true);
    sampling.reads(&city.people).await?;
    sampling.sessions(&mut city.people).await?;
    let payers = take_payers(&mut city.people, SAMPLES);
    sampling.payments(&payers).await?;
    world.meter.count_units(false);
    Ok(sampling.steps)
}

/// Takes the first so many who owe something.
fn take_payers(people: &mut Vec<Person>, count: usize) -> Vec<Person> {
    let mut left = count;
    let (payers, others) = std::mem::take(people).into_iter().partition(|one| {
        let pays = left > 0 && !one.open_bills.is_empty() && one.refresh_token.is_none();
        left -= usize::from(pays);
        pays
    });
    *people = others;
    payers
}

struct Sampling<'a> {
    world: &'a World,
    caller: Caller,
    steps: Vec<StepUnits>,
}

impl Sampling<'_> {
    /// Notes what a function did since the last note.
    fn note(&mut self, step: &'static str, function: &'static str, times: usize) {
        let mut figures = self.world.meter.take();
        self.keep(step, function, times, figures.remove(function).unwrap_or_default());
    }

    fn keep(&mut self, step: &'static str, function: &'static str, times: usize, figures: Figures) {
        self.steps.push(StepUnits { step, function, times: u64::try_from(times).unwrap_or(1).max(1), figures });
    }

    async fn reads(&mut self, people: &[Person]) -> Result<(), BenchError> {
        type Read = for<'p> fn(&'p Person) -> Ask<'p>;
        let reads: [(&'static str, Read); 4] = [
            ("home page", Person::home),
            ("bill", Person::bill),
            ("bills", Person::bills),
            ("payments", Person::payments),
        ];
        let people = &people[..SAMPLES.min(people.len())];
        for (step, read) in reads {
            self.world.meter.take();
            for one in people {
                self.caller.call(read(one)).await?;
            }
            self.note(step, "bill-query", people.len());
        }
        Ok(())
    }

    async fn sessions(&mut self, people: &mut [Person]) -> Result<(), BenchError> {
        self.world.meter.take();
        let mut times = 0;
        for one in people.iter_mut().filter(|one| one.refresh_token.is_some()).take(SAMPLES) {
            let renewed = self.caller.call(one.renewing()).await?;
            one.refresh_token = renewed["refresh_token"].as_str().map(str::to_owned);
            times += 1;
        }
        self.note("renew session", "session", times);
        for number in 0..SAMPLES {
            let code = self.world.parties.weixin.mint_login_code(&format!("oSample{number}"));
            let code = code.map_err(|e| BenchError::NotAsExpected(e.to_string()))?;
            self.caller.call(Ask::post("/api/session/weixin", None, json!({ "code": code }))).await?;
        }
        self.note("sign in, new resident", "session", SAMPLES);
        Ok(())
    }

    async fn payments(&mut self, payers: &[Person]) -> Result<(), BenchError> {
        self.world.meter.take();
        let mut placed = Vec::new();
        for (number, one) in payers.iter().enumerate() {
            placed.push((one, self.caller.call(one.paying(&format!("sample-{number:08}"))).await?));
        }
        self.note("create payment", "payment-create", payers.len());
        for (_, payment) in &placed {
            let body = json!({ "client_parameters": payment["client_parameters"] });
            self.caller.call(Ask::post("/sandbox/api/wechatpay/pay", None, body)).await?;
        }
        self.until_quiet().await?;
        let mut figures = self.world.meter.take();
        for (step, function) in [
            ("callback", "payment-callback"),
            ("settle", "payment-settle"),
            ("look after 15 s", "payment-watch"),
            ("no invoice wanted", "invoice-issue"),
            ("notice of payment", "notification-send"),
        ] {
            self.keep(step, function, payers.len(), figures.remove(function).unwrap_or_default());
        }
        for (one, payment) in &placed {
            let path = format!("/api/payments/{}", payment["payment_no"].as_str().unwrap_or_default());
            let seen: Value = self.caller.call(Ask::get(path, &one.access_token)).await?;
            if seen["status"] != "paid" {
                return Err(BenchError::NotAsExpected(format!("a sample payment is {}, not paid", seen["status"])));
            }
        }
        self.note("payment's state", "payment-create", payers.len());
        Ok(())
    }

    /// Until no queue holds a message and WeChat Pay has told all that it has to tell.
    async fn until_quiet(&self) -> Result<(), BenchError> {
        let started = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let counts = self.world.engines.queues.counts().await?;
            let waiting: u64 = counts.iter().map(|queue| queue.visible + queue.in_flight + queue.delayed).sum();
            if waiting == 0 && started.elapsed() > Duration::from_secs(2) {
                eprint!("\r");
                return Ok(());
            }
            if started.elapsed() > QUIET_LIMIT {
                return Err(BenchError::NotAsExpected(format!("{waiting} messages of the sample payments stay")));
            }
            eprint!("\r{waiting} messages of {SAMPLES} sample payments wait …");
        }
    }
}
