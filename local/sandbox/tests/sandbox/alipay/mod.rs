//! Our client of 支付宝 against the sandbox, on a real port.

mod bills;
mod certificates;
mod door;
mod notices;
mod orders;
mod refunds;
mod rig;
