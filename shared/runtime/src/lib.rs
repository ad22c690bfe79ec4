//! What every function needs to boot: settings, secrets, clients, sign-in, errors, queue batches, telemetry.

pub mod auth;
pub mod aws;
pub mod context;
pub mod described;
pub mod events;
pub mod files;
pub mod http;
mod jwt;
pub mod lambda;
pub mod paging;
pub mod personal_data;
pub mod problem;
pub mod queue;
pub mod secrets;
pub mod settings;
pub mod staff;
pub mod step;
pub mod telemetry;
pub mod totp;

pub use context::{BootError, Context, Surroundings};
pub use problem::Problem;
pub use step::{Step, StepError};
