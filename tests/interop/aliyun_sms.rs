//! Aliyun's own SDK against our sandbox.

use crate::node;
use heatpay_ports::{RandomIds, SystemClock};
use heatpay_sandbox::aliyun_sms::{AliyunAccount, AliyunSms, FlowLimits, SmsKind, SmsTemplate};
use serde_json::Value;
use std::sync::Arc;

/// The SDK dates its requests by the machine's clock, so the sandbox runs by it too.
#[tokio::test]
async fn the_official_aliyun_sdk_is_served_and_its_signature_believed() {
    let account = AliyunAccount {
        access_key_id: "LTAI5tTEST".to_owned(),
        access_key_secret: "testAccessKeySecret".to_owned(),
        sign_names: vec!["海河热力".to_owned()],
        templates: vec![SmsTemplate {
            code: "SMS_100002".to_owned(),
            kind: SmsKind::Notice,
            text: "${name}您好,${season}供热费${amount}元待缴。".to_owned(),
        }],
        limits: FlowLimits::default(),
        receipt_after_seconds: 3,
    };
    let provider = AliyunSms::open(account, None, Arc::new(SystemClock), Arc::new(RandomIds::default())).unwrap();
    let base_url = crate::serve(provider.router()).await;
    let endpoint = base_url.trim_start_matches("http://");
    let arguments = [endpoint, "LTAI5tTEST", "testAccessKeySecret", "海河热力", "SMS_100002"];
    let said = node::run("aliyun_sms.mjs", &arguments, &Value::Null).await;
    assert_eq!(provider.inbox().unwrap().len(), 1, "{said}");
    let steps: Vec<&str> = said.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(steps, ["sent", "refused", "rejected", "found"], "{said}");
}
