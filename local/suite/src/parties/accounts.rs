//! The company's accounts at the third parties of one machine: made up, the same on both sides.

use heatpay_sandbox::{
    aliyun_sms::{AliyunAccount, FlowLimits, SmsKind, SmsTemplate},
    baiwang::BaiwangAccount,
    weixin::{MessageTemplate, WeixinAccount},
};
use serde_json::{Value, json};

const WEIXIN_SECRET: &str = "sandbox0weixin0secret0123456789a";
const ALIYUN_KEY: &str = "LTAI5tSANDBOXKEY000000AA";
const ALIYUN_KEY_SECRET: &str = "sandboxAccessKeySecret0123456789";
const SIGN_NAME: &str = "暖城热力";

/// SMS templates: our name, the provider's code, the text.
const SMS: [(&str, &str, &str); 4] = [
    ("sign_in_code", "SMS_100000001", "验证码${code},5分钟内有效。如非本人操作请忽略。"),
    ("due_soon", "SMS_100000002", "您户号${account}的供热费${amount}元将于${date}到期,请及时缴纳。"),
    ("overdue", "SMS_100000003", "您户号${account}的供热费${amount}元已于${date}到期,逾期将产生违约金,请尽快缴纳。"),
    (
        "last_notice",
        "SMS_100000004",
        "催缴通知:您户号${account}欠供热费${amount}元(${date}到期),逾期不缴可能限热,请尽快缴纳。",
    ),
];

/// Subscribe messages: our name, the platform's id, the title, keys and captions.
type Message = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);
const MESSAGES: [Message; 3] = [
    (
        "payment_due",
        "TmplPaymentDue000000000000000000000000000001",
        "缴费提醒",
        &[("character_string1", "户号"), ("amount2", "应缴金额"), ("date3", "截止日期"), ("thing4", "说明")],
    ),
    (
        "payment_received",
        "TmplPaymentReceived0000000000000000000000002",
        "缴费成功通知",
        &[("character_string1", "户号"), ("amount2", "缴费金额"), ("time3", "缴费时间"), ("thing4", "说明")],
    ),
    (
        "refund_paid_out",
        "TmplRefundPaidOut000000000000000000000000003",
        "退款到账通知",
        &[("character_string1", "户号"), ("amount2", "退款金额"), ("time3", "退款时间"), ("thing4", "说明")],
    ),
];

pub(super) fn weixin(appid: &str) -> WeixinAccount {
    let templates = MESSAGES
        .iter()
        .map(|(_, id, title, fields)| MessageTemplate {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            fields: fields.iter().map(|(key, caption)| ((*key).to_owned(), (*caption).to_owned())).collect(),
        })
        .collect();
    WeixinAccount { appid: appid.to_owned(), secret: WEIXIN_SECRET.to_owned(), templates, trade_managed: false }
}

pub(super) fn weixin_secret(appid: &str) -> Value {
    let templates: serde_json::Map<_, _> =
        MESSAGES.iter().map(|(name, id, _, _)| ((*name).to_owned(), json!(id))).collect();
    json!({ "appid": appid, "secret": WEIXIN_SECRET, "templates": templates })
}

pub(super) fn baiwang() -> BaiwangAccount {
    BaiwangAccount {
        app_key: "1000000".to_owned(),
        app_secret: "5a9db0a2-sandbox-app-secret".to_owned(),
        username: "nuancheng".to_owned(),
        password: "Sandbox-1".to_owned(),
        salt: "a1b2c3".to_owned(),
        tax_no: "91210100MA0SANDB0X".to_owned(),
        seller_name: "暖城热力有限公司".to_owned(),
        terminal_code: "13900000000".to_owned(),
    }
}

pub(super) fn baiwang_secret() -> Value {
    let account = baiwang();
    json!({
        "app_key": account.app_key, "app_secret": account.app_secret, "username": account.username,
        "password": account.password, "salt": account.salt, "tax_no": account.tax_no,
        "terminal_code": account.terminal_code, "drawer": "王会计",
    })
}

pub(super) fn aliyun_sms() -> AliyunAccount {
    let templates = SMS
        .iter()
        .map(|(name, code, text)| SmsTemplate {
            code: (*code).to_owned(),
            kind: if *name == "sign_in_code" { SmsKind::Verification } else { SmsKind::Notice },
            text: (*text).to_owned(),
        })
        .collect();
    AliyunAccount {
        access_key_id: ALIYUN_KEY.to_owned(),
        access_key_secret: ALIYUN_KEY_SECRET.to_owned(),
        sign_names: vec![SIGN_NAME.to_owned()],
        templates,
        limits: FlowLimits::default(),
        receipt_after_seconds: 3,
    }
}

pub(super) fn aliyun_secret() -> Value {
    let templates: serde_json::Map<_, _> =
        SMS.iter().map(|(name, code, _)| ((*name).to_owned(), json!(code))).collect();
    json!({
        "access_key_id": ALIYUN_KEY, "access_key_secret": ALIYUN_KEY_SECRET, "sign_name": SIGN_NAME,
        "templates": templates,
    })
}
