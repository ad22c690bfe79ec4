//! Titles of invoices, sealed wherever they are kept: each is somebody's name and address for mail.

use crate::households::KeptHousehold;
use heatpay_domain::{
    PaymentNo,
    invoice::{InvoiceTitle, WantedTitle},
};
use heatpay_ports::Ids;
use heatpay_runtime::{
    BootError, Context,
    personal_data::{CannotOpen, PersonalData},
};
use std::sync::Arc;

/// Seals and opens titles.
#[derive(Clone)]
pub struct Titles {
    personal_data: Arc<PersonalData>,
    ids: Arc<dyn Ids>,
}

impl Titles {
    /// With the keys in the secret `PERSONAL_DATA_SECRET_ID`.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        let secret = context.secret("PERSONAL_DATA_SECRET_ID").await?;
        let personal_data = PersonalData::new(&secret)
            .map_err(|error| BootError::Unusable { what: "the personal-data secret", source: Box::new(error) })?;
        Ok(Self { personal_data: Arc::new(personal_data), ids: context.ids.clone() })
    }

    /// The title that a payment carries until it is paid.
    pub fn seal_for_payment(&self, payment_no: &PaymentNo, title: &InvoiceTitle) -> String {
        self.seal(payment_no.as_str(), title)
    }

    /// The title a payment carried.
    pub fn open_of_payment(&self, payment_no: &PaymentNo, sealed: &str) -> Result<InvoiceTitle, CannotOpen> {
        self.open(payment_no.as_str(), sealed)
    }

    /// The title of a household as it is on file, for one that was asked for without a name.
    pub fn of_household(&self, wanted: &WantedTitle, household: &KeptHousehold) -> Result<InvoiceTitle, CannotOpen> {
        Ok(wanted.of_household(&household.open(&self.personal_data)?))
    }

    /// Seals a title for the invoice or payment of that number: it opens in no other.
    pub(crate) fn seal(&self, number: &str, title: &InvoiceTitle) -> String {
        let text = serde_json::to_string(title).expect("a title is plain JSON");
        self.personal_data.seal(self.ids.as_ref(), &place(number), &text)
    }

    /// Opens what was sealed for that number.
    pub(crate) fn open(&self, number: &str, sealed: &str) -> Result<InvoiceTitle, CannotOpen> {
        serde_json::from_str(&self.personal_data.open(&place(number), sealed)?).map_err(|_| CannotOpen)
    }
}

fn place(number: &str) -> String {
    format!("{number}#title")
}
