use crate::host::{client, file, now, secret, secret_with, vectors};
use heatpay_channels::{
    NotificationError, PaymentChannel,
    unionpay::{
        fields::Fields,
        signature::{MerchantKey, hashed},
    },
};
use serde_json::{Value, json};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn cases(of: &str) -> Vec<Value> {
    vectors()[of].as_array().unwrap().clone()
}

#[test]
fn requests_are_signed_byte_for_byte_as_unionpays_demo_does() {
    let key = MerchantKey::from_pem(&file("keys/up_merchant_key.pem")).unwrap();
    let cases = cases("requests");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let parameters = case["params"].as_object().unwrap();
        let fields = Fields::new(parameters.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())));
        assert_eq!(fields.signed_text(), text(&case, "string_to_sign"), "{}", case["id"]);
        assert_eq!(hashed(&fields), text(&case, "sha256_hex"), "{}", case["id"]);
        assert_eq!(key.sign(fields).get("signature"), case["signature"].as_str(), "{}", case["id"]);
    }
}

#[test]
fn answers_are_read_as_they_come_without_decoding() {
    let cases = cases("responses");
    assert_eq!(cases.len(), 9);
    for case in cases {
        let fields = Fields::of_answer(text(&case, "raw_body")).unwrap();
        // The vectors have what was signed, before one was tampered with.
        let untouched = case["id"] != "tampered";
        assert_eq!(fields.signed_text() == text(&case, "string_to_verify"), untouched, "{}", case["id"]);
        assert_eq!(hashed(&fields) == text(&case, "sha256_hex"), untouched, "{}", case["id"]);
        assert_eq!(fields.get("signature"), case["signature"].as_str(), "{}", case["id"]);
    }
}

/// The same messages as notifications, which pass the same check first: what is signed by UnionPay gets beyond it.
#[tokio::test]
async fn signatures_and_certificates_are_told_from_forgeries() {
    let production = client(&secret(), "http://127.0.0.1:9");
    let test = client(&secret_with(&json!({ "environment": "test" })), "http://127.0.0.1:9");
    for case in cases("responses") {
        let form = Fields::of_answer(text(&case, "raw_body")).unwrap().form();
        for (environment, unionpay, good) in [
            ("production", &production, text(&case, "expect") == "valid"),
            ("test", &test, text(&case, "expect").starts_with("valid")),
        ] {
            let read = unionpay.read_notification(&http::HeaderMap::new(), form.as_bytes(), now()).await;
            let forged = matches!(read, Err(NotificationError::NotAuthentic(_)));
            assert_eq!(forged, !good, "{environment} {}: {read:?}", case["id"]);
        }
    }
}

#[test]
fn a_notification_is_an_ordinary_form() {
    let case = &cases("notify")[0];
    let fields = Fields::of_form(text(case, "form_body").as_bytes()).unwrap();
    assert_eq!(fields.signed_text(), text(case, "string_to_verify"));
    assert_eq!(fields.get("signature"), case["signature"].as_str());
    assert_eq!(fields.get("reqReserved"), None, "it is there and empty");
}

#[test]
fn brackets_hold_what_would_otherwise_end_a_value() {
    let fields = Fields::of_answer("a={b=1&c=[2&3]}&d=[x&y]z&e={never closed&f==&g=").unwrap();
    assert_eq!(fields.get("a"), Some("{b=1&c=[2&3]}"));
    assert_eq!(fields.get("d"), Some("[x&y]z"));
    assert_eq!((fields.get("e"), fields.get("f"), fields.get("g")), (Some("{never closed"), Some("="), None));
    for broken in ["a", "a=1&b", "a=1&a=2"] {
        assert_eq!(Fields::of_answer(broken), None, "{broken}");
    }
}
