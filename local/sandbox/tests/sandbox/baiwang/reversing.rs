use super::{Rig, is_pdf, line};
use heatpay_domain::{Fen, invoice::TaxTreatment};
use heatpay_partners::{
    PartnerError,
    einvoice::{
        Confirmation, EInvoicePlatform, FileKind, InvoiceLine, InvoiceState, RedReason, Reversal, ReversalOutcome,
    },
};
use heatpay_ports::Clock;

fn reversal(order_no: &str, lines: Vec<InvoiceLine>) -> Reversal {
    Reversal {
        order_no: order_no.to_owned(),
        original: "I01TEST0001".to_owned(),
        reason: RedReason::ServiceEnded,
        lines,
    }
}

#[tokio::test]
async fn a_whole_invoice_is_reversed_once() {
    let rig = Rig::new().await;
    rig.an_issued_invoice().await;
    let now = rig.clock.now();
    let outcome = rig.client.reverse(&reversal("I01TEST0001R", vec![]), now).await.unwrap();
    assert!(matches!(outcome, ReversalOutcome::Accepted { .. }), "{outcome:?}");
    let red = rig.issued("I01TEST0001R").await;
    assert_eq!(red.amount, Some(Fen(-223_800)));
    assert!(is_pdf(&rig.client.fetch_file(red.pdf_url.as_deref().unwrap(), FileKind::Pdf).await.unwrap()));

    let again = rig.client.reverse(&reversal("I01TEST0001R", vec![]), now).await.unwrap();
    assert_eq!(again, ReversalOutcome::AlreadyThere(InvoiceState::Issued(Box::new(red))));
    let twice = rig.client.reverse(&reversal("I01TEST0001S", vec![]), now).await;
    assert!(matches!(&twice, Err(PartnerError::Refused { code, .. }) if code == "70035"), "{twice:?}");
}

#[tokio::test]
async fn a_part_is_reversed_and_no_more_than_the_rest_after_it() {
    let rig = Rig::new().await;
    rig.an_issued_invoice().await;
    let part = |fen| vec![InvoiceLine { quantity: None, unit: None, ..line(fen, TaxTreatment::Exempt) }];
    let now = rig.clock.now();
    rig.client.reverse(&reversal("I01TEST0001R", part(-100_000)), now).await.unwrap();
    assert_eq!(rig.issued("I01TEST0001R").await.amount, Some(Fen(-100_000)));
    let too_much = rig.client.reverse(&reversal("I01TEST0001S", part(-123_801)), now).await;
    assert!(matches!(too_much, Err(PartnerError::Refused { .. })), "{too_much:?}");
    rig.client.reverse(&reversal("I01TEST0001T", part(-123_800)), now).await.unwrap();
}

#[tokio::test]
async fn a_reversal_may_wait_for_the_buyer() {
    let rig = Rig::new().await;
    rig.an_issued_invoice().await;
    rig.platform.set_red_needs_confirmation(true).unwrap();
    let now = rig.clock.now();
    let outcome = rig.client.reverse(&reversal("I01TEST0001R", vec![]), now).await.unwrap();
    let ReversalOutcome::AwaitsConfirmation { confirm_serial_no } = outcome else { panic!("{outcome:?}") };
    assert_eq!(rig.client.confirmation(&confirm_serial_no, now).await.unwrap(), Confirmation::AwaitsBuyer);
    assert_eq!(rig.state("I01TEST0001R").await, InvoiceState::Unknown);

    assert!(rig.platform.answer_confirmation(&confirm_serial_no, true).unwrap());
    assert_eq!(rig.client.confirmation(&confirm_serial_no, now).await.unwrap(), Confirmation::Confirmed);
    assert_eq!(rig.issued("I01TEST0001R").await.amount, Some(Fen(-223_800)));
}
