//! What the desk and the tests do that only people with WeChat in their hands can.

use super::{Platform, Weixin};
use jiff::Timestamp;
use rusqlite::{Row, params};
use serde_json::Value;

/// A subscribe message as the phone shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxCard {
    /// To whom.
    pub openid: String,
    /// The template.
    pub template_id: String,
    /// What stands on top.
    pub title: String,
    /// Captions and values.
    pub lines: Vec<(String, String)>,
    /// The page it opens.
    pub page: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// A payment whose shipping was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShippingCard {
    /// WeChat Pay's number.
    pub transaction_id: String,
    /// The `upload_time` it was told with.
    pub uploaded_at: Timestamp,
    /// How often.
    pub times: i64,
}

impl Weixin {
    /// What `wx.login` gives the client: a code for this person.
    pub fn mint_login_code(&self, openid: &str) -> rusqlite::Result<String> {
        self.know(openid)?;
        self.0.mint("login", openid)
    }

    /// What the `getPhoneNumber` button gives the client: a code for this number.
    pub fn mint_phone_code(&self, phone: &str) -> rusqlite::Result<String> {
        self.0.mint("phone", phone)
    }

    /// The person accepts one message of this template (`wx.requestSubscribeMessage`).
    pub fn grant(&self, openid: &str, template_id: &str) -> rusqlite::Result<()> {
        self.know(openid)?;
        self.0.database().execute(
            "insert into weixin_grants values (?1, ?2, 1)
                on conflict(openid, template_id) do update set left_over = left_over + 1",
            params![openid, template_id],
        )?;
        Ok(())
    }

    /// All messages, newest first.
    pub fn inbox(&self) -> rusqlite::Result<Vec<InboxCard>> {
        let database = self.0.database();
        let mut all = database
            .prepare("select openid, template_id, page, data, sent_at_ms from weixin_messages order by id desc")?;
        all.query_map([], |row| self.card(row))?.collect()
    }

    /// WeChat Pay took this payment from this person, so its shipping can be told.
    pub fn know_payment(&self, transaction_id: &str, openid: &str) -> rusqlite::Result<()> {
        self.0.database().execute(
            "insert or ignore into weixin_payments(transaction_id, openid) values (?1, ?2)",
            params![transaction_id, openid],
        )?;
        Ok(())
    }

    /// The payment went back to the person.
    pub fn refund_payment(&self, transaction_id: &str) -> rusqlite::Result<()> {
        let sql = "update weixin_payments set refunded = 1 where transaction_id = ?1";
        self.0.database().execute(sql, [transaction_id])?;
        Ok(())
    }

    /// The payments whose shipping was told.
    pub fn shippings(&self) -> rusqlite::Result<Vec<ShippingCard>> {
        let database = self.0.database();
        let mut all = database.prepare("select transaction_id, upload_time_ms, times from weixin_shippings")?;
        let card = |row: &Row<'_>| {
            let uploaded_at = Timestamp::from_millisecond(row.get(1)?).unwrap_or_default();
            Ok(ShippingCard { transaction_id: row.get(0)?, uploaded_at, times: row.get(2)? })
        };
        all.query_map([], card)?.collect()
    }

    /// The next call of this path (`/cgi-bin/message/subscribe/send` …) is answered with this errcode, once.
    pub fn answer_once(&self, path: &str, errcode: i64) -> rusqlite::Result<()> {
        let sql = "insert into weixin_next_answers(path, errcode) values (?1, ?2)";
        self.0.database().execute(sql, params![path, errcode])?;
        Ok(())
    }

    fn know(&self, openid: &str) -> rusqlite::Result<()> {
        self.0.database().execute("insert or ignore into weixin_people values (?1)", [openid])?;
        Ok(())
    }

    fn card(&self, row: &Row<'_>) -> rusqlite::Result<InboxCard> {
        let (template_id, data, sent_at_ms): (String, String, i64) = (row.get(1)?, row.get(3)?, row.get(4)?);
        let data: Value = serde_json::from_str(&data).unwrap_or_default();
        let template = self.0.account.templates.iter().find(|template| template.id == template_id);
        let fields = template.map(|template| template.fields.as_slice()).unwrap_or_default();
        let value = |key: &str| data[key]["value"].as_str().unwrap_or_default().to_owned();
        Ok(InboxCard {
            openid: row.get(0)?,
            title: template.map(|template| template.title.clone()).unwrap_or_default(),
            lines: fields.iter().map(|(key, caption)| (caption.clone(), value(key))).collect(),
            page: row.get(2)?,
            sent_at: Timestamp::from_millisecond(sent_at_ms).unwrap_or_default(),
            template_id,
        })
    }
}

impl Platform {
    fn mint(&self, kind: &str, stands_for: &str) -> rusqlite::Result<String> {
        let code = self.ids.token(32);
        self.database().execute(
            "insert into weixin_codes(code, kind, stands_for, minted_at_ms) values (?1, ?2, ?3, ?4)",
            params![code, kind, stands_for, self.now_ms()],
        )?;
        Ok(code)
    }
}
