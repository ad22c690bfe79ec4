//! 业务明细, the trade bill: columns by their names, for they grow over the years; totals of its last lines compared with what
//! was read.

use super::{
    packed::{Lines, open},
    time,
};
use crate::StatementLines;
use heatpay_domain::{
    Fen,
    statement::{BadStatement, StatementKind, StatementLine},
};
use jiff::civil::Date;

const TITLE: &str = "#支付宝业务明细查询";
const ACCOUNT: &str = "#账号";
const FROM: &str = "#起始日期";
const END: &str = "业务明细列表结束";
const PAYMENTS: &str = "#交易合计";
const REFUNDS: &str = "#退款合计";

/// What stands before the column names is not more than this.
const MAX_HEAD_LINES: u64 = 20;

/// The lines of a fetched bill.
pub(super) fn read<'a>(file: &'a [u8], seller_id: &str, day: Date) -> Result<StatementLines<'a>, BadStatement> {
    let mut lines = open(file, TITLE)?;
    let columns = head(&mut lines, seller_id, day)?;
    Ok(Box::new(Bill { lines, columns, payments: Total::default(), refunds: Total::default(), over: false }))
}

/// Checks whose bill it is and of which day; answers the columns.
fn head(lines: &mut Lines<'_>, seller_id: &str, day: Date) -> Result<Columns, BadStatement> {
    let (mut ours, mut of_day) = (false, false);
    while lines.number < MAX_HEAD_LINES {
        let line = lines.next_line()?.ok_or(BadStatement::Incomplete("it ends before its columns"))?;
        if line.starts_with(ACCOUNT) {
            ours = within_brackets(&line).is_some_and(|account| account.starts_with(seller_id));
        } else if line.starts_with(FROM) {
            let wanted = day.strftime("%Y年%m月%d日 00:00:00").to_string();
            of_day = within_brackets(&line).is_some_and(|from| from == wanted);
        } else if !line.starts_with('#') && !line.trim().is_empty() {
            return match (ours, of_day) {
                (false, _) => Err(BadStatement::NotOurs("merchant")),
                (true, false) => Err(BadStatement::NotOurs("day")),
                (true, true) => Columns::of(&line, lines.number),
            };
        }
    }
    Err(BadStatement::Incomplete("it has no columns"))
}

fn within_brackets(line: &str) -> Option<&str> {
    line.split_once('[')?.1.split_once(']').map(|(within, _)| within)
}

fn cell(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Where the columns stand that are read.
struct Columns {
    count: usize,
    trade_no: usize,
    order_no: usize,
    kind: usize,
    finished: usize,
    amount: usize,
    received: usize,
    refund_no: usize,
    fee: usize,
}

impl Columns {
    fn of(line: &str, number: u64) -> Result<Self, BadStatement> {
        let names: Vec<String> = line.split(',').map(|name| cell(name).replace('(', "（").replace(')', "）")).collect();
        let place = |name: &'static str| {
            let found = names.iter().position(|there| there == name);
            found.ok_or(BadStatement::Unreadable { line: number, what: name })
        };
        Ok(Self {
            count: names.len(),
            trade_no: place("支付宝交易号")?,
            order_no: place("商户订单号")?,
            kind: place("业务类型")?,
            finished: place("完成时间")?,
            amount: place("订单金额（元）")?,
            received: place("商家实收（元）")?,
            refund_no: place("退款批次号/请求号")?,
            fee: place("服务费（元）")?,
        })
    }
}

/// Number and 商家实收 of the lines of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Total {
    count: u64,
    received: i64,
}

impl Total {
    fn add(&mut self, received: Fen) -> Option<()> {
        self.count += 1;
        self.received = self.received.checked_add(received.0.checked_abs()?)?;
        Some(())
    }

