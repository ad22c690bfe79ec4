use crate::template::Grant;
use heatpay_ports::{Call, ProbeDenied};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

/// A function's role: what the template lets it do, and what of that it has done.
#[derive(Clone, Debug)]
pub struct Role {
    granted: Arc<BTreeSet<Grant>>,
    used: Arc<Mutex<BTreeSet<Grant>>>,
}

impl Role {
    /// With the template's statements.
    pub fn new(granted: impl IntoIterator<Item = Grant>) -> Self {
        Self { granted: Arc::new(granted.into_iter().collect()), used: Arc::default() }
    }

    /// Refuses what is not granted, as IAM would; remembers what was used. Third parties are no matter of roles.
    pub(super) fn check(&self, function: &str, call: &Call) -> Result<(), ProbeDenied> {
        for resource in &call.resources {
            let Some(needed) = Grant::of_call(&call.service, resource) else { continue };
            if !self.granted.contains(&needed) {
                return Err(ProbeDenied(format!("the role of {function} does not allow {needed}")));
            }
            if let Ok(mut used) = self.used.lock() {
                used.insert(needed);
            }
        }
        Ok(())
    }

    /// What is granted and was not used so far; what a queue's poller uses is not the code's to use.
    pub fn unused(&self) -> Vec<Grant> {
        let used = self.used.lock().map(|used| used.clone()).unwrap_or_default();
        self.granted
            .iter()
            .filter(|grant| !used.contains(grant) && !grant.is_for_the_queues_poller())
            .cloned()
            .collect()
    }
}
