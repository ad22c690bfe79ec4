use super::{InvalidTitle, InvoiceTitle};
use crate::household::Household;
use serde::{Deserialize, Serialize};

/// A title as it is asked for. Without a name it is made out as the household is on file, so that nobody has to type what
/// the company knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedTitle {
    /// A person's or a company's name.
    pub name: Option<String>,
    /// A company's tax number; only together with its name.
    pub tax_no: Option<String>,
    /// Where the platform sends the invoice.
    pub email: Option<String>,
}

impl WantedTitle {
    /// The title where it is named; else what else it asks for is checked.
    pub fn named(&self) -> Result<Option<InvoiceTitle>, InvalidTitle> {
        let Some(name) = self.name.clone() else {
            if self.tax_no.is_some() {
                return Err(InvalidTitle::NameOfTaxNo);
            }
            return self.titled("户主".to_owned(), None).check().map(|()| None);
        };
        let title = self.titled(name, self.tax_no.clone());
        title.check().map(|()| Some(title))
    }

    /// The title of a household as it is on file: its company with the tax number, or its holder.
    pub fn of_household(&self, household: &Household) -> InvoiceTitle {
        match &household.company {
            Some(company) => self.titled(company.clone(), household.tax_no.clone()),
            None => self.titled(household.holder.clone(), None),
        }
    }

    fn titled(&self, name: String, tax_no: Option<String>) -> InvoiceTitle {
        InvoiceTitle { name, tax_no, email: self.email.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(name: Option<&str>, tax_no: Option<&str>, email: Option<&str>) -> WantedTitle {
        let text = |text: Option<&str>| text.map(str::to_owned);
        WantedTitle { name: text(name), tax_no: text(tax_no), email: text(email) }
    }

    #[test]
    fn a_title_with_a_name_is_that_title() {
        let title = wanted(Some("张三"), None, Some("z@example.com")).named().unwrap().unwrap();
        assert_eq!((title.name.as_str(), title.email.as_deref()), ("张三", Some("z@example.com")));
    }

    #[test]
    fn a_title_without_a_name_is_left_to_the_household_but_its_mail_address_is_checked() {
        assert_eq!(wanted(None, None, None).named(), Ok(None));
        assert_eq!(wanted(None, None, Some("no address")).named(), Err(InvalidTitle::Email));
    }

    #[test]
    fn a_tax_number_without_a_name_is_refused() {
        assert_eq!(wanted(None, Some("91210100MA0TEST001"), None).named(), Err(InvalidTitle::NameOfTaxNo));
    }
}
