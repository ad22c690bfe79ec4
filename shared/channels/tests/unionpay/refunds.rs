use crate::host::{Answer, Host, client, now, says, secret, shows, vector};
use heatpay_channels::{ChannelError, PaymentChannel, RefundRequest, RefundState};
use heatpay_domain::{Fen, RefundNo};
use jiff::Timestamp;

const REFUND: &str = "RF20260101000001";
/// When the vectors' refund was sent, and what it is dated.
const SENT: &str = "2026-01-02T08:00:00+08:00";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn refund() -> RefundRequest {
    RefundRequest {
        refund_no: RefundNo::parse(REFUND).unwrap(),
        channel_txn: "262601010800000000018".to_owned(),
        amount: Fen(100),
        order_amount: Fen(123_456),
        paid_at: now(),
        numbered_at: at(SENT),
        reason: "停供退费".to_owned(),
    }
}

/// What a query of the refund shows.
fn stands(code: &str) -> Answer {
    shows(
        REFUND,
        &[
            ("origRespCode", code),
            ("txnTime", "20260102080000"),
            ("traceTime", "0102080005"),
            ("queryId", "262601020800000000019"),
            ("txnAmt", "100"),
        ],
    )
}

fn not_found() -> Answer {
    says(&[("respCode", "34")])
}

async fn send(script: impl IntoIterator<Item = Answer>) -> (Result<RefundState, ChannelError>, Host) {
    let host = Host::answering(script).await;
    let answer = client(&secret(), &host.base_url).refund(&refund(), at(SENT)).await;
    (answer, host)
}

#[tokio::test]
async fn a_refund_is_dated_by_its_number_and_accepted_is_not_refunded() {
    let (answer, host) = send([Answer::Says(200, vector("refund_accepted"))]).await;
    assert_eq!(answer.unwrap(), RefundState::Processing);
    let asked = &host.asked()[0];
    assert_eq!(asked.path, "/gateway/api/backTransReq.do");
    for (name, value) in [
        ("txnType", "04"),
        ("orderId", REFUND),
        ("txnTime", "20260102080000"),
        ("txnAmt", "100"),
        ("origQryId", "262601010800000000018"),
    ] {
        assert_eq!(asked.field(name).as_deref(), Some(value));
    }
}

#[tokio::test]
async fn all_of_it_on_the_day_it_came_is_an_undo() {
    for (paid_at, sent_at, amount, txn_type) in [
        ("2026-01-01T08:00:00+08:00", "2026-01-01T22:59:59+08:00", 123_456, "31"),
        // UnionPay's day ends at 23:00.
        ("2026-01-01T08:00:00+08:00", "2026-01-01T23:00:00+08:00", 123_456, "04"),
        ("2026-01-01T23:00:00+08:00", "2026-01-02T22:59:59+08:00", 123_456, "31"),
        ("2026-01-01T08:00:00+08:00", "2026-01-01T09:00:00+08:00", 123_455, "04"),
    ] {
        let host = Host::answering([says(&[("respCode", "00"), ("orderId", REFUND)])]).await;
        let refund = RefundRequest { amount: Fen(amount), paid_at: at(paid_at), ..refund() };
        client(&secret(), &host.base_url).refund(&refund, at(sent_at)).await.unwrap();
        assert_eq!(host.asked()[0].field("txnType").as_deref(), Some(txn_type), "{paid_at} {sent_at} {amount}");
    }
}

#[tokio::test]
async fn a_number_that_was_sent_before_is_asked_about() {
    let (answer, host) = send([says(&[("respCode", "12")]), stands("05")]).await;
    assert_eq!(answer.unwrap(), RefundState::Processing);
    assert_eq!(host.paths(), ["/gateway/api/backTransReq.do", "/gateway/api/queryTrans.do"]);
    assert_eq!(host.asked()[1].field("txnTime").as_deref(), Some("20260102080000"));
}

#[tokio::test]
async fn a_refusal_counts_only_where_no_such_refund_stands() {
    let refused = |code| says(&[("respCode", code)]);
    let (answer, _) = send([refused("35"), stands("00")]).await;
    assert!(matches!(answer, Ok(RefundState::Succeeded(_))), "{answer:?}");
    let (answer, _) = send([refused("35"), not_found()]).await;
    assert!(matches!(&answer, Err(ChannelError::Refused { code, .. }) if code == "35"), "{answer:?}");
    let (answer, _) = send([refused("35"), Answer::Says(500, String::new())]).await;
    assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{answer:?}");
    // Somebody gave it back by another way: under another number it would go back twice.
    let (answer, _) = send([refused("45"), not_found()]).await;
    assert_eq!(answer.unwrap(), RefundState::Abnormal);
}

#[tokio::test]
async fn an_unclear_answer_leaves_the_refund_open() {
    assert_eq!(send([says(&[("respCode", "05")])]).await.0.unwrap(), RefundState::Processing);
    for answer in [says(&[("respCode", "99")]), Answer::Says(200, String::new()), Answer::BreaksConnection] {
        let (answer, _) = send([answer]).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{answer:?}");
    }
    let (answer, _) = send([says(&[("respCode", "06")])]).await;
    assert!(matches!(answer, Err(ChannelError::TryLater { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_refund_stands_as_its_query_says() {
    let ask = async |answer| {
        let host = Host::answering([answer]).await;
        client(&secret(), &host.base_url).query_refund(&refund(), at(SENT)).await
    };
    let Ok(RefundState::Succeeded(money)) = ask(stands("00")).await else { panic!("it succeeded") };
    assert_eq!((money.amount, money.channel_refund_no.as_str()), (Fen(100), "262601020800000000019"));
    assert_eq!(money.refunded_at.unwrap(), at("2026-01-02T08:00:05+08:00"));
    assert_eq!(ask(stands("05")).await.unwrap(), RefundState::Processing);
    assert_eq!(ask(not_found()).await.unwrap(), RefundState::Unknown);
    assert_eq!(ask(stands("01")).await.unwrap(), RefundState::Closed);
    assert_eq!(ask(stands("61")).await.unwrap(), RefundState::Abnormal);
    for unclear in [stands("99"), stands("74"), Answer::Says(503, String::new())] {
        let answer = ask(unclear).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{answer:?}");
    }
}
