//! The neighbours who have not paid are reminded.

use super::{
    client::DemoError,
    walk::{Walk, list, say, text},
};
use serde_json::{Value, json};

/// On how many mornings a reminder is waited for: the stages of the reminder plan lie two weeks apart at most.
const MORNINGS: u32 = 8;

/// Seconds; with the rest of the day up to ten in the morning, a week.
const BETWEEN_MORNINGS: i64 = 6 * 24 * 60 * 60;

impl Walk<'_> {
    /// The neighbours are reminded in the morning. Each stage comes once for a bill: where an earlier walk had today's, the
    /// desk's clock goes on until the next is due.
    /// `before`: how many messages the inbox held before this morning.
    pub(super) async fn remind_the_others(&self, before: usize) -> Result<(), DemoError> {
        for morning in 0..MORNINGS {
            if morning > 0 {
                self.advance(BETWEEN_MORNINGS).await?;
            }
            self.client.post("/sandbox/api/clock", None, json!({ "to_hour": 10 })).await?;
            self.client.post("/sandbox/api/schedules/overdue-reminder", None, json!({})).await?;
            // The wave is spread over a quarter of an hour; the desk's clock passes it.
            self.advance(900).await?;
            let reminder = self
                .until("a reminder", 4, || async {
                    let mut inbox = self.inbox().await?;
                    inbox.truncate(inbox.len().saturating_sub(before));
                    Ok(inbox.into_iter().find(is_reminder))
                })
                .await;
            match reminder {
                Ok(reminder) => {
                    say("reminder in the inbox", &format!("{} {}", text(&reminder, "to")?, text(&reminder, "text")?));
                    return Ok(());
                }
                Err(DemoError::NotInTime(..)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(DemoError::NotAsExpected(format!("nobody was reminded on {MORNINGS} mornings")))
    }

    /// What the inbox holds, the newest first.
    pub(super) async fn inbox(&self) -> Result<Vec<Value>, DemoError> {
        let inbox = self.client.get("/sandbox/api/inbox", None).await?;
        Ok(list(&inbox, "messages").to_vec())
    }
}

/// A notice about money that is owed, and not one about money that came.
fn is_reminder(message: &Value) -> bool {
    message["kind"] == "sms" && message["text"].as_str().is_some_and(|text| text.contains("到期"))
}
