//! What the desk and the tests do that no client of the provider can.

use super::{AliyunSms, Provider};
use http::StatusCode;
use jiff::Timestamp;
use rusqlite::{Row, params};

/// A message as the phone shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxMessage {
    /// The provider's number.
    pub biz_id: String,
    /// To whom.
    pub phone: String,
    /// The template it was made from.
    pub template_code: String,
    /// The whole text, signature in front.
    pub text: String,
    /// Our notice's number.
    pub out_id: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// What the carrier says of it by now.
    pub receipt: Receipt,
}

/// What the carrier says of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Nothing yet.
    Waiting,
    /// It arrived.
    Delivered,
    /// It did not.
    Failed {
        /// `MK:0001`, `REJECTED`, `BLACK` …
        code: String,
    },
}

impl AliyunSms {
    /// All messages, newest first.
    pub fn inbox(&self) -> rusqlite::Result<Vec<InboxMessage>> {
        self.0.messages()
    }

    /// The next signed call is answered with this code: with HTTP 200 a business failure, else one of the gateway.
    pub fn answer_next(&self, status: StatusCode, code: &str, message: &str) -> rusqlite::Result<()> {
        self.0.database().execute(
            "insert into aliyun_next_answers(status, code, message) values (?1, ?2, ?3)",
            params![status.as_u16(), code, message],
        )?;
        Ok(())
    }

    /// The carrier reports this failure for the number from now on; `None` delivers again.
    pub fn set_failing(&self, phone: &str, err_code: Option<&str>) -> rusqlite::Result<()> {
        match err_code {
            Some(code) => self.0.database().execute(
                "insert into aliyun_failing_numbers values (?1, ?2)
                    on conflict(phone) do update set err_code = excluded.err_code",
                params![phone, code],
            )?,
            None => self.0.database().execute("delete from aliyun_failing_numbers where phone = ?1", [phone])?,
        };
        Ok(())
    }
}

impl Provider {
    pub(super) fn messages(&self) -> rusqlite::Result<Vec<InboxMessage>> {
        let told_before_ms = self.now_ms() - self.account.receipt_after_seconds * 1000;
        let message = |row: &Row<'_>| {
            let sent_at_ms: i64 = row.get(5)?;
            let failure: Option<String> = row.get(6)?;
            Ok(InboxMessage {
                biz_id: row.get(0)?,
                phone: row.get(1)?,
                template_code: row.get(2)?,
                text: row.get(3)?,
                out_id: row.get(4)?,
                sent_at: Timestamp::from_millisecond(sent_at_ms).unwrap_or_default(),
                receipt: match failure {
                    _ if sent_at_ms > told_before_ms => Receipt::Waiting,
                    Some(code) => Receipt::Failed { code },
                    None => Receipt::Delivered,
                },
            })
        };
        let database = self.database();
        let mut all = database.prepare(
            "select biz_id, phone, template_code, text, out_id, sent_at_ms, err_code
                from aliyun_messages left join aliyun_failing_numbers using (phone) order by aliyun_messages.id desc",
        )?;
        all.query_map([], message)?.collect()
    }
}
