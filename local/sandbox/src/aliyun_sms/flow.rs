use super::{
    Provider, SmsKind,
    answers::{Failure, business},
};
use rusqlite::params;

/// How many messages of one signature a number may get; `None` is no limit.
#[derive(Clone, Copy, Debug)]
pub struct Permits {
    /// In a minute.
    pub a_minute: Option<u32>,
    /// In an hour.
    pub an_hour: Option<u32>,
    /// In a day.
    pub a_day: Option<u32>,
}

/// The carrier's flow control.
#[derive(Clone, Copy, Debug)]
pub struct FlowLimits {
    /// For codes.
    pub verification: Permits,
    /// For notices.
    pub notice: Permits,
}

impl Default for FlowLimits {
    /// As the provider documents it; the daily number of notices depends on the account.
    fn default() -> Self {
        Self {
            verification: Permits { a_minute: Some(1), an_hour: Some(5), a_day: Some(10) },
            notice: Permits { a_minute: None, an_hour: None, a_day: Some(50) },
        }
    }
}

const MINUTE_MS: i64 = 60_000;

impl Provider {
    pub(super) fn check_flow(&self, phone: &str, sign_name: &str, kind: SmsKind) -> Result<(), Failure> {
        let permits = match kind {
            SmsKind::Verification => self.account.limits.verification,
            SmsKind::Notice => self.account.limits.notice,
        };
        let windows = [
            ("分钟", MINUTE_MS, permits.a_minute),
            ("小时", 60 * MINUTE_MS, permits.an_hour),
            ("天", 24 * 60 * MINUTE_MS, permits.a_day),
        ];
        for (name, length_ms, permits) in windows {
            let Some(permits) = permits else { continue };
            let sent: u32 = self.database().query_row(
                "select count(*) from aliyun_messages
                    where phone = ?1 and sign_name = ?2 and kind = ?3 and sent_at_ms > ?4",
                params![phone, sign_name, kind.as_str(), self.now_ms() - length_ms],
                |row| row.get(0),
            )?;
            if sent >= permits {
                let message = format!("触发{name}级流控Permits:{permits}");
                return Err(business("isv.BUSINESS_LIMIT_CONTROL", message));
            }
        }
        Ok(())
    }
}
