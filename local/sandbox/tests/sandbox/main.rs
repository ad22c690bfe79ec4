//! Our clients against the sandbox, over HTTP on loopback.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod alipay;
mod aliyun_sms;
mod baiwang;
mod street;
mod unionpay;
mod vectors;
mod wechatpay;
mod weixin;
