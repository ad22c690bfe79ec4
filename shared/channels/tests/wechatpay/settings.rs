use crate::host::{client, secret, secret_with};
use heatpay_channels::{PaymentChannel, wechatpay::WechatpaySettings};
use heatpay_domain::payment::Scene;
use serde_json::{Value, json};

fn refusal(secret: &Value) -> String {
    let settings: WechatpaySettings = serde_json::from_value(secret.clone()).unwrap();
    let outbound = heatpay_ports::Outbound::new(std::sync::Arc::new(heatpay_ports::NoProbe)).unwrap();
    let ids = std::sync::Arc::new(heatpay_ports::RandomIds::default());
    let opened = heatpay_channels::wechatpay::Wechatpay::new(
        settings,
        "https://api.example",
        "https://us.example",
        outbound,
        ids,
    );
    opened.err().expect("the secret is refused").to_string()
}

#[test]
fn a_secret_is_never_printed() {
    let settings: WechatpaySettings = serde_json::from_value(secret()).unwrap();
    let printed = format!("{settings:?}");
    assert!(printed.contains("1900000001"));
    assert!(!printed.contains("PRIVATE KEY") && !printed.contains("0123456789abcdef"), "{printed}");
}

#[test]
fn what_is_wrong_with_a_secret_is_said() {
    for (change, said) in [
        (json!({ "apiv3_key": "short" }), "APIv3 key"),
        (json!({ "merchant_private_key": "no key" }), "merchant's private key"),
        (json!({ "public_key_id": "PUB_KEY_ID_9" }), "public_key_id"),
        (json!({ "public_keys": { "PUB_KEY_ID_9": "no key" } }), "WeChat Pay public key"),
        (json!({ "public_keys": {}, "public_key_id": null }), "no key to verify"),
        (json!({ "platform_certificates": ["no certificate"] }), "platform certificate"),
        (json!({ "mchid": "19\"" }), "mchid"),
        (json!({ "appid": "" }), "appid"),
        (json!({ "merchant_serial": "xyz" }), "merchant_serial"),
    ] {
        let refusal = refusal(&secret_with(&change));
        assert!(refusal.contains(said), "{change}: {refusal}");
    }
}

#[test]
fn wechats_page_sends_the_browser_back_to_ours() {
    let wechatpay =
        client(&secret_with(&json!({ "h5_return_url": "https://pay.example.com/paid?a=b" })), "https://host");
    let parameters = wechatpay.client_parameters(Scene::H5, "https://wx.example/h5?prepay_id=1", crate::host::now());
    let with_return = "https://wx.example/h5?prepay_id=1&redirect_url=https%3A%2F%2Fpay%2Eexample%2Ecom%2Fpaid%3Fa%3Db";
    assert_eq!(parameters["h5_url"], with_return);
}
