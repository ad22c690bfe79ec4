//! The suite's flows, as a resident, a channel and the desk see them.

mod account;
mod alipay;
mod bills;
mod bind;
mod counter;
mod desk;
mod faulty_statements;
mod invoices;
mod notices;
mod operations;
mod other_statements;
mod pay;
mod payments;
mod permissions;
mod private;
mod problems;
mod reconciliation;
mod refund_desk;
mod refunds;
mod repairs;
mod roles;
mod session;
mod staff;
mod staff_refunds;
mod unionpay;
mod units;
