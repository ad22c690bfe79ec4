use crate::host::{Answer, Host, client, now, says, secret, shows, sign, vector, vectors};
use heatpay_channels::{
    Notification, NotificationError, PaymentChannel, RefundState,
    unionpay::{Unionpay, fields::Fields},
};
use heatpay_domain::{Channel, EvidenceSource, Fen};
use http::HeaderMap;
use proptest::prelude::*;
use std::sync::LazyLock;

const ORDER: &str = "P20260101000001";

/// The vectors' notification.
static FORM: LazyLock<String> = LazyLock::new(|| vectors()["notify"][0]["form_body"].as_str().unwrap().to_owned());

async fn read(script: impl IntoIterator<Item = Answer>, form: &str) -> Result<Notification, NotificationError> {
    let host = Host::answering(script).await;
    client(&secret(), &host.base_url).read_notification(&HeaderMap::new(), form.as_bytes(), now()).await
}

/// A payment's notification, with some fields changed.
fn paid(changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("txnType", "01"),
        ("orderId", ORDER),
        ("txnTime", "20260101080000"),
        ("respCode", "00"),
        ("queryId", "262601010800000000018"),
        ("txnAmt", "223800"),
        ("currencyCode", "156"),
    ];
    fields.extend(changes);
    sign(&fields).form()
}

#[tokio::test]
async fn a_payments_notification_becomes_evidence_once_a_query_confirms_it() {
    let Ok(Notification::Paid(evidence)) = read([Answer::Says(200, vector("query_success"))], &FORM).await else {
        panic!("it is a payment")
    };
    assert_eq!((evidence.channel, evidence.source), (Channel::Unionpay, EvidenceSource::Callback));
    assert_eq!((evidence.merchant.as_str(), evidence.payment_no.as_str()), ("777290058110097", "HF20260101000001"));
    assert_eq!((evidence.amount, evidence.channel_txn.as_str()), (Fen(123_456), "262601010800000000018"));
    assert_eq!(evidence.paid_at.to_string(), "2026-01-01T00:00:05Z");
}

#[tokio::test]
async fn what_a_query_does_not_confirm_yet_is_to_be_sent_again() {
    for answer in [
        Answer::Says(200, vector("query_pending")),
        Answer::Says(503, String::new()),
        Answer::Says(200, vector("tampered")),
        Answer::BreaksConnection,
    ] {
        let read = read([answer], &FORM).await;
        assert!(matches!(read, Err(NotificationError::TryLater(_))), "{read:?}");
    }
}

#[tokio::test]
async fn what_a_query_denies_is_no_money() {
    let denied = read([Answer::Says(200, vector("query_not_found"))], &FORM).await;
    assert!(matches!(denied, Err(NotificationError::NotForUs(_))), "{denied:?}");
    for shown in [[("txnAmt", "223801")], [("queryId", "262601010800000000019")], [("origRespCode", "01")]] {
        let denied = read([shows(ORDER, &shown)], &paid(&[])).await;
        assert!(matches!(denied, Err(NotificationError::NotForUs(_))), "{shown:?}: {denied:?}");
    }
}

#[tokio::test]
async fn what_is_signed_but_not_for_us_is_not_even_asked_about() {
    for change in [("merId", "777290058110048"), ("currencyCode", "840"), ("txnType", "99"), ("orderId", "")] {
        let host = Host::answering([shows(ORDER, &[])]).await;
        let unionpay = client(&secret(), &host.base_url);
        let read = unionpay.read_notification(&HeaderMap::new(), paid(&[change]).as_bytes(), now()).await;
        assert!(matches!(read, Err(NotificationError::NotForUs(_))), "{change:?}: {read:?}");
        assert!(host.asked().is_empty(), "{change:?}");
    }
}

#[tokio::test]
async fn a_forged_notification_makes_us_ask_nobody() {
    let host = Host::answering([]).await;
    let unionpay = client(&secret(), &host.base_url);
    for (why, form) in [
        ("another amount", FORM.replace("txnAmt=123456", "txnAmt=1")),
        ("a field more", format!("{}&x=1", *FORM)),
        ("a field twice", format!("{}&txnAmt=123456", *FORM)),
        ("no signature", FORM.replace("&signature=", "&signatur=")),
        ("nothing", String::new()),
        ("another's certificate", Fields::of_answer(&vector("wrong_cn")).unwrap().form()),
    ] {
        let read = unionpay.read_notification(&HeaderMap::new(), form.as_bytes(), now()).await;
        assert!(matches!(read, Err(NotificationError::NotAuthentic(_))), "{why}: {read:?}");
    }
    assert!(host.asked().is_empty());
}

#[tokio::test]
async fn a_refunds_notification_says_which_to_ask_about() {
    for (txn_type, code) in [("04", "00"), ("31", "00"), ("04", "05")] {
        let notice = paid(&[
            ("txnType", txn_type),
            ("orderId", "RF20260101000001"),
            ("respCode", code),
            ("txnAmt", "100"),
            ("traceTime", "0101080005"),
        ]);
        let Ok(Notification::Refund { refund_no, state }) = read([], &notice).await else { panic!("it is a refund") };
        assert_eq!(refund_no, "RF20260101000001");
        match state {
            RefundState::Succeeded(money) => assert_eq!((code, money.amount), ("00", Fen(100))),
            RefundState::Processing => assert_eq!(code, "05"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn money_that_came_too_late_is_money() {
    let late = read([shows(ORDER, &[("origRespCode", "42")])], &paid(&[("respCode", "42")])).await;
    assert!(matches!(late, Ok(Notification::Paid(_))), "{late:?}");
    let failed = read([says(&[("respCode", "34")])], &paid(&[("respCode", "42")])).await;
    assert!(matches!(failed, Err(NotificationError::NotForUs(_))), "{failed:?}");
}

static MERCHANT: LazyLock<Unionpay> = LazyLock::new(|| client(&secret(), "http://127.0.0.1:9"));

fn posted(body: &[u8]) -> Result<Notification, NotificationError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(MERCHANT.read_notification(&HeaderMap::new(), body, now()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is posted, nothing is believed and nothing breaks. The true certificate and signature are among the values.
    #[test]
    fn no_rubbish_is_ever_believed(
        fields in proptest::collection::vec(("[a-zA-Z]{0,12}", "\\PC{0,40}"), 0..8),
        keep in 0..8_u8,
        tail in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        let good = Fields::of_form(FORM.as_bytes()).unwrap();
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&fields);
        for (bit, name) in ["signPubKeyCert", "signature", "merId"].iter().enumerate() {
            if keep & (1 << bit) != 0 {
                body.append_pair(name, good.get(name).unwrap());
            }
        }
        let body = [body.finish().as_bytes(), &tail].concat();
        let read = posted(&body);
        prop_assert!(matches!(read, Err(NotificationError::NotAuthentic(_))), "{read:?}");
    }

    /// A true notification with one byte of its body changed is forged, or reads the same.
    #[test]
    fn one_byte_changed_is_a_forgery(at in 0..FORM.len(), byte in any::<u8>()) {
        let mut body = FORM.clone().into_bytes();
        body[at] = byte;
        prop_assume!(Fields::of_form(&body).is_none_or(|read| read.signed_text() != Fields::of_form(FORM.as_bytes()).unwrap().signed_text()));
        let read = posted(&body);
        prop_assert!(matches!(read, Err(NotificationError::NotAuthentic(_))), "{read:?}");
    }

    /// No answer breaks the reader.
    #[test]
    fn any_text_is_read_or_refused(text in "[a-c={}&\\[\\]]{0,40}") {
        let _ = Fields::of_answer(&text);
    }
}
