//! The rules of charging for heat, pure: no AWS, no clock, no network, no random source. Times and ids are arguments.
#![warn(missing_docs, clippy::wildcard_enum_match_arm)]

pub mod audit;
pub mod bill;
pub mod calendar;
pub mod counter;
pub mod evidence;
mod fingerprint;
pub mod household;
pub mod ids;
pub mod invoice;
pub mod ledger;
pub mod masking;
pub mod measure;
pub mod money;
pub mod notification;
pub mod payment;
pub mod prepayment;
pub mod receipt;
pub mod reconcile;
pub mod refund;
pub mod reminder;
pub mod repair;
pub mod season;
pub mod staff;
pub mod statement;
pub mod states;
pub mod tariff;

pub use evidence::{Channel, Evidence, EvidenceSource};
pub use ids::{
    AccountNo, BillNo, CaseNo, InvalidNumber, InvoiceNo, NotificationNo, PaymentNo, ReceiptNo, RefundNo, RepairNo,
    ResidentId, RunNo, StaffNo, VoucherNo,
};
pub use money::Fen;
pub use season::Season;
