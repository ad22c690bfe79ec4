use super::{Rig, client, company_order, is_pdf, line, resident_order};
use crate::street::CountedIds;
use heatpay_domain::{Fen, invoice::TaxTreatment};
use heatpay_partners::{
    PartnerError,
    einvoice::{EInvoicePlatform, FileKind, InvoiceKind, InvoiceOrder, InvoiceState, Submission},
};
use heatpay_ports::Clock;
use heatpay_sandbox::baiwang::Issuing;
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn an_order_is_taken_issued_a_while_later_and_its_files_fetched() {
    let rig = Rig::new().await;
    assert_eq!(rig.state("I01TEST0001").await, InvoiceState::Unknown);
    let submission = rig.issue(&resident_order()).await.unwrap();
    assert!(matches!(submission, Submission::Accepted { .. }), "{submission:?}");
    assert_eq!(rig.state("I01TEST0001").await, InvoiceState::Issuing);

    rig.clock.seconds(3);
    let invoice = rig.issued("I01TEST0001").await;
    assert_eq!(invoice.invoice_no.len(), 20);
    assert_eq!((invoice.amount, invoice.tax), (Some(Fen(223_800)), Some(Fen(0))));
    assert_eq!(invoice.issued_at, Some("2026-11-20T02:00:03Z".parse().unwrap()));

    let pdf = rig.client.fetch_file(invoice.pdf_url.as_deref().unwrap(), FileKind::Pdf).await.unwrap();
    assert!(is_pdf(&pdf));
    let xml = rig.client.fetch_file(invoice.xml_url.as_deref().unwrap(), FileKind::Xml).await.unwrap();
    assert!(String::from_utf8(xml.to_vec()).unwrap().contains("<TotalPriceTax>2238.00</TotalPriceTax>"));
}

#[tokio::test]
async fn a_company_gets_general_and_special_invoices_with_tax() {
    let rig = Rig::new().await;
    rig.platform.set_issuing(&Issuing::Works { after_seconds: 0 }).unwrap();
    rig.issue(&company_order("I01TEST0002")).await.unwrap();
    rig.issue(&InvoiceOrder { kind: InvoiceKind::Special, ..company_order("I01TEST0003") }).await.unwrap();
    for order_no in ["I01TEST0002", "I01TEST0003"] {
        let invoice = rig.issued(order_no).await;
        // 3,580.80 and 10.07 at 9 %: 295.66 and 0.83.
        assert_eq!((invoice.amount, invoice.tax), (Some(Fen(359_087)), Some(Fen(29_649))), "{order_no}");
    }
}

#[tokio::test]
async fn the_same_order_twice_is_one_invoice() {
    let rig = Rig::new().await;
    rig.issue(&resident_order()).await.unwrap();
    let again = rig.issue(&resident_order()).await.unwrap();
    assert_eq!(again, Submission::AlreadyThere(InvoiceState::Issuing));
    assert_eq!(rig.platform.invoices().unwrap().len(), 1);
}

#[tokio::test]
async fn a_drawer_whose_login_lapsed_is_told_apart_and_the_order_retried() {
    let rig = Rig::new().await;
    rig.platform.set_issuing(&Issuing::NeedsLogin).unwrap();
    rig.issue(&resident_order()).await.unwrap();
    rig.clock.seconds(3);
    let state = rig.state("I01TEST0001").await;
    assert!(matches!(state, InvoiceState::NeedsLogin { .. }), "{state:?}");

    rig.platform.set_issuing(&Issuing::Works { after_seconds: 0 }).unwrap();
    rig.client.retry("I01TEST0001", rig.clock.now()).await.unwrap();
    rig.issued("I01TEST0001").await;
}

#[tokio::test]
async fn a_failure_keeps_the_platforms_words() {
    let rig = Rig::new().await;
    rig.platform.set_issuing(&Issuing::Fails { message: "购方名称含有非法字符".to_owned() }).unwrap();
    rig.issue(&resident_order()).await.unwrap();
    rig.clock.seconds(3);
    let message = "购方名称含有非法字符".to_owned();
    assert_eq!(rig.state("I01TEST0001").await, InvoiceState::Failed { message });
}

#[tokio::test]
async fn an_unknown_terminal_is_a_setting_too() {
    let rig = Rig::new().await;
    let refused = client(&rig.base_url, rig.ids.clone(), json!({ "terminal_code": "other" }))
        .issue(&resident_order(), rig.clock.now())
        .await;
    assert!(matches!(&refused, Err(PartnerError::Misconfigured { code, .. }) if code == "20020"), "{refused:?}");
}

#[tokio::test]
async fn cents_that_do_not_add_up_are_refused() {
    let rig = Rig::new().await;
    let mut order = company_order("I01TEST0002");
    order.lines[0].tax = Fen(order.lines[0].tax.0 + 2);
    let refused = rig.issue(&order).await;
    assert!(
        matches!(&refused, Err(PartnerError::Refused { message, .. }) if message.contains("税额误差")),
        "{refused:?}"
    );
    order.lines[0].tax = Fen(order.lines[0].tax.0 - 1);
    rig.issue(&order).await.unwrap();
}

#[tokio::test]
async fn exempt_sales_get_no_special_invoice() {
    let rig = Rig::new().await;
    let order = InvoiceOrder {
        kind: InvoiceKind::Special,
        lines: vec![line(100, TaxTreatment::Exempt)],
        ..company_order("I01TEST0002")
    };
    let refused = rig.issue(&order).await;
    assert!(matches!(refused, Err(PartnerError::Refused { .. })), "{refused:?}");
    assert!(rig.platform.invoices().unwrap().is_empty());
}

#[tokio::test]
async fn a_file_is_fetched_only_from_the_platform_and_only_if_it_is_one() {
    let rig = Rig::new().await;
    let invoice = rig.an_issued_invoice().await;
    let elsewhere = rig.client.fetch_file("http://169.254.169.254/latest/meta-data", FileKind::Pdf).await;
    assert!(matches!(&elsewhere, Err(PartnerError::Refused { code, .. }) if code == "foreign_host"), "{elsewhere:?}");
    let other_kind = rig.client.fetch_file(invoice.xml_url.as_deref().unwrap(), FileKind::Pdf).await;
    assert!(matches!(&other_kind, Err(PartnerError::Refused { code, .. }) if code == "not_the_file"), "{other_kind:?}");
    let gone = rig.client.fetch_file(&format!("{}/files/0/0.pdf", rig.base_url), FileKind::Pdf).await;
    assert!(matches!(gone, Err(PartnerError::TryLater { .. })), "{gone:?}");
}

#[tokio::test]
async fn what_the_platform_knows_survives_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("partners.sqlite");
    let before = Rig::kept_in(Some(&file), Arc::new(CountedIds::default())).await;
    before.issue(&resident_order()).await.unwrap();
    let after = Rig::kept_in(Some(&file), before.ids.clone()).await;
    after.clock.seconds(3);
    after.issued("I01TEST0001").await;
}
