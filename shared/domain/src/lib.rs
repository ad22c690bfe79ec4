//! The rules of charging for heat, pure: no AWS, no clock, no network, no random source. Times and ids are arguments.
#![warn(missing_docs, clippy::wildcard_enum_match_arm)]

pub mod bill;
pub mod evidence;
pub mod household;
pub mod ids;
pub mod invoice;
pub mod ledger;
pub mod money;
pub mod payment;
pub mod refund;
pub mod season;

pub use evidence::{Channel, Evidence, EvidenceSource};
pub use ids::{AccountNo, BillNo, InvoiceNo, PaymentNo, RefundNo, ResidentId, RunNo};
pub use money::Fen;
pub use season::Season;
