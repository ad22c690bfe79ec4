//! A statement of WeChat Pay of a million lines with a hundred planted differences, read and matched as `reconcile` does: how long
//! it takes, how much memory, and whether each difference is named.
//!
//! `cargo run --profile measured -p heatpay-sandbox --example statement -- 1000000`
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on stops")]

use flate2::{Compression, write::GzEncoder};
use heatpay_channels::{StatementSource, wechatpay::Wechatpay};
use heatpay_domain::{
    Channel, Fen,
    calendar::moment,
    reconcile::{DifferenceClass, OurBooks, Ours},
    statement::StatementKind,
};
use heatpay_ports::{NoProbe, Outbound, RandomIds};
use heatpay_sandbox::wechatpay::Keys;
use jiff::civil::{Date, DateTime, date};
use std::{collections::BTreeSet, io::Write, sync::Arc, time::Instant};

const DAY: Date = date(2026, 11, 22);
const HEADER: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
const SUMMARY: &str = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";
/// Of each class.
const PLANTED: u64 = 25;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Matched,
    Planted(DifferenceClass),
}

/// One in ten is a refund; the planted ones are spread over the file.
struct World {
    lines: u64,
}

impl World {
    fn is_refund(at: u64) -> bool {
        at % 10 == 9
    }

    fn fate(&self, at: u64) -> Fate {
        let step = self.lines / (4 * PLANTED);
        if at % step != step / 2 {
            return Fate::Matched;
        }
        Fate::Planted(DifferenceClass::ALL[usize::try_from(at / step % 4).unwrap()])
    }

    /// In fen, between 0.01 and 5000.00 yuan.
    fn amount(at: u64) -> i64 {
        i64::try_from(at.wrapping_mul(2_654_435_761) % 500_000).unwrap() + 1
    }

    fn at(&self, at: u64) -> DateTime {
        let seconds = at * 86_400 / self.lines;
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let part = |value: u64| i8::try_from(value).unwrap();
        DAY.at(part(hour), part(minute), part(second), 0)
    }

