//! `make bench`: a city on disk, billed, under an open-loop load from a process of its own; and what each step takes of AWS,
//! which does not depend on the machine.

mod caller;
mod city;
mod load;
mod machine;
mod mix;
mod report;
mod units;

pub use load::load;
pub use units::{StepUnits, measure, table};

use crate::{
    audit::{Audit, audit},
    clock::SuiteClock,
    desk, first_start, loops, run,
    world::{World, WorldConfig, WorldError},
};
use city::City;
use heatpay_ports::{RandomIds, SystemClock};
use heatpay_sandbox::{switches::Callbacks, wechatpay::Keys};
use heatpay_store::{
    StoreError,
    books::{Books, Everything},
};
use load::{LoadReport, Plan};
use machine::Machine;
use std::{
    collections::BTreeMap,
    io,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

/// How long the last payments may take to settle after the load ends.
const SETTLE_LIMIT: Duration = Duration::from_secs(120);

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Requests a second.
    pub rate: u32,
    /// For how long.
    pub seconds: u32,
    /// How large the city is.
    pub households: u32,
}

/// Why there are no figures, or why they do not count.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The suite.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A file of the repository.
    #[error(transparent)]
    Run(#[from] run::RunError),
    /// The city cannot be made.
    #[error(transparent)]
    FirstStart(#[from] first_start::FirstStartError),
    /// A table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A function's settings.
    #[error(transparent)]
    Boot(#[from] heatpay_runtime::BootError),
    /// A third party's state.
    #[error(transparent)]
    Sandbox(#[from] heatpay_sandbox::StateError),
    /// WeChat Pay's keys.
    #[error(transparent)]
    Keys(#[from] heatpay_sandbox::wechatpay::KeysError),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] heatpay_engines::QueueError),
    /// A scheduled run.
    #[error(transparent)]
    Step(#[from] heatpay_runtime::StepError),
    /// The temporary folder, or the process that makes the load.
    #[error("{what}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The gateway does not answer.
    #[error("the gateway does not answer")]
    Http(#[from] reqwest::Error),
    /// An answer is not what it should be.
    #[error("{0}")]
    NotAsExpected(String),
}

impl BenchError {
    fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// Measures and prints.
pub async fn run(wanted: Wanted) -> Result<(), BenchError> {
    let folder = tempfile::tempdir().map_err(BenchError::io("no temporary folder can be made"))?;
    run::start_logging(folder.path())?;
    println!("{}", Machine::seen());
    let keys = Keys::generate(&RandomIds::default())?;
    units_of_every_step(&keys).await?;
    under_load(wanted, folder.path(), keys).await
}

/// The calls and request units of every step, in a small town in memory.
async fn units_of_every_step(keys: &Keys) -> Result<(), BenchError> {
    let world = units::town(run::read(Path::new("template.yaml"))?, keys.clone()).await?;
    let steps = measure(&world, &city::sample()?, &city::tariffs()?).await?;
    println!("\nAWS calls and request units (R read, W write) of each step\n\n{}", table(&steps));
    world.shutdown().await;
    Ok(())
}

async fn under_load(wanted: Wanted, folder: &Path, keys: Keys) -> Result<(), BenchError> {
    let clock = SuiteClock::machine(folder.join("clock")).map_err(BenchError::io("the clock cannot be kept"))?;
    let mut world = World::start(WorldConfig {
        data: Some(folder.to_owned()),
        template: String::from_utf8_lossy(&run::read(Path::new("template.yaml"))?).into_owned(),
        port: 0,
        clock: Arc::new(clock),
        ids: Arc::new(RandomIds::default()),
        parameters: BTreeMap::new(),
        keys: Some(keys),
    })
    .await?;
    let season = world.set_tariffs(&city::tariffs()?).await?;
    let desk = desk::Desk::new(&world, season, Vec::new()).await?;
    world.serve(desk.router());
    let world = Arc::new(world);
    desk.attach(world.clone());
    let tasks = loops::start(&world);

    let city = City::build(&world, season, wanted).await?;
    world.parties.wechatpay.switches().set_callbacks(Callbacks::Double);
    let (load, used) = drive(folder, &world, &city, wanted).await?;
    report::latencies(&load, wanted);
    println!("\nthe suite: {used}\nthe load:  {}", load.used);
    let books = settled(&world, &load).await?;
    report::settling(&load, &books);
    drop(tasks);
    desk.detach();
    if let Ok(world) = Arc::try_unwrap(world) {
        world.shutdown().await;
    }
    report::verdict(&load)
}

/// Lets another process make the load, so that each one's processor time is its own.
async fn drive(
    folder: &Path,
    world: &World,
    city: &City,
    wanted: Wanted,
) -> Result<(LoadReport, machine::Used), BenchError> {
    let plan = folder.join("plan.json");
    let text = serde_json::to_vec(&Plan::new(wanted, &world.base_url, &city.people)).map_err(io::Error::other);
    text.and_then(|text| std::fs::write(&plan, text)).map_err(BenchError::io("the plan cannot be written"))?;
    let program = std::env::current_exe().map_err(BenchError::io("the program's own file is not known"))?;
    println!("\nload: {} requests/s for {} s, arrivals by chance, callbacks doubled", wanted.rate, wanted.seconds);
    let before = Machine::now();
    let child = tokio::process::Command::new(program)
        .arg("bench-load")
        .arg(&plan)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(BenchError::io("the load's process cannot be started"))?;
    let output = child.wait_with_output().await.map_err(BenchError::io("the load's process broke"))?;
    let used = Machine::now().since(&before);
    let report = serde_json::from_slice(&output.stdout)
        .map_err(|_| BenchError::NotAsExpected("the load's process ended without a report".to_owned()))?;
    Ok((report, used))
}

/// Waits until nothing is open, and goes through the books.
async fn settled(world: &World, load: &LoadReport) -> Result<Everything, BenchError> {
    let started = Instant::now();
    let books = Books::of(&world.operator().await?).map_err(heatpay_runtime::BootError::from)?;
    loop {
        let everything = books.read().await?;
        let Audit { differences, open_payments, open_refunds, clearing_fen, .. } = audit(&everything);
        let all_there = everything.receipts.len() >= load.paid.len();
        if open_payments == 0 && open_refunds == 0 && all_there {
            let held = world.parties.money_held()?;
            let waited = started.elapsed().as_millis();
            println!(
                "\nall settled {waited} ms after the load; audit: {} payments, {} receipts, {} postings, {} differences; \
                 the books say the channel holds {clearing_fen} fen, the channel {held}",
                everything.payments.len(),
                everything.receipts.len(),
                everything.postings.len(),
                differences.len(),
            );
            if differences.is_empty() && clearing_fen == held {
                return Ok(everything);
            }
            return Err(BenchError::NotAsExpected(format!("the books do not agree: {}", differences.join("; "))));
        }
        if started.elapsed() > SETTLE_LIMIT {
            return Err(BenchError::NotAsExpected(format!(
                "{open_payments} payments and {open_refunds} refunds are still open, {} of {} receipts are there",
                everything.receipts.len(),
                load.paid.len()
            )));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The moment as the load's process and the tables both have it: milliseconds of Unix time.
fn now_ms() -> i64 {
    heatpay_ports::Clock::now(&SystemClock).as_millisecond()
}
