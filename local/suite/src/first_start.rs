//! The first start: households imported from the sample file, tariffs set, the season's bills made and issued by
//! `bill-generate`.

use crate::world::World;
use bill_generate::BillingSlice;
use heatpay_domain::{
    RunNo, Season,
    household::import::{self, ImportedHousehold},
    tariff::Tariff,
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError,
    queue::{NotTaken, Queue},
    settings::SettingError,
};
use heatpay_store::{
    StoreError,
    billing::{Run, RunProgress, Runs},
    households::{Households, ROSTER_SLICES},
    tariffs::Tariffs,
};
use std::{path::PathBuf, time::Duration};

/// What a first start could not do.
#[derive(Debug, thiserror::Error)]
pub enum FirstStartError {
    /// A sample file is not there.
    #[error("the sample file {} cannot be read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The tariffs' file makes no sense.
    #[error("the tariffs in {} cannot be read", path.display())]
    Tariffs {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The households' file makes no sense as a whole.
    #[error("the households cannot be imported: {0}")]
    Households(String),
    /// A table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] NotTaken),
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The tables cannot be reached.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// A number.
    #[error(transparent)]
    Number(#[from] heatpay_domain::InvalidNumber),
    /// There is no tariff to bill by.
    #[error("the tariffs' file is empty")]
    NoTariff,
}

/// How many households are written together.
const IMPORTED_TOGETHER: usize = 100;

/// What an import came to.
pub struct Imported {
    /// Households written.
    pub households: usize,
    /// Rows that were refused, each with its line and reason.
    pub refused: Vec<String>,
}

impl World {
    /// Imports a file of households. `progress` is told how many are in.
    pub async fn import_households(
        &self,
        file: &[u8],
        mut progress: impl FnMut(usize),
    ) -> Result<Imported, FirstStartError> {
        let households = Households::of_import(&self.operator().await?).await?;
        let mut imported = Imported { households: 0, refused: Vec::new() };
        let rows = import::read_households(file).map_err(|e| FirstStartError::Households(e.to_string()))?;
        let mut taken: Vec<ImportedHousehold> = Vec::with_capacity(IMPORTED_TOGETHER);
        for row in rows {
            match row {
                Ok(row) => taken.push(row),
                Err(refused) => imported.refused.push(refused.to_string()),
            }
            if taken.len() == IMPORTED_TOGETHER {
                households.import_all(self.ids.as_ref(), &taken).await?;
                imported.households += taken.len();
                taken.clear();
                progress(imported.households);
            }
        }
        households.import_all(self.ids.as_ref(), &taken).await?;
        imported.households += taken.len();
        progress(imported.households);
        Ok(imported)
    }

    /// Imports households that were read already.
    pub async fn import(&self, rows: &[ImportedHousehold]) -> Result<(), FirstStartError> {
        let households = Households::of_import(&self.operator().await?).await?;
        households.import_all(self.ids.as_ref(), rows).await?;
        Ok(())
    }

    /// Sets the tariffs of a file; answers the latest season among them.
    pub async fn set_tariffs(&self, tariffs: &[Tariff]) -> Result<Season, FirstStartError> {
        let store = Tariffs::of(&self.operator().await?)?;
        for tariff in tariffs {
            store.set(tariff).await?;
        }
        tariffs.iter().map(|tariff| tariff.season).max().ok_or(FirstStartError::NoTariff)
    }

    /// Starts a billing run: one message a slice.
    pub async fn start_billing(&self, season: Season, issue: bool) -> Result<RunNo, FirstStartError> {
        let context = self.operator().await?;
        let now = self.clock.now();
        let run_no = RunNo::parse(format!("G{}", self.ids.ulid(now)))?;
        let run = Run { run_no: run_no.clone(), season, issue, started_at: now, slices: ROSTER_SLICES };
        Runs::of(&context)?.start(&run).await?;
        let queue = Queue::of(&context, "BILLING_QUEUE_URL")?;
        for slice in 0..ROSTER_SLICES {
            let message = BillingSlice { run_no: run_no.clone(), season, issue, slice, after: None };
            queue.send(&message, Duration::ZERO).await?;
        }
        Ok(run_no)
    }

    /// How far a billing run has come.
    pub async fn billing_progress(&self, run_no: &RunNo) -> Result<Option<RunProgress>, FirstStartError> {
        Ok(Runs::of(&self.operator().await?)?.progress(run_no).await?)
    }
}
