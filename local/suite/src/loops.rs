//! What keeps the suite going under `make run`: a few tasks that take messages, run schedules, and let the third parties do
//! what is due.

use crate::world::World;
use futures::FutureExt;
use heatpay_ports::Clock;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// How long a poller waits for a message before it asks again.
const LONG_POLL: Duration = Duration::from_secs(20);

/// How many notifications a third party has on their way to us: theirs are many machines.
const NOTIFIED_AT_ONCE: usize = 8;

/// How often the schedules and the third parties are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Starts the tasks. They end when the set is dropped.
pub(crate) fn start(world: &Arc<World>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for pump in &world.pumps {
        for _ in 0..pump.at_once {
            let (world, pump) = (world.clone(), pump.clone());
            tasks.spawn(async move {
                loop {
                    if let Err(error) = pump.once(&world.engines.queues, Some(LONG_POLL)).await {
                        tracing::error!(function = pump.function, %error, "the queue cannot be read");
                        tokio::time::sleep(LOOK).await;
                    }
                }
            });
        }
    }
    let scheduling = world.clone();
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            scheduling.run_due_schedules().await;
        }
    });
    let acting = world.clone();
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(LOOK).await;
            acting.parties.act(NOTIFIED_AT_ONCE).await;
        }
    });
    tasks
}

impl World {
    /// Runs the schedules that are due.
    pub async fn run_due_schedules(&self) {
        let now = self.clock.now();
        let due: Vec<_> = {
            let mut scheduled = self.scheduled.lock().await;
            scheduled
                .iter_mut()
                .filter_map(|one| one.due(now).then(|| (one.function.clone(), one.step.clone())))
                .collect()
        };
        for (function, step) in due {
            // A run that dies takes its own environment with it and nothing else, as at AWS.
            match AssertUnwindSafe(step.scheduled()).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    let reason = heatpay_runtime::queue::causes(&error);
                    tracing::warn!(function, reason, "a scheduled run failed");
                }
                Err(_) => tracing::error!(function, "a scheduled run died"),
            }
        }
    }

    /// Runs one function's schedule now; `false` if it has none.
    pub async fn run_schedule(&self, function: &str) -> Result<bool, heatpay_runtime::StepError> {
        let step = {
            let scheduled = self.scheduled.lock().await;
            scheduled.iter().find(|one| one.function == function).map(|one| one.step.clone())
        };
        match step {
            Some(step) => step.scheduled().await.map(|()| true),
            None => Ok(false),
        }
    }

    /// For tests: handles every message that can be seen now and lets the third parties act, until nothing moves any more.
    /// Answers how many messages failed.
    pub async fn until_quiet(&self) -> Result<usize, heatpay_engines::QueueError> {
        let mut failed = 0;
        loop {
            let mut moved = self.parties.act(1).await;
            for pump in &self.pumps {
                let (handled, failures) = pump.once(&self.engines.queues, None).await?;
                moved += handled;
                failed += failures;
            }
            if moved == 0 {
                return Ok(failed);
            }
        }
    }
}
