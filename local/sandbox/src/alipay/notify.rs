//! Notifications: a form, signed over its values without `sign` and `sign_type`, repeated by Alipay's ladder until the answer is
//! `success`.

use super::{
    Alipay, Inner,
    trades::{self, SOMEBODY, Trade, civil, yuan},
};
use crate::{switches::Callbacks, wechatpay::sign};
use futures::future::join_all;
use rusqlite::{Connection, TransactionBehavior::Immediate, params};
use serde_json::json;
use std::collections::BTreeMap;
use url::form_urlencoded::Serializer;

/// Seconds between sendings: 4 m, 10 m, 10 m, 1 h, 2 h, 6 h, 15 h.
const LADDER: [i64; 7] = [240, 600, 600, 3600, 7200, 21_600, 54_000];

/// A refund that does not move at once moves after so many seconds.
const REFUND_TAKES_SECONDS: i64 = 10;

struct Notice {
    id: String,
    url: String,
    parameters: BTreeMap<String, String>,
    attempts: i64,
}

/// What the merchant is told.
pub(super) struct Event {
    url: Option<String>,
    pub(super) parameters: BTreeMap<String, String>,
}

impl Event {
    /// A trade was paid.
    pub(super) fn of_payment(inner: &Inner, trade: &Trade) -> Self {
        let paid = yuan(trade.paid_total.unwrap_or(trade.total));
        let buyer = trade.buyer.clone().unwrap_or_else(|| SOMEBODY.to_owned());
        let passed = serde_json::from_str::<serde_json::Value>(&trade.content).unwrap_or_default();
        let mut parameters: BTreeMap<String, String> = [
            ("notify_type", "trade_status_sync".to_owned()),
            ("notify_id", inner.notify_id()),
            ("app_id", inner.keys.app_id.clone()),
            ("auth_app_id", inner.keys.app_id.clone()),
            ("charset", "utf-8".to_owned()),
            ("version", "1.0".to_owned()),
            ("sign_type", "RSA2".to_owned()),
            ("trade_no", trade.trade_no.clone().unwrap_or_default()),
            ("out_trade_no", trade.out_trade_no.clone()),
            ("buyer_open_id", buyer),
            ("seller_id", inner.keys.seller_id.clone()),
            ("trade_status", trade.status.clone()),
            ("total_amount", paid.clone()),
            ("receipt_amount", paid.clone()),
            ("invoice_amount", paid.clone()),
            ("buyer_pay_amount", paid.clone()),
            ("point_amount", "0.00".to_owned()),
            ("subject", trade.subject.clone()),
            ("gmt_create", civil(trade.created_at)),
            ("fund_bill_list", json!([{ "amount": paid, "fundChannel": "ALIPAYACCOUNT" }]).to_string()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        for name in ["body", "passback_params"] {
            if let Some(text) = passed[name].as_str() {
                parameters.insert(name.to_owned(), text.to_owned());
            }
        }
        if let Some(at) = trade.paid_at {
            parameters.insert("gmt_payment".to_owned(), civil(at));
        }
        Self { url: trade.notify_url.clone(), parameters }
    }

    /// The money of a refund moved; `sum` of all of the trade's.
    pub(super) fn of_refund(inner: &Inner, trade: &Trade, out_request_no: &str, sum: i64) -> Self {
        let mut event = Self::of_payment(inner, trade);
        for (name, value) in [
            ("out_biz_no", out_request_no.to_owned()),
            ("refund_fee", yuan(sum)),
            ("send_back_fee", yuan(sum)),
            ("gmt_refund", format!("{}.123", civil(inner.now()))),
        ] {
            event.parameters.insert(name.to_owned(), value);
        }
        event
    }
}

impl Inner {
    fn notify_id(&self) -> String {
        format!("20261123002220{}", self.ids.digits(20))
    }

    /// The form of a notification, sent at that moment.
    pub(super) fn form(&self, parameters: &BTreeMap<String, String>) -> String {
        let mut parameters = parameters.clone();
        parameters.insert("notify_time".to_owned(), civil(self.now()));
        let signed = parameters.iter().filter(|(name, _)| !matches!(name.as_str(), "sign" | "sign_type"));
        let signed: Vec<_> = signed.map(|(name, value)| format!("{name}={value}")).collect();
        parameters.insert("sign".to_owned(), sign(&self.alipay_key, signed.join("&").as_bytes()));
        Serializer::new(String::new()).extend_pairs(&parameters).finish()
    }

    /// Queues what the merchant is to be told, if he wants to know.
    pub(super) fn queue(&self, database: &Connection, event: &Event) -> rusqlite::Result<()> {
        let Some(url) = &event.url else { return Ok(()) };
        let now = self.now();
        let due_at = match self.switches.read().callbacks {
            Callbacks::Drop => return Ok(()),
            Callbacks::Delay(seconds) => now + seconds,
            Callbacks::Normal | Callbacks::Double | Callbacks::Reorder | Callbacks::Shuffle => now,
        };
        // A notification sent once more is a new one; a repeated one keeps its number.
        let mut parameters = event.parameters.clone();
        let notify_id = self.notify_id();
        parameters.insert("notify_id".to_owned(), notify_id.clone());
        database.execute(
            "insert into alipay_notices values (?1, ?2, ?3, ?4, 0, 0)",
            params![notify_id, url, json!(parameters).to_string(), due_at],
        )?;
        Ok(())
    }

    fn due(&self) -> rusqlite::Result<Vec<Notice>> {
        let order = if self.switches.read().callbacks == Callbacks::Reorder { "desc" } else { "asc" };
        let database = self.database();
        let sql = format!(
            "select notify_id, url, parameters, attempts from alipay_notices where acknowledged = 0 and due_at <= ?1
                order by rowid {order} limit 100"
        );
        let mut due = database.prepare(&sql)?;
        let rows = due.query_map([self.now()], |row| {
            let parameters = serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default();
            Ok(Notice { id: row.get(0)?, url: row.get(1)?, parameters, attempts: row.get(3)? })
        })?;
        rows.collect()
    }

    /// Posts to the merchant; whether he answered `success` and nothing else.
    pub(super) async fn post(&self, url: &str, form: String) -> Option<(u16, String)> {
        let posting = self.http.post(url).header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        let answer = posting.body(form).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.text().await.ok()?))
    }

