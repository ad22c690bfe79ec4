//! The city under load: the sample households repeated under new account numbers, billed, each with a resident signed in.

use super::{
    BenchError, Wanted,
    caller::Ask,
    mix::{self, Visit},
    units::SAMPLES,
};
use crate::{run, world::World};
use heatpay_domain::{
    AccountNo, ResidentId, Season,
    bill::BillStatus,
    household::import::{ImportedHousehold, read_households},
    tariff::Tariff,
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    Context,
    auth::{ACCESS_LIFETIME, Claims, Tokens},
};
use heatpay_store::{
    books::Books,
    households::Binding,
    residents::{Identity, Newcomer, Residents},
    sessions::{NewSession, RefreshToken, Sessions},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

/// A resident with his household.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) account_no: String,
    pub(super) access_token: String,
    /// For those who will renew their session.
    pub(super) refresh_token: Option<String>,
    /// A bill to look at.
    pub(super) bill_no: String,
    /// All that is open, to be paid together.
    pub(super) open_bills: Vec<String>,
}

impl Person {
    fn read(&self, rest: &str) -> Ask<'_> {
        Ask::get(format!("/api/households/{}/{rest}", self.account_no), &self.access_token)
    }

    pub(super) fn home(&self) -> Ask<'_> {
        self.read("home")
    }

    pub(super) fn bill(&self) -> Ask<'_> {
        self.read(&format!("bills/{}", self.bill_no))
    }

    pub(super) fn bills(&self) -> Ask<'_> {
        self.read("bills")
    }

    pub(super) fn payments(&self) -> Ask<'_> {
        self.read("payments")
    }

    pub(super) fn renewing(&self) -> Ask<'_> {
        Ask::post("/api/session/refresh", None, json!({ "refresh_token": self.refresh_token }))
    }

    /// Pays all that is open, in the mini-program.
    pub(super) fn paying(&self, key: &str) -> Ask<'_> {
        let body = json!({
            "account_no": self.account_no, "bill_nos": self.open_bills, "channel": "wechatpay", "scene": "jsapi",
        });
        Ask { key: Some(key.to_owned()), ..Ask::post("/api/payments", Some(&self.access_token), body) }
    }
}

/// The city.
pub(super) struct City {
    pub(super) people: Vec<Person>,
}

/// The sample file's households.
pub(super) fn sample() -> Result<Vec<ImportedHousehold>, BenchError> {
    let file = run::read(Path::new("events/households.csv"))?;
    let rows = read_households(file.as_slice()).map_err(|e| BenchError::NotAsExpected(e.to_string()))?;
    Ok(rows.filter_map(Result::ok).collect())
}

/// The sample file's tariffs.
pub(super) fn tariffs() -> Result<Vec<Tariff>, BenchError> {
    let file = run::read(Path::new("events/tariffs.json"))?;
    serde_json::from_slice(&file).map_err(|e| BenchError::NotAsExpected(e.to_string()))
}

impl City {
    /// Imports, bills and signs in.
    pub(super) async fn build(world: &World, season: Season, wanted: Wanted) -> Result<Self, BenchError> {
        import(world, wanted.households).await?;
        bill(world, season).await?;
        let city = Self { people: people(world, wanted).await? };
        let arrivals = mix::arrivals(wanted.rate, wanted.warm_up + wanted.seconds);
        let (payers, needed) = (city.payers(), mix::count(&arrivals, Visit::Pay) + SAMPLES);
        if payers < needed {
            return Err(BenchError::NotAsExpected(format!(
                "{needed} payments need more households: {payers} owe something; raise --households"
            )));
        }
        Ok(city)
    }

    fn payers(&self) -> usize {
        self.people.iter().filter(|person| !person.open_bills.is_empty()).count()
    }
}

async fn import(world: &World, count: u32) -> Result<(), BenchError> {
    let (started, sample) = (Instant::now(), sample()?);
    let numbers: Vec<u32> = (0..count).collect();
    for numbers in numbers.chunks(500) {
        let copies = numbers.iter().zip(sample.iter().cycle().skip(numbers[0] as usize % sample.len()));
        let rows: Vec<_> = copies.map(|(number, row)| copy(row, *number)).collect::<Result<_, _>>()?;
        world.import(&rows).await?;
        eprint!("\r{} households imported", numbers[numbers.len() - 1] + 1);
    }
    println!("\r{}", per_second("households imported", u64::from(count), started));
    Ok(())
}