    /// `#退款合计：2笔，商家实收退款共-23.45元，…`: the first number and the first sum.
    fn read(line: &str) -> Option<Self> {
        let (before, after) = line.split_once('笔')?;
        let count = before.trim_start_matches(|c: char| !c.is_ascii_digit()).trim().parse().ok()?;
        let sum = after.split_once('元')?.0;
        let sum = sum.trim_start_matches(|c: char| !c.is_ascii_digit());
        Some(Self { count, received: Fen::parse_yuan(sum).ok()?.0 })
    }
}

struct Bill<'a> {
    lines: Lines<'a>,
    columns: Columns,
    payments: Total,
    refunds: Total,
    over: bool,
}

impl Iterator for Bill<'_> {
    type Item = Result<StatementLine, BadStatement>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.advance().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Bill<'_> {
    fn advance(&mut self) -> Result<Option<StatementLine>, BadStatement> {
        loop {
            let line = self.lines.next_line()?.ok_or(BadStatement::Incomplete("its list has no end"))?;
            if line.trim().is_empty() {
                continue;
            }
            if line.starts_with('#') {
                if line.contains(END) {
                    return self.compare_totals().map(|()| None);
                }
                continue;
            }
            return self.read_line(&line).map(Some);
        }
    }

    fn read_line(&mut self, line: &str) -> Result<StatementLine, BadStatement> {
        let number = self.lines.number;
        let unreadable = |what: &'static str| BadStatement::Unreadable { line: number, what };
        let cells: Vec<&str> = line.split(',').map(cell).collect();
        if cells.len() != self.columns.count {
            return Err(unreadable("cell for every column"));
        }
        let columns = &self.columns;
        let text = |at: usize| cells.get(at).copied().unwrap_or_default();
        let filled = |at: usize, what| Some(text(at)).filter(|text| !text.is_empty()).ok_or(unreadable(what));
        let yuan = |at: usize, what| Fen::parse_yuan(text(at)).map_err(|_| unreadable(what));
        let (kind, total) = match text(columns.kind) {
            "交易" => (StatementKind::Payment, &mut self.payments),
            "退款" => (StatementKind::Refund, &mut self.refunds),
            _ => return Err(unreadable("known 业务类型")),
        };
        let (amount, received) = (yuan(columns.amount, "订单金额")?, yuan(columns.received, "商家实收")?);
        if (kind == StatementKind::Payment) != (amount.0 >= 0) {
            return Err(unreadable("订单金额 of the right sign"));
        }
        total.add(received).ok_or(unreadable("商家实收 that adds up"))?;
        let refund_no = match kind {
            StatementKind::Payment => None,
            StatementKind::Refund => Some(filled(columns.refund_no, "退款批次号/请求号")?.to_owned()),
        };
        // Charged fees are negative; a line without one may leave it empty.
        let fee = if text(columns.fee).is_empty() { Fen::ZERO } else { yuan(columns.fee, "服务费")? };
        Ok(StatementLine {
            kind,
            order_no: filled(columns.order_no, "商户订单号")?.to_owned(),
            channel_txn: filled(columns.trade_no, "支付宝交易号")?.to_owned(),
            // Alipay gives a refund no number of its own: it goes by ours.
            channel_refund_no: refund_no.clone(),
            refund_no,
            amount: Fen(amount.0.abs()),
            fee: Fen(-fee.0),
            at: time::read(text(columns.finished)).ok_or(unreadable("完成时间"))?,
        })
    }

    /// What stands after the list: both totals, and the end of the file with its checksum.
    fn compare_totals(&mut self) -> Result<(), BadStatement> {
        let (mut payments, mut refunds) = (None, None);
        while let Some(line) = self.lines.next_line()? {
            if line.starts_with(PAYMENTS) {
                payments = Total::read(&line);
            } else if line.starts_with(REFUNDS) {
                refunds = Total::read(&line);
            }
        }
        let (Some(payments), Some(refunds)) = (payments, refunds) else {
            return Err(BadStatement::Incomplete("it has no totals"));
        };
        if (payments, refunds) == (self.payments, self.refunds) {
            Ok(())
        } else {
            Err(BadStatement::Incomplete("its totals are not those of its lines"))
        }
    }
}
