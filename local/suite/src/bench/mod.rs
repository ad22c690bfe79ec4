//! `make bench`: a city on disk, billed, under an open-loop load that comes from a process of its own; what each step takes of
//! AWS, which does not depend on the machine; and at the end the books.

mod caller;
mod city;
mod load;
mod machine;
mod mix;
mod report;
mod settling;
mod units;

pub use load::load;

use crate::{
    clock::SuiteClock,
    desk, first_start, loops,
    parties::GivenKeys,
    run,
    world::{World, WorldConfig, WorldError},
};
use city::City;
use heatpay_domain::Season;
use heatpay_ports::RandomIds;
use heatpay_sandbox::{switches::Callbacks, wechatpay::Keys};
use heatpay_store::StoreError;
use load::{LoadReport, Plan};
use machine::{Machine, Used};
use std::{collections::BTreeMap, io, path::Path, process::Stdio, sync::Arc};
use tokio::task::JoinSet;

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Requests a second.
    pub rate: u32,
    /// For how long it is measured.
    pub seconds: u32,
    /// How long the load runs before that.
    pub warm_up: u32,
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

/// Measures and prints; stops at Ctrl-C. Its folder is removed either way.
pub async fn run(wanted: Wanted) -> Result<(), BenchError> {
    let folder = tempfile::tempdir().map_err(BenchError::io("no temporary folder can be made"))?;
    run::start_logging(folder.path())?;
    println!("{}; data in {}, removed at the end", Machine::seen(), folder.path().display());
    tokio::select! {
        done = measure(wanted, folder.path()) => done,
        _ = tokio::signal::ctrl_c() => Err(BenchError::NotAsExpected("stopped".to_owned())),
    }
}

async fn measure(wanted: Wanted, folder: &Path) -> Result<(), BenchError> {
    let (suite, season) = Suite::start(folder).await?;
    let world = &suite.world;
    let mut city = City::build(world, season, wanted).await?;
    report::units(&units::measure(world, &mut city).await?);
    world.parties.wechatpay.switches().set_callbacks(Callbacks::Double);
    let (load, used) = drive(folder, world, &city, wanted).await?;
    report::latencies(&load, wanted);
    report::calls(&world.meter.take());
    report::processors(&used, &load.used);
    let settled = settling::until_all_is_settled(world, &load.paid).await?;
    report::settled(&settled);
    suite.stop().await;
    report::verdict(&load, &settled)
}

/// The suite as `make run` starts it, on a free port.
struct Suite {
    world: Arc<World>,
    desk: desk::Desk,
    tasks: JoinSet<()>,
}

impl Suite {
    async fn start(folder: &Path) -> Result<(Self, Season), BenchError> {
        let clock = SuiteClock::machine(folder.join("clock")).map_err(BenchError::io("the clock cannot be kept"))?;
        let mut world = World::start(WorldConfig {
            data: Some(folder.to_owned()),
            template: String::from_utf8_lossy(&run::read(Path::new("template.yaml"))?).into_owned(),
            port: 0,
            clock: Arc::new(clock),
            ids: Arc::new(RandomIds::default()),
            parameters: BTreeMap::new(),
            keys: GivenKeys { wechatpay: Some(Keys::generate(&RandomIds::default())?), ..GivenKeys::default() },
        })
        .await?;
        let season = world.set_tariffs(&city::tariffs()?).await?;
        let desk = desk::Desk::new(&world, season, Vec::new()).await?;
        world.serve(desk.router());
        let world = Arc::new(world);
        desk.attach(world.clone());
        let tasks = loops::start(&world);
        Ok((Self { world, desk, tasks }, season))
    }

    async fn stop(self) {
        drop(self.tasks);
        self.desk.detach();
        if let Ok(world) = Arc::try_unwrap(self.world) {
            world.shutdown().await;
        }
    }
}

/// Lets another process make the load, so that each one's processor time is its own.
async fn drive(folder: &Path, world: &World, city: &City, wanted: Wanted) -> Result<(LoadReport, Used), BenchError> {
    let file = folder.join("plan.json");
    let plan = Plan::new(wanted, world, city)?;
    let text = serde_json::to_vec(&plan).map_err(io::Error::other);
    text.and_then(|text| std::fs::write(&file, text)).map_err(BenchError::io("the plan cannot be written"))?;
    let program = std::env::current_exe().map_err(BenchError::io("the program's own file is not known"))?;
    report::announce(wanted);
    world.meter.take();
    let before = Machine::now();
    let child = tokio::process::Command::new(program)
        .arg("bench-load")
        .arg(&file)
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
