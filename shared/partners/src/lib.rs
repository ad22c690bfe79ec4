//! Third parties other than payment channels: the e-invoice platform, SMS, the WeChat mini-program server API.
//!
//! Every method makes one call (plus, where the protocol has one, a refresh of the access token when the other side says
//! that it did not accept ours, which proves that nothing was done). Nothing is retried blindly: the class of the error says
//! what the caller may do next.
#![warn(missing_docs)]

pub mod einvoice;
mod error;
pub mod sms;
pub mod weixin;
mod yuan;

pub use error::{PartnerError, Unreadable};
