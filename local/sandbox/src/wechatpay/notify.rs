//! Notifications: encrypted, signed afresh for every sending, repeated by WeChat's ladder until acknowledged with 200 or 204.

use super::{Inner, Wechatpay, refunds, refunds::Refund, shown};
use crate::switches::Callbacks;
use axum::http::HeaderMap;
use futures::future::join_all;
use rusqlite::{Connection, TransactionBehavior::Immediate, params};
use serde_json::{Value, json};

/// Seconds between sendings.
const LADDER: [i64; 15] = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600];

/// A refund is under way for so many seconds.
const REFUND_TAKES_SECONDS: i64 = 2;

struct Notice {
    id: String,
    url: String,
    body: String,
    attempts: i64,
}

/// What the merchant is told.
pub(super) struct Event {
    kind: &'static str,
    event_type: String,
    summary: &'static str,
    about: String,
    plain: Value,
}

impl Event {
    /// An order was paid; `transaction` as a query shows it.
    pub(super) fn of_payment(transaction: &Value) -> Self {
        Self {
            kind: "transaction",
            event_type: "TRANSACTION.SUCCESS".to_owned(),
            summary: "支付成功",
            about: transaction["out_trade_no"].as_str().unwrap_or_default().to_owned(),
            plain: transaction.clone(),
        }
    }

    /// A refund ended.
    fn of_refund(refund: &Refund, mchid: &str) -> Self {
        let mut plain = json!({
            "mchid": mchid, "transaction_id": refund.transaction_id, "out_trade_no": refund.out_trade_no,
            "refund_id": refund.refund_id, "out_refund_no": refund.out_refund_no, "refund_status": refund.status,
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": refund.total, "refund": refund.amount, "payer_total": refund.total, "payer_refund": refund.amount,
            },
        });
        if let Some(at) = refund.success_at {
            plain["success_time"] = json!(shown::rfc3339(at));
        }
        let summary = match refund.status.as_str() {
            "SUCCESS" => "退款成功",
            "CLOSED" => "退款关闭",
            _ => "退款异常",
        };
        let event_type = format!("REFUND.{}", refund.status);
        Self { kind: "refund", event_type, summary, about: refund.out_refund_no.clone(), plain }
    }
}

impl Inner {
    /// A notification's id and body.
    pub(super) fn envelope(&self, event: &Event) -> (String, String) {
        let id = self.ids.ulid(self.clock.now());
        let body = json!({
            "id": format!("EV-{id}"), "create_time": shown::rfc3339(self.now()), "resource_type": "encrypt-resource",
            "event_type": event.event_type, "summary": event.summary,
            "resource": self.encrypt(&event.plain.to_string(), event.kind, Some(event.kind)),
        });
        (id, body.to_string())
    }

    /// Queues what the merchant is to be told.
    pub(super) fn queue(&self, database: &Connection, event: &Event, url: &str) -> rusqlite::Result<()> {
        let now = self.now();
        let due_at = match self.switches.read().callbacks {
            Callbacks::Drop => return Ok(()),
            Callbacks::Delay(seconds) => now + seconds,
            Callbacks::Normal | Callbacks::Double | Callbacks::Reorder | Callbacks::Shuffle => now,
        };
        let (id, body) = self.envelope(event);
        database.execute(
            "insert into wechatpay_notices values (?1, ?2, ?3, ?4, ?5, 0, 0)",
            params![id, event.about, url, body, due_at],
        )?;
        Ok(())
    }

    fn due(&self) -> rusqlite::Result<Vec<Notice>> {
        let order = if self.switches.read().callbacks == Callbacks::Reorder { "desc" } else { "asc" };
        let database = self.database();
        let sql = format!(
            "select id, url, body, attempts from wechatpay_notices where acknowledged = 0 and due_at <= ?1
                order by rowid {order} limit 100"
        );
        let mut due = database.prepare(&sql)?;
        let rows = due.query_map([self.now()], |row| {
            Ok(Notice { id: row.get(0)?, url: row.get(1)?, body: row.get(2)?, attempts: row.get(3)? })
        })?;
        rows.collect()
    }

    /// Posts to the merchant within the time WeChat gives him; the status, if there was an answer.
    pub(super) async fn post(&self, url: &str, headers: HeaderMap, body: String) -> Option<u16> {
        let posting = self.http.post(url).headers(headers).header("content-type", "application/json");
        let answer = posting.header("user-agent", "Mozilla/4.0").body(body).send().await;
        answer.ok().map(|answer| answer.status().as_u16())
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
            // After the ladder's last rung WeChat gives up.
            (false, None) => {
                self.database().execute("update wechatpay_notices set acknowledged = 2 where id = ?1", [&notice.id])?
            }
        };
        Ok(())
    }
}

impl Wechatpay {
    /// Does what is due: refunds under way come through, notifications go out, one after the other. Answers how many things
    /// it did.
    pub async fn act(&self) -> rusqlite::Result<usize> {
        self.act_with(1).await
    }

    /// The same, with so many notifications on their way at once.
    pub async fn act_with(&self, at_once: usize) -> rusqlite::Result<usize> {
        let finished = self.finish_refunds()?;
        let due = self.0.due()?;
        for together in self.sendings(&due).chunks(at_once) {
            for recorded in join_all(together.iter().map(|notice| self.deliver(notice))).await {
                recorded?;
            }
        }
        Ok(finished + due.len())
    }

    async fn deliver(&self, notice: &Notice) -> rusqlite::Result<()> {
        let acknowledged = self.send(notice).await;
        self.0.record(notice, acknowledged)
    }

    /// What is due, as often and in the order it is sent.
    fn sendings<'a>(&self, due: &'a [Notice]) -> Vec<&'a Notice> {
        match self.0.switches.read().callbacks {
            Callbacks::Double => due.iter().flat_map(|notice| [notice, notice]).collect(),
            Callbacks::Shuffle => {
                let mut twice: Vec<_> = due.iter().chain(due).collect();
                twice.sort_by_cached_key(|_| self.0.ids.token(16));
                twice
            }
            Callbacks::Normal | Callbacks::Drop | Callbacks::Delay(_) | Callbacks::Reorder => due.iter().collect(),
        }
    }

    /// Sends once; whether it was acknowledged.
    async fn send(&self, notice: &Notice) -> bool {
        let signer = self.0.faults(|faults| faults.signer);
        let headers = self.0.signed(&notice.body, self.0.now(), signer);
        matches!(self.0.post(&notice.url, headers, notice.body.clone()).await, Some(200 | 204))
    }

    fn finish_refunds(&self) -> rusqlite::Result<usize> {
        let inner = &self.0;
        let now = inner.now();
        let status = self.0.faults(|faults| faults.refund_outcome).status();
        let mut database = inner.database();
        let database = database.transaction_with_behavior(Immediate)?;
        let waiting = refunds::under_way(&database, now - REFUND_TAKES_SECONDS)?;
        let finished = waiting.len();
        for refund in waiting {
            let success_at = (status == "SUCCESS").then_some(now);
            let refund = Refund { status: status.to_owned(), success_at, ..refund };
            database.execute(
                "update wechatpay_refunds set status = ?2, success_at = ?3 where out_refund_no = ?1",
                params![refund.out_refund_no, refund.status, refund.success_at],
            )?;
            if let Some(url) = &refund.notify_url {
                inner.queue(&database, &Event::of_refund(&refund, &inner.keys.mchid), url)?;
            }
        }
        database.commit()?;
        Ok(finished)
    }
}
