//! The suite's flows, as a resident, a channel and the desk see them.

mod account;
mod bills;
mod bind;
mod desk;
mod invoices;
mod notices;
mod operations;
mod pay;
mod payments;
mod permissions;
mod private;
mod problems;
mod refund_desk;
mod refunds;
mod roles;
mod session;
mod staff;
mod staff_refunds;
mod units;
