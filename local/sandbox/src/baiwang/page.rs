//! The rendering of an issued invoice: the layout of 电子发票, marked as the sandbox's sample.

use super::{
    BaiwangAccount,
    capitals::capitals,
    invoice::StoredInvoice,
    paper::{Ink, Paper, WIDTH, wrapped},
    reading::optional,
};
use heatpay_domain::calendar::civil_time;
use rust_decimal::Decimal;
use serde_json::Value;

const LEFT: i16 = 300;
const RIGHT: i16 = WIDTH - 300;
const MIDDLE: i16 = WIDTH / 2;
const TEXT: i16 = 85;
const ROW: i16 = 150;
const LABEL: i16 = 200;
const PARTIES_TOP: i16 = 640;
const LINES_TOP: i16 = 1340;
/// The right edges of the columns: name, specification, unit, quantity, price, amount, rate, tax.
const COLUMNS: [i16; 8] = [1800, 2260, 2640, 3200, 3960, 4560, 5060, RIGHT];
const REMARKS_HEIGHT: i16 = 560;

/// The page as PDF.
pub(super) fn draw(account: &BaiwangAccount, invoice: &StoredInvoice) -> Vec<u8> {
    let rows: Vec<_> = invoice.lines().iter().map(Row::of).collect();
    let used: i16 = rows.iter().map(Row::height).sum();
    let total_top = LINES_TOP + 220 + used.max(4 * ROW);
    let words_top = total_top + 220;
    let remarks_top = words_top + 260;
    let bottom = remarks_top + REMARKS_HEIGHT;
    let mut paper = Paper::new(bottom + 360);
    head(&mut paper, invoice);
    parties(&mut paper, account, invoice);
    lines(&mut paper, &rows);
    totals(&mut paper, invoice, total_top, words_top, remarks_top);
    remarks(&mut paper, invoice, remarks_top, bottom);
    paper.ink(Ink::Form);
    paper.frame((LEFT, PARTIES_TOP), (RIGHT, bottom));
    for y in [LINES_TOP, words_top, remarks_top] {
        paper.line((LEFT, y), (RIGHT, y));
    }
    paper.finish()
}

fn head(paper: &mut Paper, invoice: &StoredInvoice) {
    paper.ink(Ink::Form);
    let special = optional(&invoice.body, "invoiceTypeCode") == "01";
    let title = if special { "电子发票（增值税专用发票）" } else { "电子发票（普通发票）" };
    paper.text_around((MIDDLE, 330), 200, title);
    paper.line((MIDDLE - 1050, 400), (MIDDLE + 1050, 400));
    paper.line((MIDDLE - 1050, 425), (MIDDLE + 1050, 425));
    paper.text((4200, 480), TEXT, "发票号码：");
    paper.text((4200, 590), TEXT, "开票日期：");
    paper.ink(Ink::Black);
    let day = invoice.issued_at.map(|at| civil_time(at).strftime("%Y年%m月%d日").to_string()).unwrap_or_default();
    paper.text((4640, 480), TEXT, invoice.digit_invoice_no.as_deref().unwrap_or_default());
    paper.text((4640, 590), TEXT, &day);
    paper.ink(Ink::Stamp);
    paper.ellipse((800, 350), (440, 240));
    paper.ellipse((800, 350), (415, 216));
    paper.text_around((800, 290), 75, "Heatpay 沙箱");
    paper.text_around((800, 400), 105, "样 票");
    paper.text_around((800, 490), 60, "不得作为凭证");
}

fn parties(paper: &mut Paper, account: &BaiwangAccount, invoice: &StoredInvoice) {
    let buyer = (optional(&invoice.body, "buyerName"), optional(&invoice.body, "buyerTaxNo"));
    let seller = (account.seller_name.as_str(), account.tax_no.as_str());
    for (left, label, (name, tax_no)) in [(LEFT, "购买方信息", buyer), (MIDDLE, "销售方信息", seller)] {
        paper.ink(Ink::Form);
        paper.text_down((left + 55, PARTIES_TOP + 160), TEXT, 115, label);
        paper.line((left + LABEL, PARTIES_TOP), (left + LABEL, LINES_TOP));
        let x = left + LABEL + 70;
        paper.text((x, PARTIES_TOP + 210), TEXT, "名称：");
        paper.text((x, PARTIES_TOP + 530), TEXT, "统一社会信用代码/纳税人识别号：");
        paper.ink(Ink::Black);
        for (row, line) in (0..).zip(wrapped(name, TEXT, 2050)) {
            paper.text((x + 255, PARTIES_TOP + 210 + row * 110), TEXT, &line);
        }
        paper.text((x + 1315, PARTIES_TOP + 530), TEXT, tax_no);
    }
    paper.ink(Ink::Form);
    paper.line((MIDDLE, PARTIES_TOP), (MIDDLE, LINES_TOP));
}