    fn record(&self, notice: &Notice, acknowledged: bool) -> rusqlite::Result<()> {
        let rung = usize::try_from(notice.attempts).ok().and_then(|rung| LADDER.get(rung));
        let database = self.database();
        match (acknowledged, rung) {
            (true, _) => database.execute(
                "update alipay_notices set acknowledged = 1, attempts = attempts + 1 where notify_id = ?1",
                [&notice.id],
            )?,
            (false, Some(seconds)) => database.execute(
                "update alipay_notices set attempts = attempts + 1, due_at = ?2 where notify_id = ?1",
                params![notice.id, self.now() + seconds],
            )?,
            // After the ladder's last rung Alipay gives up.
            (false, None) => {
                database.execute("update alipay_notices set acknowledged = 2 where notify_id = ?1", [&notice.id])?
            }
        };
        Ok(())
    }
}

impl Alipay {
    /// Does what is due: refunds under way move, notifications go out, one after the other. Answers how many things it did.
    pub async fn act(&self) -> rusqlite::Result<usize> {
        self.act_with(1).await
    }

    /// The same, with so many notifications on their way at once.
    pub async fn act_with(&self, at_once: usize) -> rusqlite::Result<usize> {
        let finished = self.move_refunds()?;
        let due = self.0.due()?;
        for together in self.sendings(&due).chunks(at_once.max(1)) {
            for recorded in join_all(together.iter().map(|notice| self.deliver(notice))).await {
                recorded?;
            }
        }
        Ok(finished + due.len())
    }

    async fn deliver(&self, notice: &Notice) -> rusqlite::Result<()> {
        let answer = self.0.post(&notice.url, self.0.form(&notice.parameters)).await;
        self.0.record(notice, answer.is_some_and(|(status, text)| status == 200 && text == "success"))
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

    fn move_refunds(&self) -> rusqlite::Result<usize> {
        let (inner, now) = (&self.0, self.0.now());
        let mut database = inner.database();
        let database = database.transaction_with_behavior(Immediate)?;
        let waiting: Vec<(String, String)> = database
            .prepare("select trade_no, out_request_no from alipay_refunds where moved_at is null and asked_at <= ?1")?
            .query_map([now - REFUND_TAKES_SECONDS], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (trade_no, out_request_no) in &waiting {
            database.execute(
                "update alipay_refunds set moved_at = ?3 where trade_no = ?1 and out_request_no = ?2",
                params![trade_no, out_request_no, now],
            )?;
            if let Some(trade) = trades::find(&database, "trade_no", trade_no)? {
                inner.moved(&database, &trade, out_request_no)?;
            }
        }
        database.commit()?;
        Ok(waiting.len())
    }
}
