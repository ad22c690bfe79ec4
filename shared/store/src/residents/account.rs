//! All that is kept about a resident himself, to be shown to him and to be forgotten when he wants it so. What he paid is no
//! part of it: payments, invoices and postings are the households' and the law's.

use super::{
    Identity, PROFILE, Residents,
    bindings::profile,
    grants::{GRANT, grant_key},
};
use crate::{
    StoreError,
    error::stops,
    table::{Item, n, s},
};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, builders::DeleteBuilder};
use heatpay_domain::{AccountNo, ResidentId};
use jiff::Timestamp;
use serde::Deserialize;

/// How often somebody else may bind a household for him while he leaves.
const ATTEMPTS: usize = 3;

/// What is kept about a resident.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// When he was first seen. `None`: he has no account (any more), and what else is here is left over.
    pub created_at: Option<Timestamp>,
    /// What he signs in by.
    pub identities: Vec<Identity>,
    /// His mobile number, sealed, where he signs in by it.
    pub phone_sealed: Option<String>,
    /// The households bound to him, in order.
    pub households: Vec<AccountNo>,
    /// The messages he has agreed to, by template.
    pub grants: Vec<GrantLeft>,
}

/// How many messages of a template may be sent to a resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantLeft {
    /// WeChat's number of the template.
    pub template_id: String,
    /// How many.
    pub left: u32,
}

/// Any item of a resident's partition.
#[derive(Deserialize)]
struct Row {
    item: String,
    created_at: Option<Timestamp>,
    #[serde(default)]
    identities: Vec<String>,
    phone: Option<String>,
    account_no: Option<AccountNo>,
    granted: Option<u32>,
}

impl Residents {
    /// All that is kept about a resident. One consistent Query: he has few items, and each is small.
    pub async fn account(&self, resident_id: &ResidentId) -> Result<Account, StoreError> {
        let query = self.residents.client.query().table_name(&self.residents.name).consistent_read(true);
        let answer = query
            .key_condition_expression("resident_id = :resident")
            .expression_attribute_values(":resident", s(resident_id.as_str()))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let mut account = Account::default();
        for item in answer.items.unwrap_or_default() {
            account.take(self.residents.read(item)?);
        }
        Ok(account)
    }

    /// Forgets a resident: unbinds his households one by one, then deletes what else there is of him in one transaction, so
    /// that his identities are his until he is gone. Broken off and repeated, it goes on; repeated when done, it does nothing.
    /// One Query, one transaction of four parts a household, one of a part for each item more.
    pub async fn delete(&self, resident_id: &ResidentId) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let account = self.account(resident_id).await?;
            for account_no in &account.households {
                self.unbind(account_no, resident_id).await?;
            }
            if self.delete_rest(resident_id, &account).await? {
                return Ok(());
            }
        }
        Err(StoreError::Raced)
    }

    /// `false`: a household was bound to him meanwhile.
    async fn delete_rest(&self, resident_id: &ResidentId, account: &Account) -> Result<bool, StoreError> {
        let identities = account.identities.iter().map(Identity::key);
        let grants = account.grants.iter().map(|grant| grant_key(resident_id, &grant.template_id));
        let others: Vec<_> = identities.chain(grants).collect();
        if account.created_at.is_none() && others.is_empty() {
            return Ok(true);
        }
        let unbound = Delete::builder()
            .condition_expression("attribute_not_exists(#count) OR #count = :none")
            .expression_attribute_names("#count", "bound")
            .expression_attribute_values(":none", n(0));
        let mut transaction = self.residents.client.transact_write_items();
        transaction = transaction.transact_items(self.deleted(unbound, profile(resident_id)));
        for key in others {
            transaction = transaction.transact_items(self.deleted(Delete::builder(), key));
        }
        let Err(error) = transaction.send().await else { return Ok(true) };
        stops(error).map(|_| false)
    }

    fn deleted(&self, delete: DeleteBuilder, key: Item) -> TransactWriteItem {
        let delete = delete.table_name(&self.residents.name).set_key(Some(key)).build();
        TransactWriteItem::builder().delete(delete.expect("table and key are given")).build()
    }
}

impl Account {
    /// Takes up one item of the partition; the sort key says what it is.
    fn take(&mut self, row: Row) {
        if row.item == PROFILE {
            self.created_at = row.created_at;
            self.identities = row.identities.iter().filter_map(|text| Identity::of_partition(text)).collect();
            self.phone_sealed = row.phone;
        } else if let Some(account_no) = row.account_no {
            self.households.push(account_no);
        } else if let (Some(template_id), Some(left)) = (row.item.strip_prefix(GRANT), row.granted) {
            self.grants.push(GrantLeft { template_id: template_id.to_owned(), left });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;

    #[test]
    fn an_identity_is_read_as_it_was_written() {
        let weixin = Identity::Weixin { appid: "wx0123456789abcdef".to_owned(), openid: "o6_bmjrPTlm6_2sg".to_owned() };
        let alipay =
            Identity::Alipay { app_id: "2021000000000001".to_owned(), open_id: "074a1CcTG1LelxKe4x".to_owned() };
        let phone = Identity::Phone { hash: "0123456789abcdef".to_owned() };
        for identity in [weixin, alipay, phone] {
            assert_eq!(Identity::of_partition(&identity.partition()), Some(identity));
        }
        assert_eq!(Identity::of_partition("U01KB1Q2Z3A4B5C6D7E8F9G0H1J"), None);
    }
}
