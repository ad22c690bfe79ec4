//! What a request gives, read once.

use heatpay_domain::{CaseNo, Channel};
use heatpay_runtime::Problem;
use jiff::civil::Date;

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
