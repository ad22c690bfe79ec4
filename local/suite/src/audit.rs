//! Recomputes every balance from the postings and names any difference.

pub use heatpay_domain::audit::Audit;

use crate::{
    clock::SuiteClock,
    parties::GivenKeys,
    run::{RunError, read, start_logging},
    world::{World, WorldConfig, WorldError},
};
use heatpay_domain::audit::Auditor;
use heatpay_ports::RandomIds;
use heatpay_runtime::{BootError, settings::SettingError};
use heatpay_store::{
    StoreError,
    books::{Books, Everything},
};
use std::{collections::BTreeMap, io, path::Path, sync::Arc};

/// Why the books were not audited, or that they do not agree.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is no such data.
    #[error("{0} has no data of the suite")]
    NoData(String),
    /// A file of the repository, or of the data.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The suite's clock.
    #[error("the suite's clock cannot be read")]
    Clock(#[source] io::Error),
    /// The suite.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A context.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They do not agree.
    #[error("the books do not agree: {0} differences")]
    Differences(usize),
}

/// Audits the books of a data folder and prints what it saw.
pub(crate) async fn run(data: &Path) -> Result<(), AuditError> {
    if !data.join("billed").exists() {
        return Err(AuditError::NoData(data.display().to_string()));
    }
    start_logging(data)?;
    let clock = SuiteClock::machine(data.join("clock")).map_err(AuditError::Clock)?;
    let config = WorldConfig {
        data: Some(data.to_owned()),
        template: String::from_utf8_lossy(&read(Path::new("template.yaml"))?).into_owned(),
        port: 0,
        clock: Arc::new(clock),
        ids: Arc::new(RandomIds::default()),
        parameters: BTreeMap::new(),
        keys: GivenKeys::default(),
    };
    let world = World::start(config).await?;
    let mut auditor = Auditor::default();
    Books::of(&world.operator().await?)?.each(&mut auditor).await?;
    let seen = auditor.finish();
    world.shutdown().await;
    for (what, count) in &seen.counted {
        println!("{count:>12} {what}");
    }
    for (account, fen) in &seen.balances {
        println!("{:>16} {account}", heatpay_domain::Fen(*fen).yuan_grouped());
    }
    for difference in &seen.differences {
        println!("{difference}");
    }
    if seen.differences.is_empty() { Ok(()) } else { Err(AuditError::Differences(seen.differences.len())) }
}

/// Goes through everything.
pub fn audit(books: &Everything) -> Audit {
    let mut auditor = Auditor::default();
    books.each(&mut auditor);
    auditor.finish()
}
