//! The DynamoDB tables: a file a table, and a file for each write that crosses tables. Access patterns and their request
//! units stand in `docs/data-model.md`.

pub mod bills;
pub mod close;
pub mod create;
mod error;
pub mod payments;
pub mod refunds;
pub mod settle;
mod table;

pub use error::StoreError;
pub use table::{Cursor, Item, Page};
