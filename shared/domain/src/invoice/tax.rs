use crate::{Fen, household::UseCategory, money::divide_half_up};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a sale is taxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxTreatment {
    /// 免税: general invoices only.
    Exempt,
    /// Taxed; the price includes the tax.
    Taxed {
        /// The rate in millionths: 9 % is 90000.
        rate_ppm: u32,
    },
}

/// How heat for one use is taxed while the rule is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRule {
    /// The use.
    pub use_category: UseCategory,
    /// The first day it is in force.
    pub valid_from: Date,
    /// The last day it is in force. `None`: until it is changed.
    pub valid_until: Option<Date>,
    /// How it is taxed.
    pub treatment: TaxTreatment,
    /// 商品和服务税收分类编码, 19 digits.
    pub goods_code: String,
    /// What the invoice calls the fee: 「供热费」.
    pub goods_name: String,
    /// What the invoice calls the late fee: 「供热费违约金」. It is part of the price (价外费用) and taxed alike.
    pub late_fee_name: String,
}

/// The tax rules of the company: dated policy, hence configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaxPolicy(pub Vec<TaxRule>);

impl TaxPolicy {
    /// The rule for a use on the day of the sale; where several are in force, the one that began last.
    pub fn rule(&self, use_category: UseCategory, on: Date) -> Option<&TaxRule> {
        self.0
            .iter()
            .filter(|rule| rule.use_category == use_category && rule.valid_from <= on)
            .filter(|rule| rule.valid_until.is_none_or(|until| on <= until))
            .max_by_key(|rule| rule.valid_from)
    }
}

/// The tax in a price that includes it: `gross − gross ÷ (1 + rate)`, rounded half up to the fen. The platform refuses an
/// invoice whose lines are computed otherwise.
pub fn tax_in(gross: Fen, treatment: TaxTreatment) -> Fen {
    match treatment {
        TaxTreatment::Exempt => Fen::ZERO,
        TaxTreatment::Taxed { rate_ppm } => {
            let rate = i128::from(rate_ppm);
            let tax = divide_half_up(i128::from(gross.0) * rate, 1_000_000 + rate);
            // The tax is less than the gross amount, so it fits.
            Fen(tax.and_then(|tax| i64::try_from(tax).ok()).unwrap_or(0))
        }
    }
}
