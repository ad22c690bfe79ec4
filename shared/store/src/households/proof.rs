//! How a resident proves that a household is his: the holder's name and the last four characters of the phone or the ID
//! number on file. Only keyed hashes are compared, in a time that does not tell how close a guess came.

use super::KeptHousehold;
use heatpay_domain::{AccountNo, household::Household};
use heatpay_runtime::personal_data::PersonalData;
use serde::{Deserialize, Serialize};

/// The hashes of what proves a household, each bound to its account: the same name elsewhere has another hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    holder: Option<String>,
    phone4: Option<String>,
    id4: Option<String>,
}

impl Proof {
    pub(super) fn of(household: &Household, personal_data: &PersonalData) -> Self {
        let account_no = &household.account_no;
        let hash = |what: &str, text: &str| personal_data.lookup(&purpose(account_no, what), text);
        Self {
            holder: Some(hash("holder", &plain(&household.holder))),
            phone4: household.phone.as_deref().and_then(last4).map(|text| hash("phone4", &text)),
            id4: household.id_no.as_deref().and_then(last4).map(|text| hash("id4", &text)),
        }
    }

    /// Whether holder and last four prove the household. Everything is compared, whatever the first comparison said.
    fn holds(&self, account_no: &AccountNo, holder: &str, four: &str, personal_data: &PersonalData) -> bool {
        let matches = |what: &str, text: &str, hash: &Option<String>| {
            // No hash on file: compared with one that nothing has.
            personal_data.matches(&purpose(account_no, what), text, hash.as_deref().unwrap_or(NO_HASH))
        };
        let four = last4(four).unwrap_or_default();
        let holder = matches("holder", &plain(holder), &self.holder);
        let phone = matches("phone4", &four, &self.phone4);
        let id = matches("id4", &four, &self.id4);
        holder & (phone | id)
    }
}

/// Whether holder and last four prove the household, which may not be there at all: that takes the same time and gives the
/// same answer as a wrong guess.
pub fn proves(
    found: Option<&KeptHousehold>,
    account_no: &AccountNo,
    holder: &str,
    last4: &str,
    personal_data: &PersonalData,
) -> bool {
    let nothing = Proof::default();
    let proof = found.map_or(&nothing, |kept| &kept.proof);
    proof.holds(account_no, holder, last4, personal_data) & found.is_some()
}

/// As long as a hash, and none: hashes are hexadecimal.
const NO_HASH: &str = "--------------------------------";

fn purpose(account_no: &AccountNo, what: &str) -> String {
    format!("proof#{account_no}#{what}")
}

/// A name without blanks, with one kind of middle dot: 「阿卜杜·热合曼」 is typed in several ways.
fn plain(name: &str) -> String {
    let dots = |c| if matches!(c, '•' | '・' | '‧' | '．' | '.') { '·' } else { c };
    name.chars().filter(|c| !c.is_whitespace()).map(dots).collect()
}

/// The last four letters or digits, in capitals: an ID number may end in `X`, a landline has dashes.
fn last4(text: &str) -> Option<String> {
    let all: Vec<char> = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let four = all.get(all.len().checked_sub(4)?..)?;
    Some(four.iter().map(char::to_ascii_uppercase).collect())
}

#[cfg(test)]
mod tests {
    use super::{last4, plain};

    #[test]
    fn the_last_four_of_an_id_number_may_be_typed_with_a_small_x() {
        assert_eq!(last4("99010119900101123x").as_deref(), Some("123X"));
        assert_eq!(last4("024-2345678").as_deref(), Some("5678"));
        assert_eq!(last4("123"), None);
    }

    #[test]
    fn a_name_is_the_same_however_its_dot_and_blanks_are_typed() {
        assert_eq!(plain(" 阿卜杜 • 热合曼"), plain("阿卜杜·热合曼"));
        assert_ne!(plain("张三"), plain("张三三"));
    }
}
