//! What the desk and the tests do that no client of the platform can.

use super::{Baiwang, Platform, page, xml};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// How the tax bureau behind the platform behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issuing {
    /// Orders are issued so many seconds after they came; 0 is at once.
    Works {
        /// The seconds.
        after_seconds: i64,
    },
    /// Orders that fall due fail with these words.
    Fails {
        /// The platform's words.
        message: String,
    },
    /// Orders that fall due fail because the drawer's login wants a face scan.
    NeedsLogin,
}

/// One invoice as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceCard {
    /// The platform's number; the files are found by it.
    pub serial_no: String,
    /// Our number.
    pub order_no: String,
    /// Whom it is made out to.
    pub buyer_name: String,
    /// The total with tax in yuan; negative for a red one.
    pub amount_yuan: String,
    /// `00` issuing, `01` issued, `02` failed, empty while it waits for a confirmation.
    pub status: String,
    /// Why it failed.
    pub message: String,
    /// 20 digits, once issued.
    pub digit_invoice_no: Option<String>,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// The invoice it reverses.
    pub original_serial_no: Option<String>,
    /// The form it waits for or has passed.
    pub confirm_serial_no: Option<String>,
}

impl Issuing {
    /// The words of a failure, none when it works.
    pub(super) fn failure(&self) -> Option<&str> {
        match self {
            Self::Works { .. } => None,
            Self::Fails { message } => Some(message),
            Self::NeedsLogin => Some("电子税务局登录已失效,请开票员进行人脸识别认证后重试"),
        }
    }
}

impl Baiwang {
    /// All invoices, newest first.
    pub fn invoices(&self) -> rusqlite::Result<Vec<InvoiceCard>> {
        let card = |invoice: super::invoice::StoredInvoice| InvoiceCard {
            buyer_name: invoice.body["buyerName"].as_str().unwrap_or_default().to_owned(),
            amount_yuan: invoice.sums().gross.to_string(),
            serial_no: invoice.serial_no,
            order_no: invoice.order_no,
            status: invoice.status,
            message: invoice.message,
            digit_invoice_no: invoice.digit_invoice_no,
            issued_at: invoice.issued_at,
            original_serial_no: invoice.original_serial_no,
            confirm_serial_no: invoice.confirm_serial_no,
        };
        Ok(self.0.all()?.into_iter().map(card).collect())
    }

    /// Switches how the tax bureau behaves.
    pub fn set_issuing(&self, issuing: &Issuing) -> rusqlite::Result<()> {
        let (mode, value) = match issuing {
            Issuing::Works { after_seconds } => ("works", after_seconds.to_string()),
            Issuing::Fails { message } => ("fails", message.clone()),
            Issuing::NeedsLogin => ("needs_login", String::new()),
        };
        self.0.set_knob("issuing", &format!("{mode}:{value}"))?;
        if let Issuing::Works { after_seconds } = issuing {
            self.0.set_knob("issue_after_seconds", &after_seconds.to_string())?;
        }
        Ok(())
    }

    /// How the tax bureau behaves now.
    pub fn issuing(&self) -> rusqlite::Result<Issuing> {
        self.0.issuing()
    }

    /// Switches whether reversals wait for the buyer.
    pub fn set_red_needs_confirmation(&self, needed: bool) -> rusqlite::Result<()> {
        self.0.set_knob("red_needs_confirmation", if needed { "1" } else { "0" })
    }

    /// The buyer answers a confirmation form; `false` when there is no such form waiting.
    pub fn answer_confirmation(&self, confirm_serial_no: &str, agreed: bool) -> rusqlite::Result<bool> {
        let state = if agreed { "04" } else { "06" };
        let answered = self.0.database().execute(
            "update baiwang_invoices set confirm_state = ?2 where confirm_serial_no = ?1 and confirm_state = '02'",
            params![confirm_serial_no, state],
        )?;
        if answered == 1
            && agreed
            && let Some(invoice) = self.0.find("confirm_serial_no", confirm_serial_no)?
        {
            self.0.start_again(&invoice.serial_no)?;
        }
        Ok(answered == 1)
    }

    /// Every token handed out so far has expired.
    pub fn expire_tokens(&self) -> rusqlite::Result<()> {
        self.0.database().execute("update baiwang_tokens set expires_at_ms = 0", [])?;
        Ok(())
    }

    /// The rendering of an issued invoice.
    pub fn pdf(&self, serial_no: &str) -> rusqlite::Result<Option<Vec<u8>>> {
        self.0.pdf(serial_no)
    }
}

impl Platform {
    pub(super) fn pdf(&self, serial_no: &str) -> rusqlite::Result<Option<Vec<u8>>> {
        let invoice = self.find("serial_no", serial_no)?.filter(|invoice| invoice.status == "01");
        Ok(invoice.map(|invoice| page::draw(&self.account, &invoice)))
    }

    pub(super) fn xml(&self, serial_no: &str) -> rusqlite::Result<Option<String>> {
        let invoice = self.find("serial_no", serial_no)?.filter(|invoice| invoice.status == "01");
        Ok(invoice.map(|invoice| xml::write(&self.account, &invoice)))
    }

    pub(super) fn issuing(&self) -> rusqlite::Result<Issuing> {
        let knob = self.knob("issuing")?.unwrap_or_default();
        Ok(match knob.split_once(':') {
            Some(("fails", message)) => Issuing::Fails { message: message.to_owned() },
            Some(("needs_login", _)) => Issuing::NeedsLogin,
            _ => Issuing::Works { after_seconds: self.issue_after_seconds()? },
        })
    }

    /// Three seconds unless switched, about what the real one takes on a good day.
    pub(super) fn issue_after_seconds(&self) -> rusqlite::Result<i64> {
        Ok(self.knob("issue_after_seconds")?.and_then(|text| text.parse().ok()).unwrap_or(3))
    }

    pub(super) fn red_needs_confirmation(&self) -> rusqlite::Result<bool> {
        Ok(self.knob("red_needs_confirmation")?.as_deref() == Some("1"))
    }

    fn knob(&self, name: &str) -> rusqlite::Result<Option<String>> {
        let sql = "select value from baiwang_knobs where name = ?1";
        self.database().query_row(sql, [name], |row| row.get(0)).optional()
    }

    fn set_knob(&self, name: &str, value: &str) -> rusqlite::Result<()> {
        let sql = "insert into baiwang_knobs values (?1, ?2) on conflict(name) do update set value = excluded.value";
        self.database().execute(sql, params![name, value])?;
        Ok(())
    }
}
