//! The third parties, played to the byte by their protocols, each with its own keys, on one machine. State is in SQLite, so
//! what a partner knows survives the process.
#![warn(missing_docs)]

pub mod alipay;
pub mod aliyun_sms;
pub mod baiwang;
mod database;
mod statements;
pub mod switches;
pub mod unionpay;
pub mod wechatpay;
pub mod weixin;

/// A party's state cannot be read or written.
pub type StateError = rusqlite::Error;
