//! What the town is told of money, whatever the channel has.

use super::Town;
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen};
use heatpay_runtime::queue::Queue;
use std::time::Duration;

impl Town {
    /// A notification of a transaction with that amount comes in, as if the channel had said so.
    pub async fn is_told_of(&self, channel_txn: &str, fen: i64) {
        let context = self.world.operator().await.expect("the queues answer");
        let evidence = Evidence {
            channel: Channel::Wechatpay,
            merchant: super::keys().mchid,
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
