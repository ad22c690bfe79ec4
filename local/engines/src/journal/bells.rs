use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, watch};

/// A bell a queue: rung when there may be something to receive, so that nobody has to look again and again.
#[derive(Clone)]
pub(crate) struct Bells {
    by_queue: Arc<Mutex<HashMap<String, Arc<Notify>>>>,
    closing: watch::Sender<bool>,
}

impl Default for Bells {
    fn default() -> Self {
        Self { by_queue: Arc::default(), closing: watch::Sender::new(false) }
    }
}

impl Bells {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Notify>>> {
        self.by_queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hangs the bell of a queue that now exists.
    pub(crate) fn hang(&self, queue: &str) {
        self.all().entry(queue.to_owned()).or_default();
    }

    /// The bell of a queue; none when there is no such queue.
    pub(crate) fn of(&self, queue: &str) -> Option<Arc<Notify>> {
        self.all().get(queue).cloned()
    }

    pub(crate) fn ring(&self, queue: &str) {
        if let Some(bell) = self.all().get(queue) {
            bell.notify_waiters();
        }
    }

    pub(crate) fn ring_all(&self) {
        self.all().values().for_each(|bell| bell.notify_waiters());
    }

    /// From now on nobody waits.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) async fn closed(&self) {
        // An error would mean that the sender is gone, which we hold.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }
}
