//! The detail file (`ZM`): fixed width in bytes, one space between two fields. What is text is in GBK; what is read here is
//! digits and letters.

use super::{query::amount, times::near};
use heatpay_domain::{
    Fen,
    calendar::moment,
    statement::{StatementKind, StatementLine},
};
use jiff::civil::Date;

/// How many bytes each field has, the first first.
const WIDTHS: [usize; 42] = [
    3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13,
    13, 8, 32, 13, 13, 12, 2, 1, 32, 98,
];

/// A line that ends before the merchant's number (field 28) is no line; later fields may be cut off with their spaces.
const SHORTEST: usize = end(28);

/// Fields, by their number in UnionPay's list.
const TRACE_TIME: usize = 5;
const AMOUNT: usize = 7;
const QUERY_ID: usize = 10;
const ORDER_ID: usize = 12;
const FEE: usize = 16;
const TXN_TYPE: usize = 20;
const ORIG_QUERY_ID: usize = 27;
const MERCHANT: usize = 28;
const ORIG_ORDER_ID: usize = 41;

/// Where a field ends, in bytes from the beginning of the line.
const fn end(field: usize) -> usize {
    let (mut at, mut before) = (0, 1);
    while before < field {
        at += WIDTHS[before - 1] + 1;
        before += 1;
    }
    at + WIDTHS[field - 1]
}

/// Reads a line of the file of a day; the error names what is not readable, or the merchant that is not ours.
pub(super) fn read(line: &[u8], day: Date, merchant: &str) -> Result<StatementLine, &'static str> {
    if line.len() < SHORTEST {
        return Err("end");
    }
    if !(1..=MERCHANT - 1).all(|number| line.get(end(number)) == Some(&b' ')) {
        return Err("space between its fields");
    }
    if field(line, MERCHANT) != Some(merchant) {
        return Err("merId of ours");
    }
    let need = |number: usize, what| field(line, number).filter(|text| !text.is_empty()).ok_or(what);
    let kind = match need(TXN_TYPE, "txnType")? {
        "01" => StatementKind::Payment,
        "04" | "31" => StatementKind::Refund,
        _ => return Err("txnType that is known"),
    };
    let noon = moment(day.at(12, 0, 0, 0)).ok_or("day")?;
    let (query_id, order_id) = (need(QUERY_ID, "queryId")?.to_owned(), need(ORDER_ID, "orderId")?.to_owned());
    let line_of = |order_no, channel_txn, refund_no, channel_refund_no| -> Result<StatementLine, &'static str> {
        Ok(StatementLine {
            kind,
            order_no,
            channel_txn,
            refund_no,
            channel_refund_no,
            amount: amount(need(AMOUNT, "amount")?).ok_or("amount")?,
            fee: signed(need(FEE, "fee")?).ok_or("fee")?,
            at: near(need(TRACE_TIME, "time")?, noon).ok_or("time")?,
        })
    };
    match kind {
        StatementKind::Payment => line_of(order_id, query_id, None, None),
        StatementKind::Refund => {
            // Older files do not name the order that the money had come by, only its transaction.
            let order_no = field(line, ORIG_ORDER_ID).ok_or("origOrderId")?.to_owned();
            let channel_txn = need(ORIG_QUERY_ID, "origQryId")?.to_owned();
            line_of(order_no, channel_txn, Some(order_id), Some(query_id))
        }
    }
}

/// A field without the spaces around it; empty where the line ends before. `None` where it is not ASCII.
fn field(line: &[u8], number: usize) -> Option<&str> {
    let to = end(number);
    let bytes = line.get(to - WIDTHS[number - 1]..).unwrap_or_default();
    let bytes = bytes.get(..WIDTHS[number - 1]).unwrap_or(bytes);
    std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).map(str::trim)
}

/// `C000000000741`: `C` is the merchant's to bear here, `D` comes back to him.
fn signed(text: &str) -> Option<Fen> {
    match text.split_at_checked(1)? {
        ("C", digits) => amount(digits),
        ("D", digits) => Some(Fen(-amount(digits)?.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_lie_where_unionpay_says() {
        let starts = [7, 10, 12, 16, 17, 27, 28, 33, 35, 41].map(|number| end(number) - WIDTHS[number - 1]);
        assert_eq!(starts, [66, 87, 112, 166, 180, 271, 293, 374, 397, 476]);
        assert_eq!((end(42), SHORTEST), (607, 308));
    }
}
