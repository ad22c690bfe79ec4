//! The suite's flows, as a resident, a channel and the desk see them.

mod pay;
