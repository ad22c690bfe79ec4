//! Our client of 微信支付 against the sandbox, on a real port.

mod bills;
mod door;
mod faults;
mod merchant;
mod notices;
mod orders;
mod refunds;
mod renewal;
pub(crate) mod rig;
