use crate::host::{client, file, secret, secret_with};
use heatpay_channels::{
    PaymentChannel,
    unionpay::{Unionpay, UnionpaySettings},
};
use heatpay_domain::payment::Scene;
use serde_json::{Value, json};
use std::sync::Arc;

fn open(secret: &Value) -> Result<Unionpay, String> {
    let settings: UnionpaySettings = serde_json::from_value(secret.clone()).unwrap();
    let outbound = heatpay_ports::Outbound::new(Arc::new(heatpay_ports::NoProbe)).unwrap();
    Unionpay::new(settings, None, None, "https://us.example/callbacks/unionpay", outbound).map_err(|e| e.to_string())
}

#[test]
fn a_secret_is_never_printed() {
    let settings: UnionpaySettings = serde_json::from_value(secret()).unwrap();
    let printed = format!("{settings:?}");
    assert!(printed.contains("777290058110097"));
    assert!(!printed.contains("PRIVATE KEY"), "{printed}");
}

#[test]
fn what_is_wrong_with_a_secret_is_said() {
    for (change, said) in [
        (json!({ "mer_id": "7772900581100" }), "mer_id"),
        (json!({ "cert_id": "1012496558" }), ""),
        (json!({ "cert_id": "1A2B3C4D5E" }), "cert_id"),
        (json!({ "merchant_private_key": "no key" }), "merchant's private key"),
        (json!({ "root_certificates": "" }), "root certificate"),
        (json!({ "middle_certificates": file("keys/up_gw_cert.pem") }), "middle certificate"),
    ] {
        let refusal = open(&secret_with(&change)).err().unwrap_or_default();
        assert!(refusal.contains(said) && refusal.is_empty() == said.is_empty(), "{change}: {refusal}");
    }
}

#[tokio::test]
async fn each_environment_has_hosts_of_its_own() {
    for (environment, host) in [("production", "https://gateway.95516.com"), ("test", "https://gateway.test.95516.com")]
    {
        let unionpay = open(&secret_with(&json!({ "environment": environment }))).unwrap();
        let parameters = unionpay.client_parameters(Scene::H5, "{}", crate::host::now());
        assert_eq!(parameters["form_action"], format!("{host}/gateway/api/frontTransReq.do"));
    }
}

#[test]
fn a_broken_handle_makes_no_form() {
    let unionpay = client(&secret(), "https://host");
    assert!(unionpay.client_parameters(Scene::Page, "not a form", crate::host::now()).is_empty());
}
