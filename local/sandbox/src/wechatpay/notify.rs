//! Notifications: encrypted, signed afresh for every sending, repeated by WeChat's ladder until acknowledged with 200 or 204.

use super::{Inner, Wechatpay, answers::Signer, refunds, shown};
use crate::switches::Callbacks;
use rusqlite::params;
use serde_json::{Value, json};

/// Seconds between sendings.
const LADDER: [i64; 15] =
    [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600];

struct Notice {
    id: String,
    url: String,
    body: String,
    attempts: i64,
}

impl Inner {
    /// Queues the notification of an order's payment, as the transaction is shown now.
    pub(super) fn queue_payment(&self, transaction: &Value, url: &str) -> rusqlite::Result<()> {
        let about = transaction["out_trade_no"].as_str().unwrap_or_default();
        self.queue("TRANSACTION.SUCCESS", "支付成功", "transaction", about, transaction, url)
    }

    fn queue(&self, event: &str, summary: &str, kind: &str, about: &str, plain: &Value, url: &str) -> rusqlite::Result<()> {
        let now = self.now();
        let due_at = match self.switches.read().callbacks {
            Callbacks::Drop => return Ok(()),
            Callbacks::Delay(seconds) => now + seconds,
            Callbacks::Normal | Callbacks::Double | Callbacks::Reorder => now,
        };
        let id = self.ids.ulid(self.clock.now());
        let body = json!({
            "id": format!("EV-{id}"), "create_time": shown::rfc3339(now), "resource_type": "encrypt-resource",
            "event_type": event, "summary": summary,
            "resource": self.encrypt(&plain.to_string(), kind, Some(kind)),
        });
        self.database().execute(
            "insert into wechatpay_notices values (?1, ?2, ?3, ?4, ?5, 0, 0)",
            params![id, about, url, body.to_string(), due_at],
        )?;
        Ok(())
    }

    fn due(&self) -> rusqlite::Result<Vec<Notice>> {
        let order = if self.switches.read().callbacks == Callbacks::Reorder { "desc" } else { "asc" };
        let database = self.database();
        let sql = format!(
            "select id, url, body, attempts from wechatpay_notices where acknowledged = 0 and due_at <= ?1
                order by id {order} limit 100"
        );
        let mut due = database.prepare(&sql)?;
        let rows = due.query_map([self.now()], |row| {
            Ok(Notice { id: row.get(0)?, url: row.get(1)?, body: row.get(2)?, attempts: row.get(3)? })
        })?;
        rows.collect()
    }

    /// Sends once; whether it was acknowledged.
    async fn send(&self, notice: &Notice) -> bool {
        let headers = self.signed(&notice.body, self.now(), Signer::PublicKey);
        let sending = self
            .http
            .post(&notice.url)
            .headers(headers)
            .header("content-type", "application/json")
            .header("user-agent", "Mozilla/4.0")
            .body(notice.body.clone())
            .send();
        matches!(sending.await, Ok(answer) if matches!(answer.status().as_u16(), 200 | 204))
    }

    fn record(&self, notice: &Notice, acknowledged: bool) -> rusqlite::Result<()> {
        let rung = usize::try_from(notice.attempts).ok().and_then(|rung| LADDER.get(rung));
        match (acknowledged, rung) {
            (true, _) => self.database().execute(
                "update wechatpay_notices set acknowledged = 1, attempts = attempts + 1 where id = ?1",
                [&notice.id],
            )?,
            (false, Some(seconds)) => self.database().execute(
                "update wechatpay_notices set attempts = attempts + 1, due_at = ?2 where id = ?1",
                params![notice.id, self.now() + seconds],
            )?,
            // Fifteen times is all WeChat tries.
            (false, None) => {
                self.database().execute("update wechatpay_notices set acknowledged = 2 where id = ?1", [&notice.id])?
            }
        };
        Ok(())
    }
}

impl Wechatpay {
    /// Does what is due: refunds under way come through, notifications go out. Answers how many things it did.
    pub async fn act(&self) -> rusqlite::Result<usize> {
        let finished = self.finish_refunds()?;
        let due = self.0.due()?;
        let twice = self.0.switches.read().callbacks == Callbacks::Double;
        for notice in &due {
            let acknowledged = self.0.send(notice).await;
            if twice {
                self.0.send(notice).await;
            }
            self.0.record(notice, acknowledged)?;
        }
        Ok(finished + due.len())
    }

    /// Refunds take WeChat a few seconds.
    fn finish_refunds(&self) -> rusqlite::Result<usize> {
        let inner = &self.0;
        let now = inner.now();
        let outcome = self.refund_outcome();
        let waiting = refunds::under_way(&inner.database())?;
        let due: Vec<_> = waiting.into_iter().filter(|refund| now >= refund.created_at + 2).collect();
        for refund in &due {
            let success_at = (outcome == "SUCCESS").then_some(now);
            inner.database().execute(
                "update wechatpay_refunds set status = ?2, success_at = ?3 where out_refund_no = ?1",
                params![refund.out_refund_no, outcome, success_at],
            )?;
            let Some(url) = &refund.notify_url else { continue };
            let mut plain = json!({
                "mchid": inner.keys.mchid, "transaction_id": refund.transaction_id, "out_trade_no": refund.out_trade_no,
                "refund_id": refund.refund_id, "out_refund_no": refund.out_refund_no, "refund_status": outcome,
                "user_received_account": "支付用户零钱",
                "amount": { "total": refund.total, "refund": refund.amount, "payer_total": refund.total, "payer_refund": refund.amount },
            });
            if let Some(at) = success_at {
                plain["success_time"] = json!(shown::rfc3339(at));
            }
            let event = format!("REFUND.{outcome}");
            inner.queue(&event, "退款通知", "refund", &refund.out_refund_no, &plain, url)?;
        }
        Ok(due.len())
    }

    /// Sends a probe that no receiver may believe: WeChat does this to see whether signatures are checked. Answers the
    /// status it got.
    pub async fn probe(&self, url: &str) -> Option<u16> {
        let body = json!({ "id": "EV-PROBE", "resource": self.0.encrypt("{}", "transaction", Some("transaction")) }).to_string();
        let mut headers = self.0.signed(&body, self.0.now(), Signer::PublicKey);
        let signature = headers.get("wechatpay-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let probe = format!("WECHATPAY/SIGNTEST/{}", signature.get(19..).unwrap_or_default());
        headers.insert("wechatpay-signature", probe.parse().ok()?);
        let answer = self.0.http.post(url).headers(headers).header("content-type", "application/json").body(body);
        answer.send().await.ok().map(|answer| answer.status().as_u16())
    }
}
