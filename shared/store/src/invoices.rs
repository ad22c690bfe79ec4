//! Invoices, looked up by number or by household; those the platform has not finished also by when it is to be asked, through
//! a sparse index. The title is sealed: it is somebody's name and address for mail.

use crate::{
    StoreError,
    bills::attribute,
    page::{Cursor, Listing, Page},
    table::{Item, SHARDS, Table, key, n, s, shard_of, sortable},
    titles::Titles,
};
use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};
use heatpay_domain::{
    AccountNo, InvoiceNo, ResidentId,
    invoice::{Invoice, InvoiceFiles, InvoiceStatus, InvoiceTitle},
    payment::Payment,
};
use heatpay_runtime::{BootError, Context, personal_data::CannotOpen};
use jiff::Timestamp;
use serde::Deserialize;

/// All invoices, in the table `INVOICES_TABLE`.
#[derive(Clone)]
pub struct Invoices {
    table: Table,
    titles: Titles,
}

/// An invoice as it stands in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptInvoice {
    /// The invoice.
    pub invoice: Invoice,
    /// When the platform is to be asked about it. `None`: there is nothing to ask.
    pub ask_at: Option<Timestamp>,
}

/// What came of writing a new invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requested {
    /// It is written, to be taken up at once.
    Now(Box<Invoice>),
    /// The payment has an invoice already.
    Before(Box<KeptInvoice>),
}

#[derive(Deserialize)]
struct OpenRow {
    invoice_no: InvoiceNo,
}

#[derive(Deserialize)]
struct Due {
    ask_at: Option<Timestamp>,
}

