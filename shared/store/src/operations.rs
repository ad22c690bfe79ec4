//! 操作日志: who did what to what, when, with the values before and after, masked. Append-only, and tamper-evident: each member of
//! staff has a chain of his own, every entry carries the keyed hash of itself and of the one before, and the chain's head tells
//! how many there are. A chain a person keeps writes apart (nobody does two things at once), and needs no item that all write.
//!
//! Whoever can write the table but has not the key of `OPERATIONS_SECRET_ID` cannot change, remove, insert or reorder an entry
//! without [`Operations::verify`] naming it.

mod chain;
mod entry;
mod list;
mod masked;
mod verify;

pub use entry::{Entry, Operation};
pub use list::Entries;
pub use masked::masked;
pub use verify::{Breakage, Broken, Verification};

use crate::{
    StoreError,
    error::stops,
    table::{Item, Table, key, n, s},
};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use chain::{ChainKey, Head};
use heatpay_domain::StaffNo;
use heatpay_runtime::{BootError, Context};
use serde::Deserialize;

/// The sort key of a chain's head.
const HEAD: &str = "head";
/// How often an entry is tried again when the same person did something else at the same moment.
const ATTEMPTS: usize = 4;

/// The secret that chains the entries: any text of at least 32 characters.
#[derive(Deserialize)]
struct OperationsSecret {
    chain_key: String,
}

/// The operation log, in the table `OPERATIONS_TABLE`, chained with the secret `OPERATIONS_SECRET_ID`.
#[derive(Clone)]
pub struct Operations {
    table: Table,
    key: ChainKey,
}

/// An entry that is about to be written: in the same transaction as what it tells, so that there is never one without the other.
/// Hand it to the store's function that writes the business; [`StoreError::Raced`] then also means that the same person did
/// something else meanwhile: read again, decide again, ask for the entry again.
#[derive(Clone, Debug)]
pub struct NextEntry {
    table: Table,
    entry: Entry,
    head: Head,
}

impl Operations {
    /// The table in `OPERATIONS_TABLE` and the key in `OPERATIONS_SECRET_ID`.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        let secret: OperationsSecret = context.secret("OPERATIONS_SECRET_ID").await?;
        let key = ChainKey::new(&secret.chain_key).ok_or_else(|| BootError::Unusable {
            what: "the operation log's secret",
            source: "chain_key has fewer than 32 characters".into(),
        })?;
        Ok(Self { table: Table::of(context, "OPERATIONS_TABLE")?, key })
    }

    /// The entry of an operation, to be written together with the business. One GetItem; in the transaction two parts.
    pub async fn next(&self, operation: Operation) -> Result<NextEntry, StoreError> {
        let head = self.head(&operation.who).await?.unwrap_or_default();
        let entry = Entry::after(&head, operation, &self.key);
        let head = self.key.head(&entry.staff_no, entry.seq, entry.hash.clone());
        Ok(NextEntry { table: self.table.clone(), entry, head })
    }

    /// Writes an operation that changes nothing else (signing in, looking at personal data). One GetItem, one transaction of two
    /// parts.
    pub async fn append(&self, operation: Operation) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let next = self.next(operation.clone()).await?;
            let transaction = self.table.client.transact_write_items();
            let Err(error) = transaction.set_transact_items(Some(next.parts()?)).send().await else { return Ok(()) };
            match stops(error) {
                Ok(_) | Err(StoreError::Raced) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Raced)
    }

    async fn head(&self, staff_no: &StaffNo) -> Result<Option<Head>, StoreError> {
        self.table.get(head_key(staff_no)).await
    }
}

fn head_key(staff_no: &StaffNo) -> Item {
    key([("staff_no", staff_no.as_str()), ("entry", HEAD)])
}

impl NextEntry {
    /// The parts of the transaction: the entry, which must be new, and the head, which must be as it was read.
    pub(crate) fn parts(&self) -> Result<Vec<TransactWriteItem>, StoreError> {
        let entry = self.table.put_new(self.entry.item(&self.table)?, "staff_no");
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(head_key(&self.entry.staff_no)))
            .update_expression("SET #count = :count, #hash = :hash, mac = :mac")
            .expression_attribute_names("#count", "count")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":count", n(self.head.count))
            .expression_attribute_values(":hash", s(&self.head.hash))
            .expression_attribute_values(":mac", s(&self.head.mac));
        let update = if self.entry.seq == 1 {
            update.condition_expression("attribute_not_exists(#hash)")
        } else {
            update
                .condition_expression("#hash = :previous")
                .expression_attribute_values(":previous", s(&self.entry.previous))
        };
        let update = update.build().map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(vec![entry, TransactWriteItem::builder().update(update).build()])
    }
}
