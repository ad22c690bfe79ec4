use super::{
    Queues,
    error::QueueError,
    message::{Receive, Received, seconds},
    shelf,
};
use crate::limits;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A waiting receiver looks again no sooner than this, however the injected clock stands still or jumps.
const SHORTEST_NAP: Duration = Duration::from_millis(20);

struct Taken {
    messages: Vec<Received>,
    next_due: Option<Duration>,
    wait_s: i64,
}

impl Queues {
    /// Receives up to `want.max` messages, waiting for the first as long as asked. Whoever drops the future may leave
    /// messages hidden until their visibility ends, as with a lost answer of SQS.
    pub async fn receive(&self, queue: &str, want: Receive) -> Result<Vec<Received>, QueueError> {
        if !(1..=limits::BATCH).contains(&want.max) {
            return Err(QueueError::Parameter(format!(
                "Value {} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
                want.max
            )));
        }
        let visibility_s =
            want.visibility.map(|v| seconds("VisibilityTimeout", v, limits::VISIBILITY_S)).transpose()?;
        let wait = want.wait.map(|w| seconds("WaitTimeSeconds", w, limits::WAIT_S).map(|_| w)).transpose()?;
        let bell = self.journal.bells.of(queue).ok_or_else(|| QueueError::NoSuchQueue(queue.to_owned()))?;
        let started = Instant::now();
        loop {
            let rung = bell.notified();
            tokio::pin!(rung);
            // From here on no ring is missed, also not one during the look.
            rung.as_mut().enable();
            let taken = self.take(queue, want.max, visibility_s).await?;
            let wait = wait.unwrap_or(Duration::from_secs(u64::try_from(taken.wait_s).unwrap_or(0)));
            let deadline = started + wait;
            if !taken.messages.is_empty() || Instant::now() >= deadline {
                return Ok(taken.messages);
            }
            let again = match taken.next_due {
                Some(nap) => deadline.min(Instant::now() + nap.max(SHORTEST_NAP)),
                None => deadline,
            };
            tokio::select! {
                () = rung => {}
                () = sleep_until(again) => {}
                () = self.journal.bells.closed() => return Ok(Vec::new()),
            }
        }
    }

    async fn take(&self, queue: &str, max: usize, visibility_s: Option<i64>) -> Result<Taken, QueueError> {
        self.in_queue(queue, move |turn, queue| {
            let visibility_s = visibility_s.unwrap_or(queue.settings.visibility_s);
            let messages = shelf::take(turn, queue, max, visibility_s)?;
            let next_due = match messages.is_empty() {
                true => shelf::next_due_ms(turn, queue)?,
                false => None,
            };
            let next_due = next_due.map(|ms| Duration::from_millis(u64::try_from(ms - turn.now_ms).unwrap_or(0)));
            Ok(Taken { messages, next_due, wait_s: queue.settings.wait_s })
        })
        .await
    }
}
