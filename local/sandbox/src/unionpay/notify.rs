//! Notifications: a form, signed afresh for every sending, sent five times at most.

use super::{
    Inner, Unionpay,
    faults::Sending,
    messages::Fields,
    transactions::{Transaction, all, find},
};
use crate::switches::Callbacks;
use futures::future::join_all;
use rusqlite::{Connection, params};

/// Seconds between sendings: after 1, 2, 4 and 5 minutes.
const LADDER: [i64; 4] = [60, 120, 240, 300];

/// What is under way comes through after so many seconds.
const TAKES_SECONDS: i64 = 2;

struct Notice {
    id: i64,
    url: String,
    order_id: String,
    txn_time: String,
    attempts: i64,
}

impl Inner {
    /// A transaction as a notification shows it, unsigned.
    pub(super) fn shown(&self, of: &Transaction) -> Fields {
        let amount = of.amount.to_string();
        [
            ("version", "5.1.0"),
            ("encoding", "UTF-8"),
            ("signMethod", "01"),
            ("merId", super::keys::MERCHANT),
            ("accessType", "0"),
            ("bizType", "000201"),
            ("txnType", &of.txn_type),
            ("txnSubType", if of.txn_type == "01" { "01" } else { "00" }),
            ("orderId", &of.order_id),
            ("txnTime", &of.txn_time),
            ("txnAmt", &amount),
            ("currencyCode", "156"),
            ("respCode", &of.code),
            ("respMsg", "success"),
            ("queryId", of.query_id.as_deref().unwrap_or_default()),
            ("origQryId", &of.orig_query_id),
            ("traceNo", &of.trace_no),
            ("traceTime", &of.trace_time),
            ("settleDate", of.settle_day.get(4..).unwrap_or_default()),
            ("settleAmt", &amount),
            ("settleCurrencyCode", "156"),
            ("accNo", "6216***********0019"),
            ("payCardType", "01"),
            ("reqReserved", ""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Queues what the merchant is to be told.
    pub(super) fn queue(&self, database: &Connection, of: &Transaction) -> rusqlite::Result<()> {
        let now = self.now();
        let due_at = match self.switches.read().callbacks {
            Callbacks::Drop => return Ok(()),
            Callbacks::Delay(seconds) => now + seconds,
            Callbacks::Normal | Callbacks::Double | Callbacks::Reorder | Callbacks::Shuffle => now,
        };
        database.execute(
            "insert into unionpay_notices(url, order_id, txn_time, due_at, attempts, done) values (?1, ?2, ?3, ?4, 0, 0)",
            params![of.back_url, of.order_id, of.txn_time, due_at],
        )?;
        Ok(())
    }

    fn due(&self) -> rusqlite::Result<Vec<Notice>> {
        let order = if self.switches.read().callbacks == Callbacks::Reorder { "desc" } else { "asc" };
        let database = self.database();
        let mut due = database.prepare(&format!(
            "select id, url, order_id, txn_time, attempts from unionpay_notices where done = 0 and due_at <= ?1
                order by id {order} limit 100"
        ))?;
        let rows = due.query_map([self.now()], |row| {
            Ok(Notice {
                id: row.get(0)?,
                url: row.get(1)?,
                order_id: row.get(2)?,
                txn_time: row.get(3)?,
                attempts: row.get(4)?,
            })
        })?;
        rows.collect()
    }

    /// Posts a transaction's notification; the status, if there was an answer within UnionPay's ten seconds.
    pub(super) async fn post(&self, of: &Transaction, url: &str, sending: Sending) -> Option<u16> {
        let body = self.form(of, sending);
        let posting = self.http.post(url).header("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
        posting.body(body).send().await.ok().map(|answer| answer.status().as_u16())
    }

    /// The signed form of a transaction's notification.
    pub(super) fn form(&self, of: &Transaction, sending: Sending) -> String {
        let mut fields = self.sign(self.shown(of), sending == Sending::AnotherName);
        if sending == Sending::Altered {
            fields.insert("txnAmt".to_owned(), (of.amount + 1).to_string());
        }
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish()
    }

    fn record(&self, notice: &Notice, taken: bool) -> rusqlite::Result<()> {
        let rung = usize::try_from(notice.attempts).ok().and_then(|rung| LADDER.get(rung));
        let (done, wait) = match (taken, rung) {
            (true, _) => (1, 0),
            (false, Some(seconds)) => (0, *seconds),
            // After the fifth sending UnionPay never sends again.
            (false, None) => (2, 0),
        };
        self.database().execute(
            "update unionpay_notices set attempts = attempts + 1, done = ?2, due_at = ?3 where id = ?1",
            params![notice.id, done, self.now() + wait],
        )?;
        Ok(())
    }
}

impl Unionpay {
    /// Does what is due: what is under way comes through, notifications go out, so many at once. Answers how many things it
    /// did.
    pub async fn act_with(&self, at_once: usize) -> rusqlite::Result<usize> {
        let finished = self.finish()?;
        let due = self.0.due()?;
        for together in self.sendings(&due).chunks(at_once.max(1)) {
            for recorded in join_all(together.iter().map(|notice| self.deliver(notice))).await {
                recorded?;
            }
        }
        Ok(finished + due.len())
    }

    /// The same, one after the other.
    pub async fn act(&self) -> rusqlite::Result<usize> {
        self.act_with(1).await
    }

    async fn deliver(&self, notice: &Notice) -> rusqlite::Result<()> {
        let found = find(&self.0.database(), &notice.order_id, &notice.txn_time)?;
        let Some(of) = found else { return self.0.record(notice, true) };
        let sending = self.0.faults(|faults| faults.sending);
        let taken = self.0.post(&of, &notice.url, sending).await == Some(200);
        self.0.record(notice, taken)
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

    /// Payments come through; refunds and undos end as they are set to.
    fn finish(&self) -> rusqlite::Result<usize> {
        let inner = &self.0;
        let refund_code = inner.faults(|faults| faults.refund_outcome).code();
        let mut database = inner.database();
        let database = database.transaction()?;
        let waiting = all(&database, "code = '05' and at <= ?1", [inner.now() - TAKES_SECONDS])?;
        let finished = waiting.len();
        for mut of in waiting {
            of.code = if of.txn_type == "01" { "00" } else { refund_code }.to_owned();
            of.keep(&database)?;
            // Failures are not told.
            if of.code == "00" && !of.back_url.is_empty() {
                inner.queue(&database, &of)?;
            }
        }
        database.commit()?;
        Ok(finished)
    }
}