fn lines(paper: &mut Paper, rows: &[Row]) {
    paper.ink(Ink::Form);
    let captions = ["项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率/征收率", "税额"];
    let mut left = LEFT;
    for (caption, right) in captions.into_iter().zip(COLUMNS) {
        paper.text_around((left + (right - left) / 2, LINES_TOP + 130), TEXT, caption);
        left = right;
    }
    paper.ink(Ink::Black);
    let mut y = LINES_TOP + 300;
    for row in rows {
        for (at, part) in (0..).zip(&row.name) {
            paper.text((LEFT + 50, y + at * 110), TEXT, part);
        }
        paper.text_around(((COLUMNS[1] + COLUMNS[2]) / 2, y), TEXT, &row.unit);
        paper.text_to((COLUMNS[3] - 40, y), TEXT, &row.quantity);
        paper.text_to((COLUMNS[4] - 40, y), TEXT, &row.price);
        paper.text_to((COLUMNS[5] - 40, y), TEXT, &row.net);
        paper.text_around(((COLUMNS[5] + COLUMNS[6]) / 2, y), TEXT, &row.rate);
        paper.text_to((COLUMNS[7] - 60, y), TEXT, &row.tax);
        y += row.height();
    }
}

fn totals(paper: &mut Paper, invoice: &StoredInvoice, total_top: i16, words_top: i16, words_bottom: i16) {
    let sums = invoice.sums();
    let all_exempt = invoice.lines().iter().all(|line| optional(line, "freeTaxMark") == "1");
    let tax = if all_exempt { "***".to_owned() } else { format!("￥{}", two(sums.tax)) };
    paper.ink(Ink::Form);
    paper.text_around(((LEFT + COLUMNS[0]) / 2, total_top + 140), TEXT, "合  计");
    paper.text_around(((LEFT + COLUMNS[0]) / 2, words_top + 160), TEXT, "价税合计（大写）");
    paper.text((3960, words_top + 160), TEXT, "（小写）");
    paper.line((COLUMNS[0], words_top), (COLUMNS[0], words_bottom));
    paper.ink(Ink::Black);
    paper.text_to((COLUMNS[5] - 40, total_top + 140), TEXT, &format!("￥{}", two(sums.net)));
    paper.text_to((COLUMNS[7] - 60, total_top + 140), TEXT, &tax);
    paper.text((COLUMNS[0] + 80, words_top + 165), 95, &capitals(sums.gross));
    paper.text((4340, words_top + 165), 95, &format!("￥{}", two(sums.gross)));
}

fn remarks(paper: &mut Paper, invoice: &StoredInvoice, top: i16, bottom: i16) {
    paper.ink(Ink::Form);
    paper.text_down((LEFT + 55, top + 220), TEXT, 160, "备注");
    paper.line((LEFT + LABEL, top), (LEFT + LABEL, bottom));
    paper.text((LEFT + 400, bottom + 170), TEXT, "开票人：");
    paper.ink(Ink::Black);
    let mut text = optional(&invoice.body, "remarks").to_owned();
    if let Some(original) = &invoice.original_serial_no {
        text = format!("红字发票，对应蓝字发票流水号：{original}\n{text}");
    }
    for (row, line) in (0..4).zip(wrapped(&text, TEXT, RIGHT - LEFT - LABEL - 140)) {
        paper.text((LEFT + LABEL + 70, top + 140 + row * 115), TEXT, &line);
    }
    paper.text((LEFT + 740, bottom + 170), TEXT, optional(&invoice.body, "drawer"));
}

/// One line as it is printed: prices without tax, exempt lines with stars for the tax.
struct Row {
    name: Vec<String>,
    unit: String,
    quantity: String,
    price: String,
    net: String,
    rate: String,
    tax: String,
}

impl Row {
    fn of(line: &Value) -> Self {
        let exempt = optional(line, "freeTaxMark") == "1";
        let number = |name: &str| optional(line, name).parse::<Decimal>().ok();
        let (net, quantity) = (number("goodsTotalPrice").unwrap_or_default(), number("goodsQuantity"));
        let price = quantity.and_then(|quantity| net.checked_div(quantity));
        let rate = number("goodsTaxRate").unwrap_or_default() * Decimal::ONE_HUNDRED;
        let short = if optional(line, "goodsCode").starts_with("1100102") { "供热" } else { "现代服务" };
        Self {
            name: wrapped(&format!("*{short}*{}", optional(line, "goodsName")), TEXT, COLUMNS[0] - LEFT - 80),
            unit: optional(line, "goodsUnit").to_owned(),
            quantity: quantity.map(|quantity| quantity.normalize().to_string()).unwrap_or_default(),
            price: price.map(|price| price.round_dp(8).normalize().to_string()).unwrap_or_default(),
            net: two(net),
            rate: if exempt { "免税".to_owned() } else { format!("{}%", rate.normalize()) },
            tax: if exempt { "***".to_owned() } else { two(number("goodsTotalTax").unwrap_or_default()) },
        }
    }

    fn height(&self) -> i16 {
        let lines = i16::try_from(self.name.len()).unwrap_or(1);
        ROW + (lines - 1).max(0) * 110
    }
}

/// Two decimals, always.
fn two(amount: Decimal) -> String {
    let mut amount = amount;
    amount.rescale(2);
    amount.to_string()
}