impl Invoices {
    /// The table in `INVOICES_TABLE`, sealed with the keys in the secret `PERSONAL_DATA_SECRET_ID`.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        Ok(Self { table: Table::of(context, "INVOICES_TABLE")?, titles: Titles::of(context).await? })
    }

    /// The invoice of that number, whoever's it is. One GetItem.
    pub async fn find(&self, invoice_no: &InvoiceNo) -> Result<Option<KeptInvoice>, StoreError> {
        let get = self.table.client.get_item().table_name(&self.table.name).consistent_read(true);
        let key = key([("invoice_no", invoice_no.as_str())]);
        let answer = get.set_key(Some(key)).send().await.map_err(StoreError::unavailable)?;
        answer.item.map(|item| self.opened(item)).transpose()
    }

    /// Asks for the invoice of a payment, made out to `title`, unless the payment has one. One PutItem.
    pub async fn request(
        &self,
        payment: &Payment,
        title: &InvoiceTitle,
        resident_id: &ResidentId,
        now: Timestamp,
    ) -> Result<Requested, StoreError> {
        let invoice = requested(payment, title, resident_id, now);
        let item = self.requested_item(&invoice)?;
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        let answer = put
            .condition_expression("attribute_not_exists(invoice_no)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = answer else { return Ok(Requested::Now(Box::new(invoice))) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(there)) => match there.item.clone() {
                Some(item) => Ok(Requested::Before(Box::new(self.opened(item)?))),
                None => Err(StoreError::Raced),
            },
            _ => Err(StoreError::unavailable(error)),
        }
    }

    /// A part of a transaction: a new invoice in the place of one that is no more, to the same title.
    pub(crate) fn in_place_of(
        &self,
        before: &Invoice,
        invoice_no: &InvoiceNo,
        payment: &Payment,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let invoice = requested(payment, &before.title, &before.resident_id, now);
        let item = self.requested_item(&Invoice { invoice_no: invoice_no.clone(), ..invoice })?;
        Ok(self.table.put_new(item, "invoice_no"))
    }

    fn requested_item(&self, invoice: &Invoice) -> Result<Item, StoreError> {
        let mut item = self.table.item(invoice)?;
        item.insert("title".to_owned(), s(self.titles.seal(invoice.invoice_no.as_str(), &invoice.title)));
        item.insert("requested_at".to_owned(), s(sortable(invoice.requested_at)));
        item.insert("open_shard".to_owned(), s(shard_of(invoice.invoice_no.as_str())));
        item.insert("ask_at".to_owned(), s(sortable(invoice.requested_at)));
        Ok(item)
    }

    /// A household's invoices, newest first. One Query. `None`: the cursor is not of this listing.
    pub async fn of_household(
        &self,
        account_no: &AccountNo,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<Invoice>>, StoreError> {
        let listing = Listing {
            index: Some("by_account"),
            keys: ["account_no", "requested_at", "invoice_no"],
            own: account_no.as_str(),
            newest_first: true,
        };
        listing.page(&self.table, limit, after, |item| Ok(self.opened(item)?.invoice)).await
    }

    /// Invoices about which the platform was to be asked before `now`. One Query a shard.
    pub async fn left_open(&self, now: Timestamp, limit_per_shard: i32) -> Result<Vec<InvoiceNo>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            for item in self.table.query_open("ask_at", shard, now, limit_per_shard).await? {
                found.push(self.table.read::<OpenRow>(item)?.invoice_no);
            }
        }
        Ok(found)
    }

    /// Writes an invoice about which the platform is to be asked at `ask_at`. One UpdateItem; `after.version` is one more
    /// than what was read.
    pub async fn keep_open(&self, after: &Invoice, ask_at: Timestamp) -> Result<(), StoreError> {
        let mut set = self.changed(after)?;
        set.insert("open_shard".to_owned(), s(shard_of(after.invoice_no.as_str())));
        set.insert("ask_at".to_owned(), s(sortable(ask_at)));
        self.update(after, set, &[]).await
    }

    /// Writes an invoice about which there is nothing more to ask. One UpdateItem.
    pub async fn end(&self, after: &Invoice) -> Result<(), StoreError> {
        self.update(after, self.changed(after)?, &["open_shard", "ask_at"]).await
    }

    async fn update(&self, after: &Invoice, set: Item, remove: &[&str]) -> Result<(), StoreError> {
        let key = key([("invoice_no", after.invoice_no.as_str())]);
        self.table.update(key, after.version - 1, set, remove).await
    }

    /// What may change after the request: all but whose it is and the title.
    fn changed(&self, after: &Invoice) -> Result<Item, StoreError> {
        let table = &self.table;
        Ok(Item::from([
            ("status".to_owned(), attribute(table, &after.status)?),
            ("lines".to_owned(), attribute(table, &after.lines)?),
            ("remarks".to_owned(), s(&after.remarks)),
            ("platform_serial".to_owned(), attribute(table, &after.platform_serial)?),
            ("digital_invoice_no".to_owned(), attribute(table, &after.digital_invoice_no)?),
            ("files".to_owned(), attribute(table, &after.files)?),
            ("reversal".to_owned(), attribute(table, &after.reversal)?),
            ("issued_at".to_owned(), attribute(table, &after.issued_at)?),
            ("asked".to_owned(), n(after.asked)),
            ("error".to_owned(), attribute(table, &after.error)?),
            ("version".to_owned(), n(after.version)),
        ]))
    }

    fn opened(&self, mut item: Item) -> Result<KeptInvoice, StoreError> {
        let (Some(AttributeValue::S(invoice_no)), Some(AttributeValue::S(sealed))) =
            (item.get("invoice_no"), item.get("title"))
        else {
            return Err(self.malformed(CannotOpen));
        };
        let title = self.titles.open(invoice_no, sealed).map_err(|error| self.malformed(error))?;
        item.insert("title".to_owned(), attribute(&self.table, &title)?);
        let Due { ask_at } = self.table.read(item.clone())?;
        Ok(KeptInvoice { invoice: self.table.read(item)?, ask_at })
    }

    fn malformed(&self, error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
        StoreError::Malformed { table: self.table.name.clone(), source: Box::new(error) }
    }
}

/// The invoice as it is asked for. Its lines and remarks are made when it is sent: they need the tax rules and the bills.
fn requested(payment: &Payment, title: &InvoiceTitle, resident_id: &ResidentId, now: Timestamp) -> Invoice {
    Invoice {
        invoice_no: InvoiceNo::of_payment(&payment.payment_no),
        payment_no: payment.payment_no.clone(),
        account_no: payment.account_no.clone(),
        resident_id: resident_id.clone(),
        title: title.clone(),
        lines: Vec::new(),
        remarks: String::new(),
        status: InvoiceStatus::Requested,
        platform_serial: None,
        digital_invoice_no: None,
        files: InvoiceFiles::default(),
        reversal: None,
        requested_at: now,
        issued_at: None,
        asked: 0,
        error: None,
        version: 1,
    }
}
