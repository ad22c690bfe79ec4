//! The certificate mode.

use crate::gateway::{Answer, Gateway, NUMBER, client, file, form, now, order, secret_with, signed_by, vectors};
use base64::{Engine, engine::general_purpose::STANDARD};
use heatpay_channels::{
    ChannelError, Notification, PaymentChannel,
    alipay::{Alipay, AlipaySettings, certificate_sn},
};
use heatpay_domain::payment::Scene;
use heatpay_ports::{NoProbe, Outbound};
use http::HeaderMap;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256, SerialNumber};
use serde_json::{Value, json};
use std::sync::Arc;

const DOWNLOAD: &str = "alipay.open.app.alipaycert.download";

/// The merchant with certificates; `alipay` is the certificate he knows beforehand.
fn certified(alipay: &str) -> Value {
    secret_with(&json!({
        "alipay_public_key": null, "app_certificate": file("keys/ali_app_cert.pem"),
        "alipay_certificate": alipay, "root_certificates": file("keys/ali_root_bundle.pem"),
    }))
}

fn own() -> String {
    file("keys/ali_alipay_cert.pem") + &file("keys/ali_ca_cert.pem")
}

fn created(sn: &str) -> Answer {
    let inner = json!({ "code": "10000", "out_trade_no": NUMBER, "trade_no": "2026010122001400001" }).to_string();
    let sign = signed_by("keys/ali_alipay_key.pem", &inner);
    let body = format!(r#"{{"alipay_trade_create_response":{inner},"alipay_cert_sn":"{sn}","sign":"{sign}"}}"#);
    Answer::Says(200, body.into_bytes())
}

fn brought(pem: &str) -> Answer {
    let inner = json!({ "code": "10000", "alipay_cert_content": STANDARD.encode(pem) });
    let body = json!({ "alipay_open_app_alipaycert_download_response": inner, "sign": "with the new one" });
    Answer::Says(200, body.to_string().into_bytes())
}

fn alipay_sn() -> String {
    vectors()["cert_sn"]["alipay_cert_sn"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_call_names_both_certificates_and_answers_are_verified_with_the_one_they_name() {
    let gateway = Gateway::answering([created(&alipay_sn())]).await;
    let merchant = client(&certified(&own()), &gateway.base_url);
    assert!(merchant.place_order(&order(Scene::Jsapi), now()).await.is_ok());
    let asked = &gateway.asked()[0].query;
    let sns = &vectors()["cert_sn"];
    assert_eq!(json!(asked["app_cert_sn"]), sns["app_cert_sn"]);
    assert_eq!(json!(asked["alipay_root_cert_sn"]), sns["alipay_root_cert_sn"]);
}

#[tokio::test]
async fn notifications_are_verified_with_the_certificates_key() {
    let body = vectors()["notify"][0]["form_body"].as_str().unwrap().to_owned();
    let merchant = client(&certified(&own()), "http://127.0.0.1:9");
    let read = merchant.read_notification(&HeaderMap::new(), body.as_bytes(), now()).await;
    assert!(matches!(read, Ok(Notification::Paid(_))), "{read:?}");
    assert!(!form(body.as_bytes()).contains_key("alipay_cert_sn"));
}

/// A root, an authority below it and certificates of Alipay's: the one known beforehand and the one after it.
struct Chain {
    root: String,
    authority: String,
    before: String,
    after: String,
}

fn certificate(name: &str, organisation: &str, serial: u64) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.serial_number = Some(SerialNumber::from(serial));
    parameters.distinguished_name.push(DnType::CountryName, "CN");
    parameters.distinguished_name.push(DnType::OrganizationName, organisation);
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}

impl Chain {
    fn new(authority_may_issue: bool, organisation_after: &str) -> Self {
        let key = |name: &str| {
            KeyPair::from_pkcs8_pem_and_sign_algo(&file(&format!("keys/{name}.pem")), &PKCS_RSA_SHA256).unwrap()
        };
        let (root_key, authority_key, alipay_key) = (key("ali_root_key"), key("ali_ca_key"), key("ali_alipay_key"));
        let mut root = certificate("root", "Test Financial", 1);
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root_pem = root.self_signed(&root_key).unwrap().pem();
        let mut authority = certificate("authority", "Test Financial", 2);
        authority.is_ca =
            if authority_may_issue { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
        let by_root = Issuer::new(root, root_key);
        let authority_pem = authority.signed_by(&authority_key, &by_root).unwrap().pem();
        let by_authority = Issuer::new(authority, authority_key);
        let leaf = |organisation: &str, serial: u64| {
            certificate("alipay", organisation, serial).signed_by(&alipay_key, &by_authority).unwrap().pem()
        };
        Self { root: root_pem, authority: authority_pem, before: leaf("Alipay", 3), after: leaf(organisation_after, 4) }
    }

    /// The merchant who knows the certificate before.
    fn secret(&self) -> Value {
        secret_with(&json!({
            "alipay_public_key": null, "app_certificate": file("keys/ali_app_cert.pem"),
            "alipay_certificate": self.before, "root_certificates": self.root,
        }))
    }
}

#[tokio::test]
async fn a_new_certificate_is_fetched_once_and_believed_for_its_chain() {
    let chain = Chain::new(true, "Alipay");
    let sn = certificate_sn(&chain.after).unwrap();
    let gateway =
        Gateway::answering([created(&sn), brought(&(chain.after.clone() + &chain.authority)), created(&sn)]).await;
    let merchant = client(&chain.secret(), &gateway.base_url);
    for _ in 0..2 {
        merchant.place_order(&order(Scene::Jsapi), now()).await.unwrap();
    }
    assert_eq!(gateway.methods(), ["alipay.trade.create", DOWNLOAD, "alipay.trade.create"]);
}

#[tokio::test]
async fn a_certificate_without_a_chain_to_the_root_is_not_believed() {
    let (good, other) = (Chain::new(true, "Alipay"), Chain::new(true, "Another merchant"));
    let no_authority = Chain::new(false, "Alipay");
    for (why, chain, between) in [
        ("nobody between it and the root", &good, String::new()),
        ("another organisation's", &other, other.authority.clone()),
        ("issued by a merchant", &no_authority, no_authority.authority.clone()),
    ] {
        let sn = certificate_sn(&chain.after).unwrap();
        let gateway = Gateway::answering([created(&sn), brought(&(chain.after.clone() + &between))]).await;
        let merchant = client(&chain.secret(), &gateway.base_url);
        let placed = merchant.place_order(&order(Scene::Jsapi), now()).await;
        assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{why}: {placed:?}");
        gateway.then(created(&sn));
        assert!(merchant.place_order(&order(Scene::Jsapi), now()).await.is_err());
        assert_eq!(
            gateway.methods(),
            ["alipay.trade.create", DOWNLOAD, "alipay.trade.create"],
            "not asked again at once"
        );
    }
}

#[tokio::test]
async fn nobody_is_asked_for_what_is_no_serial() {
    let chain = Chain::new(true, "Alipay");
    let sn = certificate_sn(&chain.before).unwrap();
    let gateway = Gateway::answering([created("not a serial"), created(&alipay_sn()), brought(&chain.before)]).await;
    let merchant = client(&chain.secret(), &gateway.base_url);
    assert!(merchant.place_order(&order(Scene::Jsapi), now()).await.is_err());
    assert_eq!(gateway.methods(), ["alipay.trade.create"]);
    assert!(merchant.place_order(&order(Scene::Jsapi), now()).await.is_err(), "another serial came than was asked for");
    gateway.then(created(&sn));
    assert!(merchant.place_order(&order(Scene::Jsapi), now()).await.is_ok());
}

#[test]
fn settings_are_of_one_mode() {
    let build = |secret: Value| {
        let settings: AlipaySettings = serde_json::from_value(secret).unwrap();
        let outbound = Outbound::new(Arc::new(NoProbe)).unwrap();
        Alipay::new(settings, "http://127.0.0.1:9", "https://pay.example.com/callbacks/alipay", outbound)
    };
    assert!(build(secret_with(&json!({}))).is_ok());
    assert!(build(certified(&own())).is_ok());
    for change in [
        json!({ "alipay_public_key": null }),
        json!({ "alipay_public_key": "no key" }),
        json!({ "app_private_key": "no key" }),
        json!({ "app_id": "wx" }),
        json!({ "seller_id": "1234000000000001" }),
        json!({ "op_app_id": "1" }),
        json!({ "app_certificate": file("keys/ali_app_cert.pem"), "alipay_certificate": own(),
            "root_certificates": file("keys/ali_root_bundle.pem") }),
    ] {
        assert!(build(secret_with(&change)).is_err(), "{change}");
    }
    assert!(build(certified("no certificate")).is_err());
}
