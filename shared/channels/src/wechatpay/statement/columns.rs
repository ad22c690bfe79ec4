//! Where what stands in a row; columns are found by their names, since WeChat adds some over the years.

use heatpay_domain::{
    Fen, calendar,
    statement::{BadStatement, StatementKind, StatementLine},
};
use jiff::civil::{Date, DateTime};

/// The places of the columns that are read.
pub(super) struct Columns {
    at: usize,
    mchid: usize,
    channel_txn: usize,
    order_no: usize,
    status: usize,
    channel_refund_no: usize,
    refund_no: usize,
    refund_status: usize,
    fee: usize,
    paid: usize,
    refunded: usize,
}

/// A row, read.
pub(super) struct Row {
    /// What moved; `None` for a refund that failed.
    pub(super) line: Option<StatementLine>,
    /// 订单金额
    pub(super) paid: Fen,
    /// 申请退款金额
    pub(super) refunded: Fen,
    /// 手续费 in 1/1000 fen: it has five decimals.
    pub(super) fee: i64,
}

impl Columns {
    pub(super) fn of(header: &str) -> Result<Self, BadStatement> {
        let names: Vec<&str> = header.split(',').map(str::trim).collect();
        let find = |name: &'static str| {
            names.iter().position(|found| *found == name).ok_or(BadStatement::Unreadable { line: 1, what: name })
        };
        Ok(Self {
            at: find("交易时间")?,
            mchid: find("商户号")?,
            channel_txn: find("微信订单号")?,
            order_no: find("商户订单号")?,
            status: find("交易状态")?,
            channel_refund_no: find("微信退款单号")?,
            refund_no: find("商户退款单号")?,
            refund_status: find("退款状态")?,
            fee: find("手续费")?,
            paid: find("订单金额")?,
            refunded: find("申请退款金额")?,
        })
    }

    /// Reads a row: cells behind back-quotes, so that a comma in a name divides nothing.
    pub(super) fn read(&self, row: &str, number: u64, mchid: &str, day: Date) -> Result<Row, BadStatement> {
        let cells: Vec<&str> = row.strip_prefix('`').unwrap_or(row).split(",`").map(str::trim).collect();
        let broken = |what| BadStatement::Unreadable { line: number, what };
        let cell = |at: usize, what| cells.get(at).copied().filter(|cell| !cell.is_empty()).ok_or(broken(what));
        let money = |at: usize, what| Fen::parse_yuan(cell(at, what)?).map_err(|_| broken(what));
        if cell(self.mchid, "商户号")? != mchid {
            return Err(BadStatement::NotOurs("merchant"));
        }
        let civil: DateTime = cell(self.at, "交易时间")?.parse().map_err(|_| broken("交易时间"))?;
        if civil.date() != day {
            return Err(BadStatement::NotOurs("day"));
        }
        let at = calendar::moment(civil).ok_or(broken("交易时间"))?;
        let (paid, refunded) = (money(self.paid, "订单金额")?, money(self.refunded, "申请退款金额")?);
        let fee = parse_fee(cell(self.fee, "手续费")?).ok_or(broken("手续费"))?;
        let line = |kind, amount: Fen, refund_no: Option<&str>, channel_refund_no: Option<&str>| {
            if amount < Fen::ZERO {
                return Err(broken("金额"));
            }
            Ok(Some(StatementLine {
                kind,
                order_no: cell(self.order_no, "商户订单号")?.to_owned(),
                channel_txn: cell(self.channel_txn, "微信订单号")?.to_owned(),
                refund_no: refund_no.map(str::to_owned),
                channel_refund_no: channel_refund_no.map(str::to_owned),
                amount,
                fee: rounded(fee),
                at,
            }))
        };
        let line = match cell(self.status, "交易状态")? {
            "SUCCESS" => line(StatementKind::Payment, paid, None, None)?,
            // 撤销 is of the counter's payment codes; it gives the money back all the same.
            "REFUND" | "REVOKED" => match cells.get(self.refund_status).copied().unwrap_or_default() {
                "FAIL" => None,
                _ => {
                    let (ours, theirs) =
                        (cell(self.refund_no, "商户退款单号")?, cell(self.channel_refund_no, "微信退款单号")?);
                    line(StatementKind::Refund, refunded, Some(ours), Some(theirs))?
                }
            },
            _ => return Err(broken("交易状态")),
        };
        Ok(Row { line, paid, refunded, fee })
    }
}

/// Yuan with up to five decimals, in 1/1000 fen.
pub(super) fn parse_fee(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 5 || !plain(whole) || !plain(decimals) {
        return None;
    }
    let value: i64 = format!("{whole}{decimals:0<5}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// To the fen, half away from zero.
fn rounded(thousandths: i64) -> Fen {
    Fen(thousandths.signum() * (thousandths.saturating_abs().saturating_add(500) / 1_000))
}
