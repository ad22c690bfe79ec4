//! The SDK as WeChat Pay: notifications it signed and encrypted, at our callback.

use crate::node;
use heatpay_domain::receipt::{ReceiptOutcome, StrayReason};
use heatpay_sandbox::switches::Callbacks;
use heatpay_tests::town::Town;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Who signs.
fn signers(town: &Town) -> [Value; 2] {
    let keys = town.world.parties.wechatpay.keys();
    [
        json!({ "serial": keys.public_key_id, "private_key": keys.wechat_private_key }),
        json!({ "serial": keys.platform_serial, "private_key": keys.platform_private_key }),
    ]
}

/// The notification that an order of that number was paid.
async fn notification(town: &Town, number: &str, signer: &Value) -> Value {
    let given = json!({
        "keys": town.world.parties.wechatpay.keys(), "signer": signer, "out_trade_no": number,
        "base_url": town.world.parties.parameters()["WechatpayBaseUrl"], "now": town.now().as_second(),
    });
    serde_json::from_str(&node::run("wechatpay.mjs", &["write"], &given).await).unwrap()
}

/// Posts it as it is.
async fn deliver(town: &Town, notification: &Value) -> StatusCode {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut posting = http.request(Method::POST, format!("{}/callbacks/wechatpay", town.world.base_url));
    for (name, value) in notification["headers"].as_object().unwrap() {
        posting = posting.header(name, value.as_str().unwrap());
    }
    posting.body(notification["body"].as_str().unwrap().to_owned()).send().await.unwrap().status()
}

/// The same with one character of a text changed for another of its alphabet.
fn altered(notification: &Value, at: &str) -> Value {
    let mut altered = notification.clone();
    let text = altered.pointer_mut(at).unwrap();
    let mut characters: Vec<char> = text.as_str().unwrap().chars().collect();
    let place = characters.iter().rposition(char::is_ascii_alphabetic).unwrap();
    characters[place] = if characters[place] == 'e' { 'f' } else { 'e' };
    *text = json!(characters.into_iter().collect::<String>());
    altered
}

#[tokio::test]
async fn a_notification_of_the_sdk_settles_the_payment() {
    let town = Town::billed().await;
    // Nothing but the SDK's notification tells us of the money.
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Drop);
    for (at, signer) in signers(&town).iter().enumerate() {
        let resident = town.resident_of(at).await;
        let payment = resident.start_paying_all(town.account(at), "the-first-key").await;
        let paid = resident.pay_in_app(&payment);
        let notification = notification(&town, &paid.out_trade_no, signer).await;
        for forged in ["/body", "/headers/wechatpay-signature", "/headers/wechatpay-nonce", "/headers/wechatpay-serial"]
        {
            let status = deliver(&town, &altered(&notification, forged)).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{forged}");
        }
        assert_eq!(deliver(&town, &notification).await, StatusCode::NO_CONTENT);
        assert_eq!(town.books().await.receipts.len(), at, "nothing is booked before the queue is read");
        assert_eq!(town.settle_down().await, 0);
        assert_eq!(resident.status_of(&payment).await, "paid");
    }
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_notification_of_the_sdk_for_an_order_we_never_placed_is_a_stray_in_the_books() {
    let town = Town::billed().await;
    let notify_url = format!("{}/callbacks/wechatpay", town.world.base_url);
    let wechatpay = &town.world.parties.wechatpay;
    wechatpay.switches().set_callbacks(Callbacks::Drop);
    let paid = wechatpay.pay_unknown(12_345, &notify_url).unwrap();
    let notification = notification(&town, &paid.out_trade_no, &signers(&town)[0]).await;
    assert_eq!(deliver(&town, &notification).await, StatusCode::NO_CONTENT);
    town.settle_down().await;
    let outcomes: Vec<_> = town.books().await.receipts.iter().map(|receipt| receipt.outcome).collect();
    assert_eq!(outcomes, [ReceiptOutcome::Stray(StrayReason::UnknownPayment)]);
    town.assert_books_agree().await;
}