    fn ours(&self) -> impl Iterator<Item = Ours> + '_ {
        let absent = Fate::Planted(DifferenceClass::ChannelOnly);
        (0..self.lines).filter(move |at| self.fate(*at) != absent).map(|at| {
            let refund = Self::is_refund(at);
            Ours {
                kind: if refund { StatementKind::Refund } else { StatementKind::Payment },
                order_no: Some(order_no(at)),
                channel_txn: transaction(at),
                refund_no: refund.then(|| refund_no(at)),
                channel_refund_no: refund.then(|| format!("5030{at:025}")),
                amount: Fen(Self::amount(at)),
                at: moment(self.at(at)).unwrap(),
            }
        })
    }

    fn known_by(at: u64) -> String {
        if Self::is_refund(at) { refund_no(at) } else { transaction(at) }
    }

    fn planted(&self) -> BTreeSet<(DifferenceClass, String)> {
        let planted = |at| match self.fate(at) {
            Fate::Matched => None,
            Fate::Planted(class) => Some((class, Self::known_by(at))),
        };
        (0..self.lines).filter_map(planted).collect()
    }

    /// The file, packed; and how many bytes it was.
    fn file(&self, keys: &Keys) -> (Vec<u8>, usize) {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        let (mut length, mut rows, mut paid, mut refunded, mut fees) = (0, 0_u64, 0, 0, 0);
        let mut write = |line: String| {
            length += line.len() + 2;
            packed.write_all(line.as_bytes()).unwrap();
            packed.write_all(b"\r\n").unwrap();
        };
        write(format!("\u{feff}{HEADER}"));
        for at in 0..self.lines {
            let fate = self.fate(at);
            let times = match fate {
                Fate::Planted(DifferenceClass::OursOnly) => 0,
                Fate::Planted(DifferenceClass::Duplicate) => 2,
                _ => 1,
            };
            let amount = Self::amount(at) + i64::from(fate == Fate::Planted(DifferenceClass::AmountDiffers));
            let fee = (amount * 60 + 5_000) / 10_000;
            for _ in 0..times {
                rows += 1;
                if Self::is_refund(at) {
                    (refunded, fees) = (refunded + amount, fees - fee);
                } else {
                    (paid, fees) = (paid + amount, fees + fee);
                }
                write(self.row(keys, at, amount, fee));
            }
        }
        write(SUMMARY.to_owned());
        let (paid, refunded) = (Fen(paid).yuan(), Fen(refunded).yuan());
        write(format!("`{rows},`{paid},`{refunded},`0.00,`{}000,`{paid},`{refunded}", Fen(fees).yuan()));
        (packed.finish().unwrap(), length)
    }

    fn row(&self, keys: &Keys, at: u64, amount: i64, fee: i64) -> String {
        let (refund, time) = (Self::is_refund(at), self.at(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
        let (paid, back) = if refund { (0, amount) } else { (amount, 0) };
        let (paid, back) = (Fen(paid).yuan(), Fen(back).yuan());
        let (theirs, ours, kind, status) = match refund {
            true => (format!("5030{at:025}"), refund_no(at), "ORIGINAL", "SUCCESS"),
            false => ("0".to_owned(), "0".to_owned(), "", ""),
        };
        let (state, fee) = if refund { ("REFUND", -fee) } else { ("SUCCESS", fee) };
        format!(
            "`{time},`{},`{},`0,`,`{},`{},`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`JSAPI,`{state},`OTHERS,`CNY,`{paid},`0.00,`{theirs},`{ours},`{back},`0.00,`{kind},`{status},`2026-2027采暖季 供热费,`,`{}000,`0.60%,`{paid},`{back},`",
            keys.appid,
            keys.mchid,
            transaction(at),
            order_no(at),
            Fen(fee).yuan(),
        )
    }
}

fn transaction(at: u64) -> String {
    format!("4200{:024}", at.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn order_no(at: u64) -> String {
    format!("P{at:026}")
}

fn refund_no(at: u64) -> String {
    format!("R{at:026}")
}

fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field).map(str::to_owned)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0) / 1024
}

fn main() {
    let lines = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let (world, keys) = (World { lines }, Keys::generate(&RandomIds::default()).unwrap());
    let settings = serde_json::from_value(keys.merchant_secret()).unwrap();
    let outbound = Outbound::new(Arc::new(NoProbe)).unwrap();
    let ids = Arc::new(RandomIds::default());
    let merchant = Wechatpay::new(settings, "https://localhost", "https://localhost", outbound, ids).unwrap();
    let (file, length) = world.file(&keys);
    println!("{lines} lines, {} MB, packed {} MB", length >> 20, file.len() >> 20);

    let before = memory("VmRSS:");
    let start = Instant::now();
    let mut books = OurBooks::default();
    world.ours().for_each(|ours| books.add(&ours));
    let mut matching = books.against_lines();
    let read = start.elapsed();
    for line in merchant.read_statement(&file, DAY).unwrap() {
        matching.take(&line.unwrap());
    }
    let mut finished = matching.finish(true);
    world.ours().for_each(|ours| finished.take_ours(&ours));
    let report = finished.report(Channel::Wechatpay, DAY, None);
    let took = start.elapsed();
    let named: BTreeSet<_> = report.differences.iter().map(|found| (found.class, found.number.clone())).collect();
    let planted = world.planted();
    println!(
        "books {} ms, all {} ms; memory {before} MB before, {} MB at most",
        read.as_millis(),
        took.as_millis(),
        memory("VmHWM:")
    );
    println!(
        "{} planted, {} named, {} of them planted; matched {} payments and {} refunds",
        planted.len(),
        named.len(),
        named.intersection(&planted).count(),
        report.payments.matched,
        report.refunds.matched
    );
    assert_eq!(named, planted, "every planted difference is named and nothing else");
}
