//! What a function is handed when it boots. In the cloud it comes from the environment; on one machine the suite builds
//! one for each function, with that function's settings from the template.

use crate::{
    aws::Aws,
    secrets::SecretError,
    settings::{SettingError, Settings},
};
use heatpay_ports::{Clock, Ids, NoProbe, Outbound, Probe, RandomIds, SystemClock};
use std::sync::Arc;

/// A function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The template and the code disagree.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A secret cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Outbound(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A secret or setting is there but makes no sense.
    #[error("{what} is not usable")]
    Unusable {
        /// Which.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The Lambda runtime ended.
    #[error("the Lambda runtime ended: {0}")]
    Lambda(String),
}

/// The clock, the random source and the probe.
#[derive(Clone)]
pub struct Surroundings {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes numbers.
    pub ids: Arc<dyn Ids>,
    /// Sees every call that leaves.
    pub probe: Arc<dyn Probe>,
}

impl Surroundings {
    /// Those of the cloud.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), ids: Arc::new(RandomIds::default()), probe: Arc::new(NoProbe) }
    }
}

/// What a function is handed.
#[derive(Clone)]
pub struct Context {
    /// The function's settings.
    pub settings: Settings,
    /// AWS.
    pub aws: Aws,
    /// Third parties.
    pub outbound: Outbound,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes numbers.
    pub ids: Arc<dyn Ids>,
}

impl Context {
    /// From the process's environment.
    pub async fn from_environment() -> Result<Self, BootError> {
        Self::new(Settings::from_environment(), Surroundings::real()).await
    }

    /// From given settings and surroundings.
    pub async fn new(settings: Settings, surroundings: Surroundings) -> Result<Self, BootError> {
        let Surroundings { clock, ids, probe } = surroundings;
        let outbound = Outbound::new(probe.clone()).map_err(|e| BootError::Outbound(Box::new(e)))?;
        let aws = Aws::connect(&settings, probe).await;
        Ok(Self { settings, aws, outbound, clock, ids })
    }

    /// A secret the template names by the setting `name`, read once at boot.
    pub async fn secret<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, BootError> {
        Ok(crate::secrets::read(&self.aws, self.settings.required(name)?).await?)
    }
}
