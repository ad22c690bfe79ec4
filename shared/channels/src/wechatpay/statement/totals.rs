//! The last row of a statement: sums that the rows before must come to, so that a file cut at a line's end is seen.

use super::columns::{Row, parse_fee};
use heatpay_domain::{Fen, statement::BadStatement};

/// What the rows came to so far.
#[derive(Default)]
pub(super) struct Totals {
    rows: u64,
    paid: i128,
    refunded: i128,
    fee: i128,
}

impl Totals {
    pub(super) fn count(&mut self, row: &Row) {
        self.rows += 1;
        self.paid += i128::from(row.paid.0);
        self.refunded += i128::from(row.refunded.0);
        self.fee += i128::from(row.fee);
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Compares them with the summary's, as far as it has them.
    pub(super) fn check(&self, header: &str, row: &str, number: u64) -> Result<(), BadStatement> {
        let cells: Vec<&str> = row.strip_prefix('`').unwrap_or(row).split(",`").map(str::trim).collect();
        let names: Vec<&str> = header.split(',').map(str::trim).collect();
        if names.len() != cells.len() {
            return Err(BadStatement::Incomplete("it ends within its totals"));
        }
        let mut count_given = false;
        for (name, cell) in names.into_iter().zip(cells) {
            let broken = BadStatement::Unreadable { line: number, what: "sum" };
            let money = || Fen::parse_yuan(cell).map(|fen| i128::from(fen.0)).map_err(|_| broken.clone());
            let agrees = match name {
                "总交易单数" => {
                    count_given = true;
                    cell.parse() == Ok(self.rows)
                }
                "订单总金额" => money()? == self.paid,
                "申请退款总金额" => money()? == self.refunded,
                "手续费总金额" => i128::from(parse_fee(cell).ok_or(broken)?) == self.fee,
                _ => true,
            };
            if !agrees {
                return Err(BadStatement::Incomplete("its totals are not those of its lines"));
            }
        }
        if count_given { Ok(()) } else { Err(BadStatement::Incomplete("its totals do not count its lines")) }
    }
}
