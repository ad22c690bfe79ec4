use super::{
    Wechatpay,
    exchange::{incomplete, unclear},
    failure::Failure,
    transaction::Transaction,
};
use crate::{ChannelError, OrderState};
use heatpay_domain::{EvidenceSource, PaymentNo};
use http::Method;
use jiff::Timestamp;

impl Wechatpay {
    pub(super) async fn ask(&self, payment_no: &PaymentNo, now: Timestamp) -> Result<OrderState, ChannelError> {
        let path = format!("/v3/pay/transactions/out-trade-no/{payment_no}?mchid={}", self.settings.mchid);
        let answer = self.exchange(Method::GET, &path, None::<&()>, now).await?;
        if answer.status.as_u16() != 200 {
            let failure = Failure::of(&answer);
            return if failure.is_unknown_order() { Ok(OrderState::Unknown) } else { Err(failure.into_error()) };
        }
        self.believe(&answer, now).await?;
        let transaction: Transaction = serde_json::from_slice(&answer.body).map_err(unclear)?;
        transaction.check(&self.settings).map_err(incomplete)?;
        if transaction.out_trade_no != payment_no.as_str() {
            return Err(incomplete("order that was asked for"));
        }
        match transaction.trade_state.as_str() {
            // REFUND: some of it went back; it was paid all the same.
            "SUCCESS" | "REFUND" => transaction
                .evidence(EvidenceSource::Query, &answer.body)
                .map(|evidence| OrderState::Paid(Box::new(evidence)))
                .ok_or_else(|| incomplete("transaction_id, amount or success_time")),
            // A failed card attempt stays NOTPAY; the others are only the counter's.
            "NOTPAY" | "USERPAYING" | "PAYERROR" => Ok(OrderState::Waiting),
            "CLOSED" | "REVOKED" => Ok(OrderState::Closed),
            _ => Err(incomplete("known trade_state")),
        }
    }
}
