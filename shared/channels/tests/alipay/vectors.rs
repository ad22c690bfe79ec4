use crate::gateway::{file, form, vectors};
use heatpay_channels::alipay::{
    certificate_sn, cut, root_sn,
    signature::{AlipayKey, AppKey, notification_text, request_text},
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn app_key() -> AppKey {
    AppKey::read(&file("keys/ali_app_key.pem")).unwrap()
}

fn alipay_key() -> AlipayKey {
    AlipayKey::read(&file("keys/ali_alipay_pub.pem")).unwrap()
}

#[test]
fn requests_are_signed_byte_for_byte_like_the_official_sdk() {
    let vectors = vectors();
    for (case, parameters) in [("request_sign", "params_without_sign"), ("request_sign_fixed", "params")] {
        let case = &vectors[case];
        let parameters: BTreeMap<String, String> = serde_json::from_value(case[parameters].clone()).unwrap();
        let signed = request_text(parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        assert_eq!(signed, text(case, "string_to_sign"));
        assert_eq!(app_key().sign(signed.as_bytes()), text(case, "sign"));
    }
}

#[test]
fn a_key_is_read_from_its_bare_base64_as_well() {
    let bare = |name: &str| file(name).lines().filter(|line| !line.starts_with("---")).collect::<String>();
    let signed = AppKey::read(&bare("keys/ali_app_key.pem")).unwrap().sign(b"text");
    assert!(AlipayKey::read(&bare("keys/ali_app_pub.pem")).unwrap().verifies(b"text", &signed));
    assert!(AppKey::read("no key").is_err());
    assert!(AlipayKey::read("bm8ga2V5").is_none());
}

#[test]
fn answers_are_verified_over_their_raw_bytes() {
    let vectors = vectors();
    let cases = vectors["sync_responses"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let method = text(case, "response_key").strip_suffix("_response").unwrap();
        let inner = cut(text(case, "raw").as_bytes(), method).unwrap();
        if let Some(signed) = case["signed_substring"].as_str() {
            assert_eq!(inner.signed, signed, "{}", case["id"]);
        }
        let valid = alipay_key().verifies(inner.signed.as_bytes(), inner.sign.as_deref().unwrap());
        assert_eq!(valid, case["expect"] == "valid", "{}", case["id"]);
    }
}

#[test]
fn notifications_are_verified_over_their_values_once_decoded() {
    let vectors = vectors();
    let cases = vectors["notify"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let parameters = form(text(case, "form_body").as_bytes());
        let signed = notification_text(&parameters);
        if let Some(verified) = case["string_to_verify"].as_str() {
            assert_eq!(signed, verified, "{}", case["id"]);
        }
        let expected = case["npm_sdk_result"].as_bool().unwrap_or(case["expect"] == "valid");
        assert_eq!(alipay_key().verifies(signed.as_bytes(), &parameters["sign"]), expected, "{}", case["id"]);
    }
}

#[test]
fn certificates_have_the_serials_the_sdks_give_them() {
    let sns = &vectors()["cert_sn"];
    assert_eq!(certificate_sn(&file("keys/ali_app_cert.pem")).unwrap(), text(sns, "app_cert_sn"));
    assert_eq!(certificate_sn(&file("keys/ali_alipay_cert.pem")).unwrap(), text(sns, "alipay_cert_sn"));
    assert_eq!(root_sn(&file("keys/ali_root_bundle.pem")).unwrap(), text(sns, "alipay_root_cert_sn"));
    assert_eq!(certificate_sn("no certificate"), None);
    assert_eq!(root_sn(&file("keys/ali_app_pub.pem")), None);
}

#[test]
fn what_is_no_answer_to_the_call_is_cut_to_nothing() {
    for body in [
        "",
        "<html>系统错误</html>",
        "[]",
        "{}",
        r#"{"alipay_trade_close_response":{}}"#,
        r#"{"alipay_trade_query_response":{"code":"10000"}"#,
        r#"{"alipay_trade_query_response":{},"error_response":{}}"#,
    ] {
        assert!(cut(body.as_bytes(), "alipay.trade.query").is_none(), "{body}");
    }
}

proptest! {
    /// Whatever stands in a string — braces, quotes, the word "sign" — the inner object comes out as it went in.
    #[test]
    fn strings_never_mislead_the_knife(value in any::<String>(), spaces in "[ \\t\\n]{0,3}") {
        let inner = serde_json::json!({ "code": "10000", "subject": value, "more": { "sign": "}" } }).to_string();
        let body = format!("{spaces}{{{spaces}\"alipay_trade_query_response\"{spaces}:{spaces}{inner}{spaces},\"sign\":\"s\"}}");
        let cut = cut(body.as_bytes(), "alipay.trade.query").unwrap();
        prop_assert_eq!(cut.signed, inner);
        prop_assert_eq!(cut.sign.as_deref(), Some("s"));
    }
}
