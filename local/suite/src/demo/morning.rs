//! The next morning: the channel's statement is matched line by line, nothing differs, the day is closed and its fee posted.

use super::{
    client::DemoError,
    office::Office,
    walk::{PATIENCE_SECONDS, Walk, list, moment, number, say, text, yuan},
};
use heatpay_domain::calendar;
use jiff::{Timestamp, ToSpan, civil::Date};
use serde_json::{Value, json};

/// When every channel's statement can be had.
const HOUR: i8 = 10;
const MINUTE: i8 = 5;

/// On how many mornings it may be: what lies around midnight shows in the next day's statement only.
const MORNINGS: i64 = 3;

/// How long a run takes at most.
const RUN_SECONDS: u64 = 15;

/// Each class of differences, as it is printed.
const CLASSES: [(&str, &str); 4] = [
    ("channel_only", "  only the channel has"),
    ("ours_only", "  only our books have"),
    ("amount_differs", "  with another amount"),
    ("duplicate", "  more often than once"),
];

impl Walk<'_> {
    /// Of the day on which the payment was paid.
    pub(super) async fn reconcile_the_next_morning(
        &self,
        office: &Office,
        paid_at: Timestamp,
    ) -> Result<(), DemoError> {
        let day = calendar::civil_date(paid_at);
        let path = format!("/api/staff/reconciliations/{}/{day}", self.paid_by.name());
        for morning in 1..=MORNINGS {
            self.sleep_until(day, morning).await?;
            let token = self.sign_in_anew(&office.approves).await?;
            self.client.post("/sandbox/api/schedules/reconcile", None, json!({})).await?;
            let matched = self
                .until("the reconciliation", RUN_SECONDS, || async {
                    let found = self.day(&path, &token).await?;
                    Ok(found
                        .filter(|found| found["state"] == "closed" || number(found, "open_cases").is_ok_and(|n| n > 0)))
                })
                .await;
            match matched {
                Ok(found) => return self.show_day(&path, &token, &found).await,
                Err(DemoError::NotInTime(..)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(DemoError::NotAsExpected(format!("{day} is not closed after {MORNINGS} mornings")))
    }

    /// The desk's clock goes on to the so many'th morning after the day.
    async fn sleep_until(&self, day: Date, morning: i64) -> Result<(), DemoError> {
        let wanted = calendar::moment(day.saturating_add(morning.days()).at(HOUR, MINUTE, 0, 0));
        let wanted = wanted.ok_or_else(|| DemoError::NotAsExpected(format!("there is no morning after {day}")))?;
        let now = self.now().await?;
        let now = self.advance((wanted.duration_since(now).as_secs() + 1).max(0)).await?;
        say("the desk's clock goes on to the next morning", &now.to_string());
        Ok(())
    }

    /// The day; `None` before it is taken up.
    async fn day(&self, path: &str, token: &str) -> Result<Option<Value>, DemoError> {
        match self.client.get(path, Some(token)).await {
            Err(error) if error.is(404) => Ok(None),
            found => found.map(Some),
        }
    }

    async fn show_day(&self, path: &str, token: &str, found: &Value) -> Result<(), DemoError> {
        let sha256 = found["statement_sha256"].as_str().unwrap_or("none: nothing happened");
        let whose = format!("{}'s statement of {}", self.paid_by.title(), text(found, "day")?);
        say(&whose, &format!("SHA-256 {}", sha256.get(..16).unwrap_or(sha256)));
        let mut difference = 0;
        for kind in ["payments", "refunds"] {
            let tally = &found[kind];
            let (lines, fen) = (number(tally, "lines")?, number(tally, "amount_fen")?);
            let (matched, matched_fen) = (number(tally, "matched")?, number(tally, "matched_fen")?);
            difference += (fen - matched_fen).abs();
            say(
                &format!("  {kind}"),
                &format!("{lines} lines, {} yuan; matched {matched}, {} yuan", yuan(fen), yuan(matched_fen)),
            );
        }
        for (class, title) in CLASSES {
            say(title, &number(&found["differences"], class)?.to_string());
        }
        say("  held for the next day's statement", &number(found, "held")?.to_string());
        let is_closed = found["state"] == "closed" && CLASSES.iter().all(|(class, _)| found["differences"][class] == 0);
        if !is_closed || difference != 0 || number(&found["payments"], "lines")? == 0 {
            let cases = self.client.get(&format!("{path}/cases"), Some(token)).await?;
            return Err(DemoError::NotAsExpected(format!("the day differs: {found} {:?}", list(&cases, "items"))));
        }
        let closed = format!("difference {} yuan, closed {}", yuan(difference), text(found, "closed_at")?);
        say("every line is explained", &closed);
        say("fee posted", &format!("{} yuan", yuan(number(found, "fee_fen")?)));
        self.match_again(path, token, found).await
    }

    /// On demand: the same books and the same file give the same result, to the byte.
    async fn match_again(&self, path: &str, token: &str, before: &Value) -> Result<(), DemoError> {
        let ran_at = moment(before, "ran_at")?;
        self.advance(1).await?;
        let wanted = json!({ "channel": self.paid_by.name(), "day": before["day"] });
        self.client.post("/api/staff/reconciliations", Some(token), wanted).await?;
        let again = self
            .until("the matching again", PATIENCE_SECONDS, || async {
                let found = self.day(path, token).await?;
                Ok(found.filter(|found| moment(found, "ran_at").is_ok_and(|at| at > ran_at)))
            })
            .await?;
        let (first, second) = (text(before, "result_sha256")?, text(&again, "result_sha256")?);
        if first != second || again["state"] != "closed" {
            return Err(DemoError::NotAsExpected(format!("matched again it is another result: {before} {again}")));
        }
        say("matched again on demand: the same result", &format!("SHA-256 {}", first.get(..16).unwrap_or(&first)));
        Ok(())
    }
}
