//! Bills as Alipay packs them.

use encoding_rs::GB18030;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

pub(crate) const COLUMNS: &str = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";

/// What stands before the rows.
pub(crate) fn head(account: &str) -> String {
    format!(
        "#支付宝业务明细查询\n#账号：[{account}]\n#起始日期：[2026年01月01日 00:00:00]   终止日期：[2026年01月02日 00:00:00]\n\
         #-----------------------------------------业务明细列表----------------------------------------\n{COLUMNS}\n"
    )
}

/// What stands after them.
pub(crate) fn foot(payments: (u64, &str), refunds: (u64, &str)) -> String {
    let ((paid, sum), (refunded, back)) = (payments, refunds);
    format!(
        "#-----------------------------------------业务明细列表结束------------------------------------\n\
         #交易合计：{paid}笔，商家实收共{sum}元，商家优惠共0.00元\n\
         #退款合计：{refunded}笔，商家实收退款共{back}元，商家优惠退款共0.00元\n#导出时间：[2026年01月02日 09:12:33]\n"
    )
}

pub(crate) fn payment(number: &str, yuan: &str, fee: &str) -> String {
    format!(
        "2026010122001400001\t,{number}\t,交易     ,供热费 ,2026-01-01 08:00:00,2026-01-01 08:00:05,,,,,张*(159****0001),{yuan},{yuan},0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,{fee},0.00,\t\n"
    )
}

pub(crate) fn refund(number: &str, refund_no: &str, yuan: &str, fee: &str) -> String {
    format!(
        "2026010122001400001\t,{number}\t,退款     ,供热费 ,2026-01-01 08:00:00,2026-01-01 10:00:07,,,,,张*(159****0001),-{yuan},-{yuan},0.00,0.00,0.00,0.00,0.00,,0.00,0.00,{refund_no}\t,{fee},0.00,\t\n"
    )
}

/// The archive: the summary file stands before the detail file.
pub(crate) fn pack(detail: &str) -> Vec<u8> {
    pack_all(&["#支付宝业务汇总查询\n#账号：[x]\n", detail])
}

pub(crate) fn pack_all(texts: &[&str]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, text) in texts.iter().enumerate() {
        let method = if at == 0 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(format!("{at}.csv"), SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(&GB18030.encode(&text.replace('\n', "\r\n")).0).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
