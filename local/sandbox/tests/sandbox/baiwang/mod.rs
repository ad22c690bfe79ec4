//! Our e-invoice client against the platform: issuing, reversing, and the door they go through.

mod door;
mod issuing;
mod reversing;

use crate::street::{CountedIds, SetClock, outbound, serve};
use heatpay_domain::{
    Fen, InvoiceNo,
    invoice::{InvoiceTitle, TaxTreatment, tax_in},
};
use heatpay_partners::{
    PartnerError,
    einvoice::{
        EInvoicePlatform, InvoiceKind, InvoiceLine, InvoiceOrder, InvoiceState, IssuedInvoice, Submission,
        baiwang::Baiwang as Client,
    },
};
use heatpay_ports::{Clock, Ids};
use heatpay_sandbox::baiwang::{Baiwang, BaiwangAccount, Issuing};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};

struct Rig {
    clock: Arc<SetClock>,
    ids: Arc<dyn Ids>,
    platform: Baiwang,
    base_url: String,
    client: Client,
}

fn account() -> BaiwangAccount {
    BaiwangAccount {
        app_key: "1000000".to_owned(),
        app_secret: "223e4567e89b12d3a456426614174000".to_owned(),
        username: "heat".to_owned(),
        password: "Passw0rd!".to_owned(),
        salt: "abc123".to_owned(),
        tax_no: "91120100MA0TEST001".to_owned(),
        seller_name: "海河热力有限公司".to_owned(),
        terminal_code: "drawer-1".to_owned(),
    }
}

fn client(base_url: &str, ids: Arc<dyn Ids>, more: Value) -> Client {
    let mut secret = json!({
        "app_key": "1000000", "app_secret": "223e4567e89b12d3a456426614174000", "username": "heat",
        "password": "Passw0rd!", "salt": "abc123", "tax_no": "91120100MA0TEST001", "terminal_code": "drawer-1",
        "drawer": "王五",
    });
    secret.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Client::new(serde_json::from_value(secret).unwrap(), base_url, outbound(), ids)
}

impl Rig {
    async fn new() -> Self {
        Self::kept_in(None, Arc::new(CountedIds::default())).await
    }

    async fn kept_in(file: Option<&Path>, ids: Arc<dyn Ids>) -> Self {
        let clock = SetClock::at("2026-11-20T02:00:00Z");
        let platform = Baiwang::open(account(), file, clock.clone(), ids.clone()).unwrap();
        let base_url = serve(platform.router()).await;
        let client = client(&base_url, ids.clone(), json!({}));
        Self { clock, ids, platform, base_url, client }
    }

    async fn issue(&self, order: &InvoiceOrder) -> Result<Submission, PartnerError> {
        self.client.issue(order, self.clock.now()).await
    }

    async fn state(&self, order_no: &str) -> InvoiceState {
        self.client.query(order_no, self.clock.now()).await.unwrap()
    }

    async fn issued(&self, order_no: &str) -> IssuedInvoice {
        match self.state(order_no).await {
            InvoiceState::Issued(invoice) => *invoice,
            other => panic!("{order_no} is not issued: {other:?}"),
        }
    }

    /// An issued invoice of 2,238.00.
    async fn an_issued_invoice(&self) -> IssuedInvoice {
        self.platform.set_issuing(&Issuing::Works { after_seconds: 0 }).unwrap();
        self.issue(&resident_order()).await.unwrap();
        self.issued("I01TEST0001").await
    }
}

fn line(amount: i64, treatment: TaxTreatment) -> InvoiceLine {
    InvoiceLine {
        name: "2026-2027采暖季供热费".to_owned(),
        tax_code: "1100102010100000000".to_owned(),
        unit: Some("平方米".to_owned()),
        quantity: Some("89.52".parse().unwrap()),
        amount: Fen(amount),
        treatment,
        tax: tax_in(Fen(amount), treatment),
    }
}

/// A resident's: exempt, a natural person.
fn resident_order() -> InvoiceOrder {
    InvoiceOrder {
        order_no: InvoiceNo::parse("I01TEST0001").unwrap(),
        ordered_at: "2026-11-20T02:00:00Z".parse().unwrap(),
        kind: InvoiceKind::General,
        title: InvoiceTitle { name: "张三".to_owned(), tax_no: None, email: Some("z@example.com".to_owned()) },
        lines: vec![line(223_800, TaxTreatment::Exempt)],
        remarks: "海河家园3号楼2单元501 户号1001 2026-2027采暖季 89.52平方米".to_owned(),
    }
}

/// A shop's: two taxed lines, a company.
fn company_order(order_no: &str) -> InvoiceOrder {
    let taxed = TaxTreatment::Taxed { rate_ppm: 90_000 };
    InvoiceOrder {
        order_no: InvoiceNo::parse(order_no).unwrap(),
        title: InvoiceTitle {
            name: "海河餐饮有限公司".to_owned(),
            tax_no: Some("91120100MA0SHOP002".to_owned()),
            email: None,
        },
        lines: vec![line(358_080, taxed), InvoiceLine { quantity: None, unit: None, ..line(1_007, taxed) }],
        ..resident_order()
    }
}

fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-1.7") && bytes.ends_with(b"%%EOF")
}
