use super::Platform;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

/// An order that passed the checks.
pub(super) struct Draft<'a> {
    pub(super) order_no: &'a str,
    /// What it was asked with; for a red one, the original's body with the amounts turned round.
    pub(super) body: &'a Value,
    pub(super) original_serial_no: Option<&'a str>,
    /// Set when the other party must confirm before it is issued.
    pub(super) confirm_serial_no: Option<&'a str>,
}

/// An invoice, blue or red, as the platform keeps it.
#[derive(Clone, Debug)]
pub(super) struct StoredInvoice {
    pub(super) serial_no: String,
    pub(super) order_no: String,
    pub(super) body: Value,
    pub(super) original_serial_no: Option<String>,
    /// `00` issuing, `01` issued, `02` failed; empty while it waits for a confirmation.
    pub(super) status: String,
    pub(super) message: String,
    pub(super) digit_invoice_no: Option<String>,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) confirm_serial_no: Option<String>,
    pub(super) confirm_state: Option<String>,
}

const COLUMNS: &str = "serial_no, order_no, body, original_serial_no, status, message, digit_invoice_no, issued_at_ms,
    confirm_serial_no, confirm_state";

impl StoredInvoice {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let body: String = row.get(2)?;
        let issued_at_ms: Option<i64> = row.get(7)?;
        Ok(Self {
            serial_no: row.get(0)?,
            order_no: row.get(1)?,
            body: serde_json::from_str(&body).unwrap_or_default(),
            original_serial_no: row.get(3)?,
            status: row.get(4)?,
            message: row.get(5)?,
            digit_invoice_no: row.get(6)?,
            issued_at: issued_at_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            confirm_serial_no: row.get(8)?,
            confirm_state: row.get(9)?,
        })
    }
}

impl Platform {
    /// Keeps the draft and starts issuing it.
    pub(super) fn take(&self, draft: &Draft<'_>) -> rusqlite::Result<String> {
        let serial_no = self.ids.digits(20);
        let waits = draft.confirm_serial_no.is_some();
        let due_at_ms = self.now_ms() + self.issue_after_seconds()? * 1000;
        self.database().execute(
            "insert into baiwang_invoices(serial_no, order_no, body, original_serial_no, status, message, due_at_ms,
                confirm_serial_no, confirm_state) values (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, ?8)",
            params![
                serial_no,
                draft.order_no,
                draft.body.to_string(),
                draft.original_serial_no,
                if waits { "" } else { "00" },
                due_at_ms,
                draft.confirm_serial_no,
                waits.then_some("02"),
            ],
        )?;
        Ok(serial_no)
    }

    /// Starts issuing a failed or a confirmed one.
    pub(super) fn start_again(&self, serial_no: &str) -> rusqlite::Result<()> {
        let due_at_ms = self.now_ms() + self.issue_after_seconds()? * 1000;
        self.database().execute(
            "update baiwang_invoices set status = '00', message = '', due_at_ms = ?2 where serial_no = ?1",
            params![serial_no, due_at_ms],
        )?;
        Ok(())
    }

    pub(super) fn invoice_of_order(&self, order_no: &str) -> rusqlite::Result<Option<StoredInvoice>> {
        self.find("order_no", order_no)
    }

    /// Looks one up by a column, after what is due has been issued.
    pub(super) fn find(&self, column: &'static str, value: &str) -> rusqlite::Result<Option<StoredInvoice>> {
        self.issue_what_is_due()?;
        let sql = format!("select {COLUMNS} from baiwang_invoices where {column} = ?1");
        self.database().query_row(&sql, [value], StoredInvoice::of).optional()
    }

    /// All of them, newest first.
    pub(super) fn all(&self) -> rusqlite::Result<Vec<StoredInvoice>> {
        self.issue_what_is_due()?;
        let database = self.database();
        let mut all = database.prepare(&format!("select {COLUMNS} from baiwang_invoices order by id desc"))?;
        all.query_map([], StoredInvoice::of)?.collect()
    }

    /// Time passes only when somebody looks: what was due by now gets its number, or fails, as the switch says.
    fn issue_what_is_due(&self) -> rusqlite::Result<()> {
        let now = self.clock.now();
        let due = "status = '00' and due_at_ms <= ?1";
        if let Some(words) = self.issuing()?.failure() {
            let fail = format!("update baiwang_invoices set status = '02', message = ?2 where {due}");
            self.database().execute(&fail, params![now.as_millisecond(), words])?;
            return Ok(());
        }
        // 数电 numbers: two digits year, two digits region (12 Tianjin), one digit channel, fifteen running.
        let year = heatpay_domain::calendar::civil_date(now).year() % 100;
        let issue = format!(
            "update baiwang_invoices set status = '01', issued_at_ms = due_at_ms,
                digit_invoice_no = printf('%02d121%015d', ?2, id) where {due}"
        );
        self.database().execute(&issue, params![now.as_millisecond(), year])?;
        Ok(())
    }
}
