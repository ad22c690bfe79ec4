//! The DynamoDB tables: a file a table, and a file for each write that crosses tables. Access patterns and their request
//! units stand in `docs/data-model.md`.

pub mod billing;
pub mod bills;
pub mod books;
pub mod by_day;
pub mod close;
pub mod counter;
pub mod create;
mod error;
pub mod households;
pub mod invoices;
pub mod notifications;
pub mod operations;
mod page;
pub mod payments;
pub mod prepaid;
pub mod reconcile;
pub mod refund_books;
pub mod refund_requests;
pub mod refunds;
pub mod reinvoice;
pub mod reminders;
pub mod repairs;
pub mod residents;
pub mod sessions;
pub mod settle;
pub mod staff;
mod table;
pub mod tariffs;
pub mod titles;

pub use error::StoreError;
pub use page::{Cursor, Page};
pub use table::Item;