fn copy(row: &ImportedHousehold, number: u32) -> Result<ImportedHousehold, BenchError> {
    let mut row = row.clone();
    let account_no = AccountNo::parse(format!("3{number:09}"));
    row.household.account_no = account_no.map_err(|e| BenchError::NotAsExpected(e.to_string()))?;
    Ok(row)
}

async fn bill(world: &World, season: Season) -> Result<(), BenchError> {
    let started = Instant::now();
    let run_no = world.start_billing(season, true).await?;
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let Some(run) = world.billing_progress(&run_no).await? else { continue };
        eprint!("\r{} households billed", run.total.households);
        if run.total.done {
            println!("\r{}; {} bills", per_second("households billed", run.total.households, started), run.total.bills);
            return Ok(());
        }
    }
}

fn per_second(what: &str, count: u64, started: Instant) -> String {
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    format!("{count} {what} in {ms} ms, {} a second", count * 1000 / ms)
}

/// One resident for each household with a bill. Their access tokens are signed with the session secret: to sign in takes as
/// long as the load itself.
async fn people(world: &World, wanted: Wanted) -> Result<Vec<Person>, BenchError> {
    let context = world.operator().await?;
    let tokens = Tokens::of(&context).await?;
    let now = world.clock.now();
    let books = Books::of(&context).map_err(heatpay_runtime::BootError::from)?.read().await?;
    let mut people: BTreeMap<AccountNo, Person> = BTreeMap::new();
    for bill in books.bills {
        let person = people.entry(bill.account_no.clone()).or_default();
        person.bill_no = bill.bill_no.to_string();
        if bill.status == BillStatus::Issued && bill.open_principal().is_positive() {
            person.open_bills.push(bill.bill_no.to_string());
        }
    }
    for (account_no, person) in &mut people {
        let sub = ResidentId::from_ulid(&world.ids.ulid(now)).map_err(|e| BenchError::NotAsExpected(e.to_string()))?;
        let exp = (now + ACCESS_LIFETIME).as_second();
        let claims = Claims { sub, acc: vec![account_no.clone()], oid: Some(format!("o{account_no}")), ali: None, exp };
        person.account_no = account_no.to_string();
        person.access_token = tokens.sign(&claims);
    }
    let renewing = mix::count(&mix::arrivals(wanted.rate, wanted.warm_up + wanted.seconds), Visit::Refresh);
    for (account_no, person) in people.iter_mut().take(renewing) {
        person.refresh_token = Some(session(&context, world, account_no).await?);
    }
    Ok(people.into_values().collect())
}

/// A session as a sign-in leaves it, with the household bound.
async fn session(context: &Context, world: &World, account_no: &AccountNo) -> Result<String, BenchError> {
    let setting = heatpay_runtime::BootError::from;
    let (residents, sessions) = (Residents::of(context).map_err(setting)?, Sessions::of(context).map_err(setting)?);
    let now = world.clock.now();
    let resident_id =
        ResidentId::from_ulid(&world.ids.ulid(now)).map_err(|e| BenchError::NotAsExpected(e.to_string()))?;
    let openid = Some(format!("o{account_no}"));
    let identity = Identity::Weixin { appid: "bench".to_owned(), openid: format!("o{account_no}") };
    let newcomer = Newcomer { resident_id, phone_sealed: None, at: now };
    let resident_id = residents.find_or_make(&identity, newcomer).await?;
    let (account_no, bound_at) = (account_no.clone(), now);
    let (resident, openid_of) = (resident_id.clone(), openid.clone());
    residents.bind(&Binding { account_no, resident_id: resident, openid: openid_of, bound_at, notices: true }).await?;
    let token = RefreshToken::new(world.ids.as_ref());
    sessions.start(&NewSession { resident_id, openid, alipay_open_id: None }, &token, now).await?;
    Ok(token.as_str().to_owned())
}
