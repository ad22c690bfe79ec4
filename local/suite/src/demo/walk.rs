//! The walk from the first sign-in to the books of the next morning, and what its parts share.

use super::{
    PaidBy,
    client::{Client, DemoError},
};
use heatpay_domain::calendar::civil_time;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// How long anything may take.
pub(super) const PATIENCE_SECONDS: u64 = 60;

/// When payments of the walk are made: far from midnight and from the hours at which channels cut their days.
const DAYTIME: std::ops::Range<i8> = 8..20;

pub(super) struct Walk<'a> {
    pub(super) client: &'a Client,
    pub(super) paid_by: PaidBy,
    /// Where the suite has its data.
    pub(super) folder: &'a Path,
}

impl Walk<'_> {
    pub(super) async fn all(&self) -> Result<(), DemoError> {
        self.begin_in_daytime().await?;
        let household = self.choose_household().await?;
        let token = self.sign_in().await?;
        let token = self.bind(&household, token).await?;
        let bills = self.look_up(&household, &token).await?;
        let payment_no = self.pay(&household, &token, &bills).await?;
        let paid_at = self.wait_until_paid(&payment_no, &token).await?;
        self.save_invoice(&household, &token, &payment_no).await?;
        let office = self.open_the_office().await?;
        self.give_back(&office, &household, &token, &payment_no).await?;
        self.pay_at_the_counter(&office, token).await?;
        let messages = self.inbox().await?.len();
        self.reconcile_the_next_morning(&office, paid_at).await?;
        self.remind_the_others(messages).await?;
        self.check_the_books().await
    }

    async fn begin_in_daytime(&self) -> Result<(), DemoError> {
        if DAYTIME.contains(&civil_time(self.now().await?).hour()) {
            return Ok(());
        }
        self.client.post("/sandbox/api/clock", None, json!({ "to_hour": 10 })).await?;
        say("the desk's clock goes on to ten in the morning", &self.now().await?.to_string());
        Ok(())
    }

    async fn check_the_books(&self) -> Result<(), DemoError> {
        let audit = self.client.get("/sandbox/api/audit", None).await?;
        for (account, fen) in audit["balances"].as_object().into_iter().flatten() {
            say(&format!("  {account}"), &yuan(fen.as_i64().unwrap_or(0)));
        }
        let differences = audit["differences"].as_array().cloned().unwrap_or_default();
        if !differences.is_empty() {
            return Err(DemoError::NotAsExpected(format!("the books differ: {differences:?}")));
        }
        say("ledger balanced", &format!("{} postings, no difference", audit["counted"]["postings"]));
        let (ours, theirs) = (number(&audit, "clearing_fen")?, number(&audit, "provider_fen")?);
        if ours != theirs {
            let (ours, theirs) = (yuan(ours), yuan(theirs));
            return Err(DemoError::NotAsExpected(format!("the channels hold {theirs} yuan, the books say {ours}")));
        }
        say("what the channels hold is what the books say", &format!("{} yuan, difference 0.00", yuan(theirs)));
        Ok(())
    }

    /// The suite's time.
    pub(super) async fn now(&self) -> Result<Timestamp, DemoError> {
        self.advance(0).await
    }

    /// Moves the desk's clock on; answers the suite's time.
    pub(super) async fn advance(&self, seconds: i64) -> Result<Timestamp, DemoError> {
        let moved = self.client.post("/sandbox/api/clock", None, json!({ "advance_seconds": seconds })).await?;
        moment(&moved, "now")
    }

    /// Asks until there is something, with patience.
    pub(super) async fn until<T, F, Fut>(&self, what: &'static str, seconds: u64, mut ask: F) -> Result<T, DemoError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<Option<T>, DemoError>>,
    {
        for _ in 0..seconds * 4 {
            if let Some(found) = ask().await? {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        Err(DemoError::NotInTime(what, seconds))
    }
}

pub(super) fn text(value: &Value, name: &str) -> Result<String, DemoError> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| DemoError::NotAsExpected(format!("an answer has no {name}: {value}")))
}

pub(super) fn number(value: &Value, name: &str) -> Result<i64, DemoError> {
    value[name].as_i64().ok_or_else(|| DemoError::NotAsExpected(format!("an answer has no {name}: {value}")))
}

pub(super) fn moment(value: &Value, name: &str) -> Result<Timestamp, DemoError> {
    let moment = text(value, name)?.parse();
    moment.map_err(|_| DemoError::NotAsExpected(format!("{name} is no moment: {value}")))
}

/// The list of that name; empty where there is none.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn yuan(fen: i64) -> String {
    heatpay_domain::Fen(fen).yuan()
}

pub(super) fn say(step: &str, answer: &str) {
    println!("{step:<52} {answer}");
}
