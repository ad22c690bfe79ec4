//! The doors to the outside that a step is handed: the clock, the random source, HTTP to third parties, and the probe that
//! sees every call that leaves the process.

mod clock;
mod ids;
mod outbound;
mod probe;

pub use clock::{Clock, SystemClock};
pub use ids::{Ids, RandomIds};
pub use outbound::{Outbound, OutboundError, OutboundRequest, OutboundResponse};
pub use probe::{Call, NoProbe, Probe, ProbeDenied};
