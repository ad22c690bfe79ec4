//! The one writer of the queues' file. Calls that wait together are applied in one transaction, made durable by one fsync,
//! and only then answered: a slow disk makes groups larger instead of a line longer.

mod bells;
mod group;

pub(crate) use bells::Bells;
use group::{Pending, Work, write_groups};
use heatpay_ports::Clock;
use rusqlite::Connection;
use std::{
    collections::BTreeSet,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// Calls that may wait for the writer; more wait for a place.
const WAITING_CALLS: usize = 1024;

/// The queues' file did not do it. Nothing of the call was kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JournalError {
    /// SQLite refused a statement.
    #[error("the queues' file refused the change")]
    Sql(#[source] Arc<rusqlite::Error>),
    /// The transaction was not made durable.
    #[error("the change was not written to the disk")]
    NotCommitted(#[source] Arc<rusqlite::Error>),
    /// The writer has stopped.
    #[error("the queues are closed")]
    Closed,
    /// The writer's thread could not be started.
    #[error("no thread for the queues")]
    Thread(#[source] Arc<io::Error>),
}

impl From<rusqlite::Error> for JournalError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Sql(Arc::new(source))
    }
}

/// One call's turn inside the group's transaction.
pub(crate) struct Turn<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) now_ms: i64,
    /// Queues with something new to receive: their bells are rung after the commit.
    pub(crate) arrivals: BTreeSet<String>,
}

/// Hands calls to the writer.
#[derive(Clone)]
pub(crate) struct Journal {
    calls: mpsc::Sender<Box<dyn Work>>,
    pub(crate) bells: Bells,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Journal {
    /// Opens the file, or memory when there is none, and starts the writer.
    pub(crate) fn open(file: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        let sql = match file {
            Some(file) => Connection::open(file)?,
            None => Connection::open_in_memory()?,
        };
        // An engine that was dropped in this very process may still be finishing its last group.
        sql.busy_timeout(Duration::from_secs(5))?;
        sql.pragma_update(None, "journal_mode", "WAL")?;
        sql.pragma_update(None, "synchronous", "FULL")?;
        sql.pragma_update(None, "foreign_keys", true)?;
        sql.set_prepared_statement_cache_capacity(64);
        sql.execute_batch(include_str!("schema.sql"))?;
        let bells = Bells::default();
        let names = sql
            .prepare("SELECT name FROM queue")?
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        names.into_iter().for_each(|name| bells.hang(&name));
        let (calls, waiting) = mpsc::channel(WAITING_CALLS);
        let thread = std::thread::Builder::new()
            .name("queues".to_owned())
            .spawn({
                let bells = bells.clone();
                move || write_groups(sql, waiting, &bells, clock.as_ref())
            })
            .map_err(|e| JournalError::Thread(Arc::new(e)))?;
        Ok(Self { calls, bells, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Applies `work` alone or with others in one transaction. The answer comes after the commit; an error of the work
    /// itself undoes that work and none of its neighbours'.
    pub(crate) async fn apply<T, E>(
        &self,
        work: impl FnOnce(&mut Turn<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<JournalError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let call = Pending::new(work, answer);
        self.calls.send(Box::new(call)).await.map_err(|_| JournalError::Closed)?;
        answered.await.map_err(|_| JournalError::Closed)?
    }

    /// Ends the writer after the group it is at, without waiting for it; later calls are refused.
    pub(crate) fn cut(&self) {
        // A full or closed channel: then it ends when the last caller is gone, or has ended.
        let _ = self.calls.try_send(Box::new(group::Stop));
    }

    /// Lets the waiting calls finish, then closes the file.
    pub(crate) async fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A closed channel only says that the writer is gone already.
            let _ = self.calls.send(Box::new(group::Stop)).await;
            let _ = tokio::task::spawn_blocking(|| thread.join()).await;
        }
    }
}
