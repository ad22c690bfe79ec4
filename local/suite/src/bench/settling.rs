//! After the load: until nothing is open, and then the books.

use super::BenchError;
use crate::{
    audit::{Audit, audit},
    world::World,
};
use heatpay_store::books::Books;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// How long the last payments may take to settle after the load ends.
const LIMIT: Duration = Duration::from_secs(120);

/// How often the books are read meanwhile.
const LOOK: Duration = Duration::from_secs(1);

/// All that was paid, settled.
pub(super) struct Settled {
    /// How long after the load.
    pub(super) waited: Duration,
    /// The books.
    pub(super) audit: Audit,
    /// What the channel says it holds, in fen.
    pub(super) held_fen: i64,
    /// Money that the payers gave and the books do not know.
    pub(super) missing: usize,
}

impl Settled {
    /// The books agree with themselves, with the channel and with the payers.
    pub(super) fn agrees(&self) -> bool {
        self.audit.differences.is_empty()
            && self.audit.clearing_fen == self.held_fen
            && self.missing == 0
            && self.audit.open_payments == 0
            && self.audit.open_refunds == 0
    }
}

/// Waits until nothing is open; `paid` are the numbers that WeChat Pay gave to those who paid.
pub(super) async fn until_all_is_settled(world: &World, paid: &[String]) -> Result<Settled, BenchError> {
    let started = Instant::now();
    let books = Books::of(&world.operator().await?).map_err(heatpay_runtime::BootError::from)?;
    loop {
        let everything = books.read().await?;
        let known: HashSet<&str> = everything.receipts.iter().map(|receipt| receipt.channel_txn.as_str()).collect();
        let settled = Settled {
            waited: started.elapsed(),
            audit: audit(&everything),
            held_fen: world.parties.money_held()?,
            missing: paid.iter().filter(|txn| !known.contains(txn.as_str())).count(),
        };
        if settled.agrees() || started.elapsed() > LIMIT {
            return Ok(settled);
        }
        eprint!("\r{} payments are still open …", settled.audit.open_payments);
        tokio::time::sleep(LOOK).await;
    }
}
