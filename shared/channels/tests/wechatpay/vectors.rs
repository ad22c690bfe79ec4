use crate::host::{file, vectors};
use heatpay_channels::wechatpay::{
    resource::Resource,
    signature::{MerchantKey, PublicKey, answer_message, authorization, pay_message, request_message},
};
use serde_json::{Value, json};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn merchant_key() -> MerchantKey {
    MerchantKey::from_pem(&file("keys/wx_merchant_key.pem")).unwrap()
}

#[test]
fn requests_are_signed_byte_for_byte_like_the_sdk() {
    let vectors = vectors();
    let cases = vectors["request_auth"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let timestamp = text(case, "timestamp").parse().unwrap();
        let (nonce, body) = (text(case, "nonce"), text(case, "body"));
        let message = request_message(text(case, "method"), text(case, "url_path_query"), timestamp, nonce, body);
        assert_eq!(message, text(case, "message"));
        let signature = merchant_key().sign(message.as_bytes());
        assert_eq!(signature, text(case, "signature"), "{}", case["id"]);
        let (mchid, serial) = (text(&vectors, "mchid"), text(&vectors, "merchant_serial"));
        assert_eq!(authorization(mchid, serial, timestamp, nonce, &signature), text(case, "authorization"));
    }
}

#[test]
fn client_parameters_are_signed_byte_for_byte_like_the_sdk() {
    let vectors = vectors();
    for case in vectors["pay_sign"].as_array().unwrap() {
        let (timestamp, nonce) = (text(case, "timeStamp"), text(case, "nonceStr"));
        let message = pay_message(text(case, "appId"), timestamp, nonce, text(case, "package"));
        assert_eq!(message, text(case, "message"));
        assert_eq!(merchant_key().sign(message.as_bytes()), text(case, "paySign"), "{}", case["id"]);
    }
}

#[test]
fn signatures_of_answers_are_told_from_forgeries() {
    let vectors = vectors();
    let cases = vectors["response_signature"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let pem =
            if text(case, "serial") == text(&vectors, "pub_key_id") { "wx_pubkey_pub" } else { "wx_platform_pub" };
        let key = PublicKey::from_pem(&file(&format!("keys/{pem}.pem"))).unwrap();
        let message = answer_message(text(case, "timestamp"), text(case, "nonce"), text(case, "body").as_bytes());
        assert_eq!(key.verifies(&message, text(case, "signature")), case["expect"] == "valid", "{}", case["id"]);
    }
}

#[test]
fn the_official_go_sdks_signature_is_verified() {
    let official: Value = serde_json::from_str(&file("official.json")).unwrap();
    let case = &official["wechatpay_go_rsa"];
    let key = PublicKey::from_pem(text(case, "public_key")).unwrap();
    assert!(key.verifies(text(case, "message").as_bytes(), text(case, "signature")));
    assert!(!key.verifies(b"Source", text(case, "signature")));
}

#[test]
fn resources_open_only_with_their_tag_and_associated_data() {
    let vectors = vectors();
    for case in vectors["aes_gcm"].as_array().unwrap() {
        let resource: Resource = serde_json::from_value(json!({
            "algorithm": "AEAD_AES_256_GCM", "nonce": case["nonce"], "associated_data": case["aad"],
            "ciphertext": case["ciphertext"],
        }))
        .unwrap();
        let plain = resource.open(text(&vectors, "apiv3_key")).map(|plain| String::from_utf8(plain).unwrap());
        assert_eq!(plain.as_deref(), case["plaintext"].as_str(), "{}", case["id"]);
        let other = Resource { algorithm: "AEAD_SM4_GCM".to_owned(), ..resource };
        assert_eq!(other.open(text(&vectors, "apiv3_key")), None);
    }
}

#[test]
fn notifications_and_certificates_open_to_what_the_sdk_encrypted() {
    let vectors = vectors();
    let opened = |resource: &Value| {
        let resource: Resource = serde_json::from_value(resource.clone()).unwrap();
        String::from_utf8(resource.open(text(&vectors, "apiv3_key")).unwrap()).unwrap()
    };
    let body = |case: &Value| serde_json::from_str::<Value>(text(case, "body")).unwrap();
    let notifications = vectors["notifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 3);
    for case in notifications {
        assert_eq!(opened(&body(case)["resource"]), text(case, "plaintext"));
    }
    let certificates = &vectors["certificates"];
    let certificate = opened(&body(certificates)["data"][0]["encrypt_certificate"]);
    assert_eq!(certificate, file(text(certificates, "decrypts_to")));
}

/// The official vector has a key of 16 bytes: AES-128, which WeChat Pay does not use.
#[test]
fn a_short_key_opens_nothing() {
    let official: Value = serde_json::from_str(&file("official.json")).unwrap();
    let case = &official["wechatpay_go_gcm"];
    let resource: Resource = serde_json::from_value(json!({
        "algorithm": "AEAD_AES_256_GCM", "nonce": case["nonce"], "associated_data": case["aad"],
        "ciphertext": case["ciphertext"],
    }))
    .unwrap();
    assert_eq!(resource.open(text(case, "key")), None);
}
