//! Text messages: one trait, a folder a provider.

pub mod aliyun;
mod sender;

pub use sender::{SentSms, Sms, SmsOutcome, SmsReceipt, SmsSender};
