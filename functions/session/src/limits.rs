//! How often what may be asked. Sending codes costs money and annoys; proofs may be guessed.

use heatpay_domain::{AccountNo, ResidentId};
use heatpay_runtime::{
    Problem,
    settings::{SettingError, Settings},
};
use heatpay_store::sessions::{Limit, Taken};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    codes_per_address: u32,
    /// Proxies of ours between the clients and the gateway: each adds one address to `x-forwarded-for`.
    pub(crate) proxies: usize,
}

impl Limits {
    pub(crate) fn of(settings: &Settings) -> Result<Self, SettingError> {
        Ok(Self {
            codes_per_address: settings.parsed_or("SMS_CODES_PER_ADDRESS_HOUR", 60)?,
            proxies: settings.parsed_or("TRUSTED_PROXIES", 0)?,
        })
    }

    /// SMS codes of one address: many homes may share one.
    pub(crate) fn codes_of_address(self, address_hash: &str) -> Limit {
        Limit::Within { key: format!("code-address#{address_hash}"), seconds: HOUR, times: self.codes_per_address }
    }
}

/// SMS codes of one number, as the carriers have it: 1 a minute, 5 an hour, 10 a day.
pub(crate) fn codes_of_phone(phone_hash: &str) -> [Limit; 3] {
    let key = format!("code-phone#{phone_hash}");
    [
        Limit::Pause { key: key.clone(), seconds: MINUTE },
        Limit::Within { key: key.clone(), seconds: HOUR, times: 5 },
        Limit::Within { key, seconds: DAY, times: 10 },
    ]
}

/// Proofs: 5 an hour of one resident, 10 a day for one account, whether there is one of that number or not.
pub(crate) fn proofs(resident_id: &ResidentId, account_no: &AccountNo) -> [Limit; 2] {
    [
        Limit::Within { key: format!("proof-resident#{resident_id}"), seconds: HOUR, times: 5 },
        Limit::Within { key: format!("proof-account#{account_no}"), seconds: DAY, times: 10 },
    ]
}

pub(crate) fn allowed(taken: Taken) -> Result<(), Problem> {
    match taken {
        Taken::Yes => Ok(()),
        Taken::TooOften { wait } => Err(Problem::too_often(wait)),
    }
}
