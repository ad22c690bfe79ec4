//! The suite's flows, as a resident, a channel and the desk see them.

mod account;
mod bills;
mod bind;
mod desk;
mod invoices;
mod notices;
mod pay;
mod payments;
mod private;
mod problems;
mod refunds;
mod roles;
mod session;
mod unionpay;
mod units;
