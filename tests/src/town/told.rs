//! What the town is told of money, whatever the channel has.

use super::Town;
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen};
use heatpay_runtime::queue::Queue;
use heatpay_sandbox::unionpay;
use std::time::Duration;

impl Town {
    /// A notification of a transaction with that amount comes in, as if WeChat Pay had said so.
    pub async fn is_told_of(&self, channel_txn: &str, fen: i64) {
        self.is_told_by(Channel::Wechatpay, channel_txn, fen).await;
    }

    /// The same, as if that channel had.
    pub async fn is_told_by(&self, channel: Channel, channel_txn: &str, fen: i64) {
        let context = self.world.operator().await.expect("the queues answer");
        let merchant = match channel {
            Channel::Wechatpay => super::keys().mchid,
            Channel::Alipay => super::alipay_keys().seller_id,
            Channel::Unionpay => unionpay::MERCHANT.to_owned(),
            Channel::Cash | Channel::Pos | Channel::Cheque | Channel::Transfer | Channel::Prepayment => {
                panic!("the counter tells nobody")
            }
        };
        let evidence = Evidence {
            channel,
            merchant,
            payment_no: "P00000000".to_owned(),
            channel_txn: channel_txn.to_owned(),
            amount: Fen(fen),
            paid_at: self.now(),
            payer: None,
            source: EvidenceSource::Callback,
            raw: String::new(),
        };
        let queue = Queue::of(&context, "SETTLEMENT_QUEUE_URL").expect("a queue");
        queue.send(&evidence, Duration::ZERO).await.expect("taken");
        self.settle_down().await;
    }
}
