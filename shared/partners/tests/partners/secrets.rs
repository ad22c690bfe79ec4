use heatpay_partners::{einvoice::baiwang::BaiwangSettings, sms::aliyun::AliyunSmsSettings, weixin::WeixinSettings};
use serde_json::json;

#[test]
fn printing_the_settings_shows_no_secret() {
    let baiwang: BaiwangSettings = serde_json::from_value(json!({
        "app_key": "1000000", "app_secret": "s3cret", "username": "heat", "password": "s3cret", "salt": "s3cret",
        "tax_no": "91210100MA0TEST001", "terminal_code": "drawer", "drawer": "王五",
    }))
    .unwrap();
    let aliyun: AliyunSmsSettings = serde_json::from_value(json!({
        "access_key_id": "LTAI", "access_key_secret": "s3cret", "security_token": "s3cret", "sign_name": "某某热力",
    }))
    .unwrap();
    let weixin: WeixinSettings = serde_json::from_value(json!({ "appid": "wx1", "secret": "s3cret" })).unwrap();
    let printed = format!("{baiwang:?} {aliyun:?} {weixin:?}");
    assert!(printed.contains("91210100MA0TEST001") && printed.contains("LTAI") && printed.contains("wx1"));
    assert!(!printed.contains("s3cret"), "{printed}");
}
