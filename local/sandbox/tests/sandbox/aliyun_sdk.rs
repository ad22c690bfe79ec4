use crate::street::serve;
use heatpay_ports::{RandomIds, SystemClock};
use heatpay_sandbox::aliyun_sms::{AliyunAccount, AliyunSms, FlowLimits, SmsKind, SmsTemplate};
use std::sync::Arc;

/// The SDK dates its requests by the machine's clock, so the sandbox runs by it too.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs node and `npm ci` in tests/interop"]
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
    let base_url = serve(provider.router()).await;
    let endpoint = base_url.trim_start_matches("http://").to_owned();
    let node = tokio::task::spawn_blocking(move || {
        std::process::Command::new("node")
            .arg("aliyun_sms.mjs")
            .args([endpoint.as_str(), "LTAI5tTEST", "testAccessKeySecret", "海河热力", "SMS_100002"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/interop"))
            .output()
            .unwrap()
    });
    let output = node.await.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert_eq!(provider.inbox().unwrap().len(), 1, "{said}");
}
