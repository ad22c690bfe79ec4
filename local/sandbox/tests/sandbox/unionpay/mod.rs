//! Our client against UnionPay's sandbox.

mod door;
mod files;
mod notices;
mod orders;
mod refunds;
mod rig;
