//! `make run`: starts the suite, makes the first season's bills if there are none, and says what to do next.

use crate::{
    clock::SuiteClock,
    desk,
    first_start::FirstStartError,
    loops,
    parties::GivenKeys,
    world::{World, WorldConfig, WorldError},
};
use heatpay_domain::{Season, tariff::Tariff};
use heatpay_ports::RandomIds;
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinSet;

/// The households of the first start, where no other file is given.
pub const HOUSEHOLDS: &str = "events/households.csv";

/// The gateway's port, where none is given.
pub const PORT: u16 = 8080;

/// Why the suite does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file of the repository.
    #[error("{} cannot be read; run from the repository's folder", path.display())]
    Repository {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The data folder.
    #[error("the data folder {} cannot be used", path.display())]
    Data {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The suite.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The first start.
    #[error(transparent)]
    FirstStart(#[from] FirstStartError),
    /// The desk.
    #[error(transparent)]
    Desk(#[from] heatpay_runtime::BootError),
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, RunError> {
    std::fs::read(path).map_err(|source| RunError::Repository { path: path.to_owned(), source })
}

/// Runs until it is told to stop (Ctrl-C, SIGTERM).
pub async fn run(port: u16, data: PathBuf, households: &Path, pages: &Path) -> Result<(), RunError> {
    let running = Running::start(port, &data, households, pages).await?;
    what_next(&running.world, &data);
    wait_for_the_end().await;
    say("stopping …");
    running.stop().await;
    Ok(())
}

/// The suite, running by itself.
pub(crate) struct Running {
    world: Arc<World>,
    desk: desk::Desk,
    tasks: JoinSet<()>,
}

impl Running {
    /// Starts it; makes the season's bills if this data folder has none.
    pub(crate) async fn start(port: u16, data: &Path, households: &Path, pages: &Path) -> Result<Self, RunError> {
        start_logging(data)?;
        let template = read(Path::new("template.yaml"))?;
        let file = read(households)?;
        let clock = SuiteClock::machine(data.join("clock"))
            .map_err(|source| RunError::Data { path: data.join("clock"), source })?;
        let (made, billed) = (data.join("tables"), data.join("billed"));
        if !made.exists() && !billed.exists() {
            forget_half_made_tables(data)?;
        }
        say("starting tables, queues, third parties and functions …");
        let mut world = World::start(WorldConfig {
            data: Some(data.to_owned()),
            template: String::from_utf8_lossy(&template).into_owned(),
            port,
            clock: Arc::new(clock),
            ids: Arc::new(RandomIds::default()),
            parameters: BTreeMap::new(),
            keys: GivenKeys::default(),
        })
        .await?;
        std::fs::write(&made, "").map_err(|source| RunError::Data { path: made, source })?;
        let season = set_tariffs(&world).await?;
        let desk = desk::Desk::new(&world, season, file.clone()).await?;
        let beside = desk.router().merge(crate::pages::router(pages));
        world.serve(beside);
        let world = Arc::new(world);
        desk.attach(world.clone());
        let tasks = loops::start(&world);
        if !billed.exists() {
            first_start(&world, season, households, &file, data).await?;
            std::fs::write(&billed, season.to_string()).map_err(|source| RunError::Data { path: billed, source })?;
        }
        Ok(Self { world, desk, tasks })
    }

    /// Stops in order.
    pub(crate) async fn stop(self) {
        drop(self.tasks);
        self.desk.detach();
        if let Ok(world) = Arc::try_unwrap(self.world) {
            world.shutdown().await;
        }
    }
}

/// The engine makes a table in several steps. Where the process was killed between them, before anything stood in the tables, they
/// are made anew. Not while another process has the folder: that one is making them.
fn forget_half_made_tables(data: &Path) -> Result<(), RunError> {
    let Ok(lock) = std::fs::File::options().write(true).open(data.join("lock")) else { return Ok(()) };
    if lock.try_lock().is_err() {
        return Ok(());
    }
    for name in ["ddb.db", "ddb.db-wal", "ddb.db-shm"] {
        let path = data.join(name);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(RunError::Data { path, source }),
        }
    }
    Ok(())
}

/// Logs go to a file in the data folder: the terminal is for the person.
pub(crate) fn start_logging(data: &Path) -> Result<(), RunError> {
    let failed = |source| RunError::Data { path: data.to_owned(), source };
    std::fs::create_dir_all(data).map_err(failed)?;
    let file = std::fs::OpenOptions::new().create(true).append(true).open(data.join("heatpay.log")).map_err(failed)?;
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("LOG_LEVEL").unwrap_or_else(|_| "info,dynoxide=error".into());
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(Arc::new(file)).init();
    Ok(())
}

async fn set_tariffs(world: &World) -> Result<Season, RunError> {
    let path = PathBuf::from("events/tariffs.json");
    let tariffs: Vec<Tariff> =
        serde_json::from_slice(&read(&path)?).map_err(|source| FirstStartError::Tariffs { path, source })?;
    Ok(world.set_tariffs(&tariffs).await?)
}

async fn first_start(
    world: &Arc<World>,
    season: Season,
    path: &Path,
    file: &[u8],
    data: &Path,
) -> Result<(), RunError> {
    let path = path.display();
    let imported = world
        .import_households(file, |count| {
            progress(&format!("importing {path}: {count} households"));
        })
        .await?;
    progress(&format!("imported {} households of {path}\n", imported.households));
    for refused in &imported.refused {
        println!("  refused: {refused}");
    }
    let run_no = world.start_billing(season, true).await?;
    loop {
        let Some(run) = world.billing_progress(&run_no).await? else { break };
        progress(&format!("bills of {season}: {} households, {} bills", run.total.households, run.total.bills));
        if run.total.done {
            let yuan = heatpay_domain::Fen(run.total.amount).yuan();
            let log = data.join("heatpay.log");
            println!(", {yuan} yuan; {} households without a bill (see {})", run.total.refused, log.display());
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

fn what_next(world: &World, data: &Path) {
    let (url, data) = (&world.base_url, data.display());
    println!(
        "\nHeatpay is running.\n\
         \n  residents' pages                         {url}/m/\
         \n  desk (cashier, inbox, invoices, faults)  {url}/sandbox/\
         \n  API                                      {url}/api/   described in docs/openapi.json\
         \n  first administrator                      POST {url}/api/staff/first-administrator, the code is in {data}/secrets/first-administrator.json\
         \n  the whole path, step by step             make demo   (in another terminal)\
         \n  stop                                     Ctrl-C; everything is kept in {data}/; remove it to begin anew\n"
    );
}

fn say(text: &str) {
    println!("{text}");
}

fn progress(text: &str) {
    print!("\r\x1b[K{text}");
    // Only a terminal that went away fails here.
    let _ = std::io::stdout().flush();
}

async fn wait_for_the_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        // Without the signal there is still Ctrl-C.
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
