//! Residents: the people who sign in. One partition each with the profile, the households bound to him and his grants of
//! subscribe messages; and an item for each identity he signs in by.

mod account;
mod bindings;
mod grants;

pub use account::{Account, GrantLeft};
pub use bindings::{Bound, MAX_HOUSEHOLDS, MAX_RESIDENTS};
pub use grants::{Grants, MAX_GRANTS};

use crate::{
    StoreError,
    error::{Stop, stops},
    table::{Item, Table, key, s, sortable},
};
use aws_sdk_dynamodb::types::AttributeValue;
use heatpay_domain::{AccountNo, ResidentId};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;
use serde::Deserialize;

const PROFILE: &str = "profile";

/// All residents, in the tables `RESIDENTS_TABLE` and, for what binds them, `HOUSEHOLDS_TABLE`.
#[derive(Clone, Debug)]
pub struct Residents {
    residents: Table,
    households: Table,
}

/// What a person signs in by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// His openid, which means him only together with the mini-program's id.
    Weixin {
        /// The mini-program.
        appid: String,
        /// The person in it.
        openid: String,
    },
    /// His open_id, which means him only together with the mini-program's id.
    Alipay {
        /// The mini-program.
        app_id: String,
        /// The person in it.
        open_id: String,
    },
    /// A mobile number he has shown to be his.
    Phone {
        /// The number's keyed hash.
        hash: String,
    },
}

impl Identity {
    /// The partition of the identity's item; the profile names it too, so that whoever leaves is forgotten whole.
    fn partition(&self) -> String {
        match self {
            Self::Weixin { appid, openid } => format!("weixin#{appid}#{openid}"),
            Self::Alipay { app_id, open_id } => format!("alipay#{app_id}#{open_id}"),
            Self::Phone { hash } => format!("phone#{hash}"),
        }
    }

    fn of_partition(partition: &str) -> Option<Self> {
        match partition.split('#').collect::<Vec<_>>().as_slice() {
            ["weixin", appid, openid] => {
                Some(Self::Weixin { appid: (*appid).to_owned(), openid: (*openid).to_owned() })
            }
            ["alipay", app_id, open_id] => {
                Some(Self::Alipay { app_id: (*app_id).to_owned(), open_id: (*open_id).to_owned() })
            }
            ["phone", hash] => Some(Self::Phone { hash: (*hash).to_owned() }),
            _ => None,
        }
    }

    fn key(&self) -> Item {
        key([("resident_id", &self.partition()), ("item", "identity")])
    }
}

/// Somebody who may be new.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The number he gets if he is new.
    pub resident_id: ResidentId,
    /// His mobile number, sealed, where he signs in by it.
    pub phone_sealed: Option<String>,
    /// When he signs in.
    pub at: Timestamp,
}

#[derive(Deserialize)]
struct IdentityRow {
    resident: ResidentId,
}

/// The profile, or a household of a resident.
#[derive(Deserialize)]
struct OwnRow {
    item: String,
    account_no: Option<AccountNo>,
}

impl Residents {
    /// The tables in `RESIDENTS_TABLE` and `HOUSEHOLDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            residents: Table::of(context, "RESIDENTS_TABLE")?,
            households: Table::of(context, "HOUSEHOLDS_TABLE")?,
        })
    }

    /// The resident of that identity, made if he is new; of two who come at once with the same identity one is made. One
    /// GetItem, and for a new one a transaction of two parts.
    pub async fn find_or_make(&self, identity: &Identity, newcomer: Newcomer) -> Result<ResidentId, StoreError> {
        let found: Option<IdentityRow> = self.residents.get(identity.key()).await?;
        match found {
            Some(row) => Ok(row.resident),
            None => self.make(identity, newcomer).await,
        }
    }

    async fn make(&self, identity: &Identity, newcomer: Newcomer) -> Result<ResidentId, StoreError> {
        let Newcomer { resident_id, phone_sealed, at } = newcomer;
        let mut named = identity.key();
        named.insert("resident".to_owned(), s(resident_id.as_str()));
        let mut profile = key([("resident_id", resident_id.as_str()), ("item", PROFILE)]);
        profile.insert("created_at".to_owned(), s(sortable(at)));
        profile.insert("identities".to_owned(), AttributeValue::L(vec![s(identity.partition())]));
        if let Some(phone) = phone_sealed {
            profile.insert("phone".to_owned(), s(phone));
        }
        let transaction = self
            .residents
            .client
            .transact_write_items()
            .transact_items(self.residents.put_new(named, "resident_id"))
            .transact_items(self.residents.put_new(profile, "resident_id"));
        let Err(error) = transaction.send().await else { return Ok(resident_id) };
        match stops(error)?.into_iter().next() {
            Some(Stop::Condition(Some(item))) => Ok(self.residents.read::<IdentityRow>(item)?.resident),
            Some(Stop::Condition(None) | Stop::None) | None => Err(StoreError::Raced),
        }
    }

    /// The households bound to a resident, in order; `None`: he has deleted his account. One consistent Query, so that what
    /// he unbound is gone at once.
    pub async fn households_of(&self, resident_id: &ResidentId) -> Result<Option<Vec<AccountNo>>, StoreError> {
        let answer = self
            .residents
            .client
            .query()
            .table_name(&self.residents.name)
            .key_condition_expression("resident_id = :resident AND #item BETWEEN :household AND :profile")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":resident", s(resident_id.as_str()))
            .expression_attribute_values(":household", s("household#"))
            .expression_attribute_values(":profile", s(PROFILE))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let rows = answer.items.unwrap_or_default().into_iter().map(|item| self.residents.read(item));
        let rows: Vec<OwnRow> = rows.collect::<Result<_, _>>()?;
        let there = rows.iter().any(|row| row.item == PROFILE);
        Ok(there.then(|| rows.into_iter().filter_map(|row| row.account_no).collect()))
    }
}
