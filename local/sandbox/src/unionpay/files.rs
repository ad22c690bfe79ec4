//! The settlement file: a line a transaction, fixed width in GBK bytes, within a zip, within zlib, in base64.

use super::{
    Unionpay,
    gateway::{Answer, read, text},
    keys::MERCHANT,
    transactions::{Transaction, all},
};
use crate::switches::Statements;
use axum::{body::Bytes, extract::State};
use base64::{Engine, engine::general_purpose::STANDARD};
use encoding_rs::GBK;
use flate2::{Compression, write::ZlibEncoder};
use heatpay_domain::calendar::{civil_time, moment};
use jiff::{Timestamp, ToSpan, civil::Date};
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

/// How many bytes each field of a line has.
const WIDTHS: [usize; 42] = [
    3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13,
    13, 8, 32, 13, 13, 12, 2, 1, 32, 98,
];

/// The fee: 0.60 %.
const FEE_PER_10_000: i64 = 60;

/// Yesterday's file is there by this hour.
const READY_AT: i8 = 9;

pub(super) async fn settlement(State(party): State<Unionpay>, body: Bytes) -> Answer {
    let inner = &party.0;
    let fields = match read(inner, &body) {
        Ok(fields) => fields,
        Err(refusal) => return Ok(*refusal),
    };
    if text(&fields, "txnType") != "76" || text(&fields, "txnSubType") != "01" || text(&fields, "fileType") != "00" {
        return Ok(inner.answer(&fields, "10", "报文格式错误", &[]));
    }
    let Some(day) = day(text(&fields, "settleDate"), inner.clock.now()) else {
        return Ok(inner.answer(&fields, "98", "文件不存在", &[]));
    };
    let date = day.strftime("%Y%m%d").to_string();
    let settled =
        all(&inner.database(), "settle_day = ?1 and code in ('00', 'A6', '42') order by at, order_id", [&date])?;
    if settled.is_empty() {
        return Ok(inner.answer(&fields, "98", "文件不存在", &[]));
    }
    let told = inner.switches.read().statements;
    let content = packed(day, &told.rows(settled, inner.ids.as_ref()), told).unwrap_or_default();
    let more = [
        ("fileName", format!("{MERCHANT}_{date}.zip")),
        ("fileContent", content),
        ("settleDate", text(&fields, "settleDate").to_owned()),
    ];
    let more = more.each_ref().map(|(name, value)| (*name, value.as_str()));
    Ok(inner.answer(&fields, "00", "成功[0000000]", &more))
}

/// The latest day of that date whose file is made.
fn day(settle_date: &str, now: Timestamp) -> Option<Date> {
    let this_year = civil_time(now).year();
    let ready = |day: &Date| {
        let morning = moment(day.saturating_add(1.days()).at(READY_AT, 0, 0, 0));
        morning.is_some_and(|morning| now >= morning)
    };
    let days = [this_year, this_year - 1].into_iter();
    days.filter_map(|year| Date::strptime("%Y%m%d", format!("{year:04}{settle_date}")).ok()).find(ready)
}

fn packed(day: Date, settled: &[Transaction], told: Statements) -> std::io::Result<String> {
    let stem = day.strftime("INN%y%m%d88").to_string();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(format!("{stem}ZM_{MERCHANT}"), SimpleFileOptions::default())?;
    let mut details: Vec<u8> = settled.iter().flat_map(line).collect();
    details.truncate(told.length(details.len()));
    zip.write_all(&details)?;
    zip.start_file(format!("{stem}ZME_{MERCHANT}"), SimpleFileOptions::default())?;
    let zip = told.zip(zip.finish()?.into_inner());
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::default());
    deflated.write_all(&zip)?;
    Ok(STANDARD.encode(deflated.finish()?))
}

/// Charged for a payment, given back for a refund.
fn line(of: &Transaction) -> Vec<u8> {
    let (payment, fee) = (of.txn_type == "01", (of.amount * FEE_PER_10_000 + 5_000) / 10_000);
    let sign = if payment { 'C' } else { 'D' };
    let (fee, settled) = (format!("{sign}{fee:012}"), format!("{sign}{:012}", of.amount - fee));
    let amount = format!("{:012}", of.amount);
    let query_id = of.query_id.as_deref().unwrap_or_default();
    let mut fields: [&str; 42] = [""; 42];
    for (number, value) in [
        (1, if payment { "S22" } else { "S30" }),
        (2, "48270000"),
        (3, "00010000"),
        (4, &of.trace_no),
        (5, &of.trace_time),
        (6, "621626******0019"),
        (7, &amount),
        (8, "4900"),
        (9, &of.channel_type),
        (10, query_id),
        (12, &of.order_id),
        (13, "01"),
        (16, &fee),
        (17, &settled),
        (18, "0001"),
        (20, &of.txn_type),
        (21, if payment { "01" } else { "00" }),
        (22, "000201"),
        (23, "01"),
        (27, &of.orig_query_id),
        (28, MERCHANT),
        (33, &settled),
        (35, &of.description),
        (41, &of.orig_order_id),
    ] {
        fields[number - 1] = value;
    }
    let mut line = Vec::new();
    for (value, width) in fields.iter().zip(WIDTHS) {
        line.extend(cell(value, width));
        line.push(b' ');
    }
    line.pop();
    line.extend(b"\r\n");
    line
}

/// The text in GBK, cut between two characters and filled with spaces.
fn cell(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(width);
    for character in text.chars() {
        let mut one = [0; 4];
        let (encoded, _, _) = GBK.encode(character.encode_utf8(&mut one));
        if bytes.len() + encoded.len() > width {
            break;
        }
        bytes.extend_from_slice(&encoded);
    }
    bytes.resize(width, b' ');
    bytes
}
