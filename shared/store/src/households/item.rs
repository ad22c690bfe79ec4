//! The item of a household: figures and address in clear, what names a person sealed, and hashes to prove it by.

use super::{HOUSEHOLD, Proof, RosterRow};
use crate::{
    Item, StoreError,
    bills::attribute,
    table::{Table, n, s, shard_of},
};
use heatpay_domain::{
    Fen,
    household::{Household, PriorArrears},
    masking::{mask_name, mask_phone},
};
use heatpay_ports::Ids;
use heatpay_runtime::personal_data::{CannotOpen, PersonalData};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A household as it stands in the table. `Debug` shows its number only.
#[derive(Clone)]
pub struct KeptHousehold {
    /// The household as it may be shown: holder and low-income certificate masked, what else names a person left out.
    pub household: Household,
    /// The phone on file, masked.
    pub phone_masked: Option<String>,
    /// The residents do not want reminders that they may decline.
    pub reminders_off: bool,
    /// 预存: what it has paid ahead and not drawn yet.
    pub prepaid: Fen,
    /// Counts every write of the household itself.
    pub version: u64,
    pub(super) proof: Proof,
    sealed: Sealed,
}

/// What names a person, each sealed for its account and field.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Sealed {
    holder: Option<String>,
    id_no: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    tax_no: Option<String>,
    contract_no: Option<String>,
    low_income_certificate: Option<String>,
}

/// What the item has besides the household's own fields.
#[derive(Deserialize)]
struct Beside {
    phone_masked: Option<String>,
    #[serde(default)]
    reminders_off: bool,
    #[serde(default)]
    prepaid: Fen,
    version: u64,
    proof: Proof,
    sealed: Sealed,
}

#[derive(Deserialize)]
struct OfRoster {
    prior_arrears: Vec<PriorArrears>,
    #[serde(default)]
    prepaid: Fen,
}

impl fmt::Debug for KeptHousehold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { household, version, .. } = self;
        f.debug_struct("KeptHousehold").field("household", household).field("version", version).finish_non_exhaustive()
    }
}

impl KeptHousehold {
    /// The household with all that is sealed opened.
    pub fn open(&self, personal_data: &PersonalData) -> Result<Household, CannotOpen> {
        let open = |field: &str, sealed: &Option<String>| self.open_field(personal_data, field, sealed);
        Ok(Household {
            holder: open("holder", &self.sealed.holder)?.unwrap_or_default(),
            id_no: open("id_no", &self.sealed.id_no)?,
            phone: open("phone", &self.sealed.phone)?,
            company: open("company", &self.sealed.company)?,
            tax_no: open("tax_no", &self.sealed.tax_no)?,
            contract_no: open("contract_no", &self.sealed.contract_no)?,
            low_income_certificate: open("low_income_certificate", &self.sealed.low_income_certificate)?,
            ..self.household.clone()
        })
    }

    /// The phone on file, to send a message to.
    pub fn open_phone(&self, personal_data: &PersonalData) -> Result<Option<String>, CannotOpen> {
        self.open_field(personal_data, "phone", &self.sealed.phone)
    }

    fn open_field(
        &self,
        personal_data: &PersonalData,
        field: &str,
        sealed: &Option<String>,
    ) -> Result<Option<String>, CannotOpen> {
        let owner = format!("{}#{field}", self.household.account_no);
        sealed.as_deref().map(|sealed| personal_data.open(&owner, sealed)).transpose()
    }
}

/// The address as it may be shown: of the room only the last character, which tells neighbours apart.
pub fn masked_address(household: &Household) -> String {
    let room: Vec<char> = household.room.chars().collect();
    let hidden = room.len().saturating_sub(1).max(1);
    let room = std::iter::repeat_n('*', hidden).chain(room.into_iter().skip(hidden)).collect();
    Household { room, ..household.clone() }.address()
}

/// The attributes an import writes, the version aside.
pub(super) fn written(
    table: &Table,
    household: &Household,
    prior_arrears: &[PriorArrears],
    personal_data: &PersonalData,
    ids: &dyn Ids,
) -> Result<Item, StoreError> {
    let seal = |field: &str, text: &str| personal_data.seal(ids, &format!("{}#{field}", household.account_no), text);
    let sealed_if = |field: &str, text: &Option<String>| text.as_deref().map(|text| seal(field, text));
    let sealed = Sealed {
        holder: Some(seal("holder", &household.holder)),
        id_no: sealed_if("id_no", &household.id_no),
        phone: sealed_if("phone", &household.phone),
        company: sealed_if("company", &household.company),
        tax_no: sealed_if("tax_no", &household.tax_no),
        contract_no: sealed_if("contract_no", &household.contract_no),
        low_income_certificate: sealed_if("low_income_certificate", &household.low_income_certificate),
    };
    let mut item = table.item(&shown(household))?;
    item.insert("item".to_owned(), s(HOUSEHOLD));
    item.insert("roster_shard".to_owned(), s(shard_of(household.account_no.as_str())));
    item.insert("prior_arrears".to_owned(), attribute(table, &prior_arrears)?);
    item.insert("phone_masked".to_owned(), attribute(table, &household.phone.as_deref().map(mask_phone))?);
    item.insert("proof".to_owned(), attribute(table, &Proof::of(household, personal_data))?);
    item.insert("sealed".to_owned(), attribute(table, &sealed)?);
    Ok(item)
}

/// A household written for the first time.
pub(super) fn first(mut written: Item) -> Item {
    written.insert("version".to_owned(), n(1));
    written
}

/// The household without what names a person.
fn shown(household: &Household) -> Household {
    Household {
        holder: mask_name(&household.holder),
        id_no: None,
        phone: None,
        company: None,
        tax_no: None,
        contract_no: None,
        // That there is one decides who pays; its number does not matter to the bill.
        low_income_certificate: household.low_income_certificate.as_ref().map(|_| "****".to_owned()),
        ..household.clone()
    }
}

pub(super) fn read(table: &Table, item: Item) -> Result<KeptHousehold, StoreError> {
    let Beside { phone_masked, reminders_off, prepaid, version, proof, sealed } = table.read(item.clone())?;
    Ok(KeptHousehold { household: table.read(item)?, phone_masked, reminders_off, prepaid, version, proof, sealed })
}

pub(super) fn roster_row(table: &Table, item: Item) -> Result<RosterRow, StoreError> {
    let OfRoster { prior_arrears, prepaid } = table.read(item.clone())?;
    Ok(RosterRow { household: table.read(item)?, prior_arrears, prepaid })
}
