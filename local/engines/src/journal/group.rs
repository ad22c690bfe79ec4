use super::{Bells, JournalError, Turn};
use heatpay_ports::Clock;
use rusqlite::Connection;
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::{mpsc, oneshot};

/// Calls in one transaction at most, so that the first of them does not wait for ever.
const GROUP: usize = 256;

/// Something to do inside a transaction, and to answer once it is durable.
pub(super) trait Work: Send {
    fn apply(&mut self, turn: &mut Turn<'_>);
    fn answer(self: Box<Self>, committed: Result<(), Arc<rusqlite::Error>>);
    /// The writer ends after this one.
    fn is_last(&self) -> bool {
        false
    }
}

/// A call whose caller waits for the answer.
pub(super) struct Pending<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Pending<F, T, E> {
    pub(super) fn new(work: F, answer: oneshot::Sender<Result<T, E>>) -> Self {
        Self { work: Some(work), outcome: None, answer }
    }
}

impl<F, T, E> Work for Pending<F, T, E>
where
    F: FnOnce(&mut Turn<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<JournalError> + Send,
{
    fn apply(&mut self, turn: &mut Turn<'_>) {
        let Some(work) = self.work.take() else { return };
        self.outcome = Some(within_savepoint(turn, work));
    }

    fn answer(self: Box<Self>, committed: Result<(), Arc<rusqlite::Error>>) {
        let outcome = match committed {
            Ok(()) => self.outcome.unwrap_or_else(|| Err(JournalError::Closed.into())),
            Err(source) => Err(JournalError::NotCommitted(source).into()),
        };
        // A caller that went away (its connection closed) has nobody to tell.
        let _ = self.answer.send(outcome);
    }
}

fn within_savepoint<T, E: From<JournalError>>(
    turn: &mut Turn<'_>,
    work: impl FnOnce(&mut Turn<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let run = |text: &str| turn.sql.prepare_cached(text).and_then(|mut s| s.execute([])).map_err(JournalError::from);
    run("SAVEPOINT call")?;
    let sql = turn.sql;
    let outcome = work(turn);
    let run = |text: &str| sql.prepare_cached(text).and_then(|mut s| s.execute([])).map_err(JournalError::from);
    if outcome.is_err() {
        run("ROLLBACK TO call")?;
    }
    run("RELEASE call")?;
    outcome
}

/// Ends the writer.
pub(super) struct Stop;

impl Work for Stop {
    fn apply(&mut self, _: &mut Turn<'_>) {}
    fn answer(self: Box<Self>, _: Result<(), Arc<rusqlite::Error>>) {}
    fn is_last(&self) -> bool {
        true
    }
}

/// The writer's life: take everything that waits, apply it, commit once, answer all.
pub(super) fn write_groups(
    sql: Connection,
    mut waiting: mpsc::Receiver<Box<dyn Work>>,
    bells: &Bells,
    clock: &dyn Clock,
) {
    while let Some(first) = waiting.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        let last = group.iter().any(|call| call.is_last());
        let (committed, arrivals) = commit(&sql, &mut group, clock);
        for call in group {
            call.answer(committed.clone());
        }
        arrivals.iter().for_each(|queue| bells.ring(queue));
        if last {
            break;
        }
    }
}

fn commit(
    sql: &Connection,
    group: &mut [Box<dyn Work>],
    clock: &dyn Clock,
) -> (Result<(), Arc<rusqlite::Error>>, BTreeSet<String>) {
    let mut arrivals = BTreeSet::new();
    let outcome = sql.execute_batch("BEGIN").and_then(|()| {
        for call in group {
            let mut turn = Turn { sql, now_ms: clock.now().as_millisecond(), arrivals: BTreeSet::new() };
            call.apply(&mut turn);
            arrivals.append(&mut turn.arrivals);
        }
        sql.execute_batch("COMMIT")
    });
    if let Err(error) = &outcome {
        tracing::error!(%error, "the queues' changes were not written");
        // Fails only when SQLite has rolled back by itself.
        let _ = sql.execute_batch("ROLLBACK");
    }
    (outcome.map_err(Arc::new), arrivals)
}
