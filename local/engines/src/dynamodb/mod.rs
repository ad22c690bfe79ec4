//! DynamoDB: dynoxide on a SQLite file, behind HTTP on loopback so that the code of the cloud runs unchanged.
//!
//! What differs from the cloud (tried with 3.2.0): `ClientRequestToken` is forgotten at a restart, there is no
//! `TransactionConflict`, reads are always consistent, and writes pass one lock.

mod tables;

pub use tables::{TableError, TableSpec};

use crate::start::StartError;
use dynoxide::{Database, storage_backend};
use heatpay_ports::Clock;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot, task::JoinHandle};

/// dynoxide works on the thread that serves and waits there for the disk, so it has threads of its own: the host's must
/// not stand still. More than a few only wait for the one lock.
const THREADS: usize = 4;

/// How often expired items are swept. The cloud takes up to a few days, so nothing may rely on it.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// The tables.
pub struct DynamoDb {
    database: Database,
    running: Mutex<Option<Running>>,
}

struct Running {
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), String>>,
    sweeping: JoinHandle<()>,
}

/// The injected clock, as dynoxide wants it.
struct TableClock(Arc<dyn Clock>);

impl storage_backend::Clock for TableClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().as_second()).unwrap_or(0)
    }

    fn now_unix_secs_f64(&self) -> f64 {
        Duration::from_millis(u64::try_from(self.0.now().as_millisecond()).unwrap_or(0)).as_secs_f64()
    }
}

impl DynamoDb {
    pub(crate) fn start(
        file: Option<PathBuf>,
        clock: Arc<dyn Clock>,
        listener: TcpListener,
    ) -> Result<Self, StartError> {
        let database = match &file {
            Some(file) => Database::new(&file.to_string_lossy()),
            None => Database::memory_with_clock(Arc::new(TableClock(clock))),
        };
        let database = database
            .map_err(|source| StartError::Tables { file: file.unwrap_or_else(|| PathBuf::from(":memory:")), source })?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("dynamodb")
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let listener = listener.into_std().map_err(StartError::Thread)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = database.clone();
        let serving = runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).map_err(|e| e.to_string())?;
            let stopped = async move {
                // A dropped sender means the same: stop.
                let _ = stopped.await;
            };
            dynoxide::server::serve_with_shutdown(listener, served, stopped).await
        });
        let sweeping = runtime.spawn(sweep(database.clone()));
        Ok(Self { database, running: Mutex::new(Some(Running { runtime, stop, serving, sweeping })) })
    }

    /// Deletes what is past its TTL now; how many items.
    pub fn sweep_expired(&self) -> Result<usize, TableError> {
        self.database.sweep_ttl().map_err(TableError::DynamoDb)
    }

    fn take_running(&self) -> Option<Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) async fn stop(&self, patience: Duration) {
        let Some(Running { runtime, stop, serving, sweeping }) = self.take_running() else { return };
        sweeping.abort();
        // Nobody to tell: the server has ended by itself.
        let _ = stop.send(());
        if tokio::time::timeout(patience, serving).await.is_err() {
            tracing::warn!("calls to the tables were cut off");
        }
        runtime.shutdown_background();
    }
}

impl Drop for DynamoDb {
    fn drop(&mut self) {
        if let Some(running) = self.take_running() {
            running.runtime.shutdown_background();
        }
    }
}

async fn sweep(database: Database) {
    let mut every = tokio::time::interval(SWEEP_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(items)) => tracing::debug!(items, "expired items deleted"),
            Ok(Err(error)) => tracing::error!(%error, "expired items cannot be swept"),
            Err(_) => return,
        }
    }
}
