//! A resident pays.

use heatpay_tests::town::Town;

#[tokio::test]
async fn a_resident_of_89_52_square_metres_pays_2238_yuan_and_the_bill_is_paid() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let account = town.account(0);

    let payment = resident.start_paying_all(account, "the-first-key").await;
    assert_eq!(payment["amount_fen"], 223_800);
    assert_eq!(payment["status"], "pending");

    let paid = resident.pay_in_app(&payment);
    assert_eq!(paid.amount, 223_800);
    assert_eq!(town.settle_down().await, 0);

    assert_eq!(resident.status_of(&payment).await, "paid");
    assert!(resident.open_bills(account).await.is_empty());
    town.assert_books_agree().await;
}
