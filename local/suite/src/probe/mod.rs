//! What the suite makes of the calls that leave a function: its role is enforced, its calls and request units are counted,
//! and tests may break it at any of them.

mod meter;
mod role;

pub use meter::{Figures, Meter, Taken, Units};
pub use role::Role;

use heatpay_ports::{Call, Probe, ProbeDenied};
use std::sync::{Arc, RwLock};

/// What a test does with a function at one of its calls.
pub trait Fault: Send + Sync {
    /// Just before the call leaves. To break the function here, panic.
    fn before(&self, function: &str, call: &Call);
    /// Just after its answer came. To break the function here, panic.
    fn after(&self, function: &str, call: &Call);
}

/// The fault that is switched on, if one is.
pub type FaultSwitch = Arc<RwLock<Option<Arc<dyn Fault>>>>;

/// The probe of one function.
pub struct FunctionProbe {
    /// The function's name.
    pub function: String,
    /// What its role lets it do.
    pub role: Role,
    /// Counts.
    pub meter: Arc<Meter>,
    /// Breaks.
    pub fault: FaultSwitch,
}

impl FunctionProbe {
    fn fault(&self) -> Option<Arc<dyn Fault>> {
        self.fault.read().ok().and_then(|fault| fault.clone())
    }
}

impl Probe for FunctionProbe {
    fn before(&self, call: &Call) -> Result<(), ProbeDenied> {
        self.role.check(&self.function, call)?;
        if let Some(fault) = self.fault() {
            fault.before(&self.function, call);
        }
        Ok(())
    }

    fn after(&self, call: &Call, answer: &[u8]) {
        self.meter.count(&self.function, call, answer);
        if let Some(fault) = self.fault() {
            fault.after(&self.function, call);
        }
    }

    fn measures(&self) -> bool {
        self.meter.counts_units()
    }
}
