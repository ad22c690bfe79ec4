//! What a request gives, read once.

use axum::http::StatusCode;
use heatpay_domain::{CaseNo, Channel};
use heatpay_runtime::Problem;
use heatpay_store::Cursor;
use jiff::civil::Date;

/// How many a page has where the client does not say.
const PAGE: u8 = 50;
const LARGEST_PAGE: u8 = 100;
/// Longer than any cursor of ours.
const MAX_CURSOR: usize = 512;

pub(crate) fn channel(name: &str) -> Result<Channel, Problem> {
    Channel::named(name)
        .filter(|channel| channel.is_online())
        .ok_or_else(|| Problem::invalid("支付渠道应为 wechatpay、alipay 或 unionpay。"))
}

pub(crate) fn day(text: &str) -> Result<Date, Problem> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = plain.then(|| text.parse().ok()).flatten();
    date.ok_or_else(|| Problem::invalid("日期应写作 2026-11-22。"))
}

/// The day of a path; what cannot be one is not there.
pub(crate) fn of_path(channel: &str, day: &str) -> Result<(Channel, Date), Problem> {
    let read = Channel::named(channel).filter(|channel| channel.is_online()).zip(self::day(day).ok());
    read.ok_or_else(unknown_day)
}

pub(crate) fn case_no(text: String) -> Result<CaseNo, Problem> {
    CaseNo::parse(text).map_err(|_| Problem::missing("没有这条差异。"))
}

pub(crate) fn unknown_day() -> Problem {
    Problem::missing("这一天还没有对账记录。")
}

pub(crate) fn limit(limit: Option<u8>) -> Result<i32, Problem> {
    let limit = limit.unwrap_or(PAGE);
    if (1..=LARGEST_PAGE).contains(&limit) {
        Ok(i32::from(limit))
    } else {
        Err(Problem::invalid("每页条数应为 1 至 100。"))
    }
}

pub(crate) fn cursor(cursor: Option<String>) -> Result<Option<Cursor>, Problem> {
    match cursor {
        Some(text) if text.is_empty() || text.len() > MAX_CURSOR => Err(not_ours()),
        text => Ok(text.map(Cursor)),
    }
}

/// A cursor that no page of this listing gave.
pub(crate) fn not_ours() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", "翻页位置无效,请从第一页重新查看。")
}
