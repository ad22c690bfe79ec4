//! How the API's description shows values of the domain: the names they have in JSON, the shapes their numbers are parsed by.
//! For `#[schema(schema_with = …)]`, so that the description cannot say other names than the code does.

mod office;

pub use office::*;

use heatpay_domain::{
    Channel,
    bill::{BillKind, BillStatus},
    household::{BillingMethod, SupplyStatus, UseCategory},
    invoice::InvoiceStatus,
    payment::{PaymentStatus, Scene},
    refund::RefundStatus,
    repair::{RepairCategory, RepairStatus},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::{
    RefOr, Schema,
    schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, SchemaType, Type},
};

/// Where a payment stands.
pub fn payment_status() -> Schema {
    named(
        PaymentStatus::ALL,
        "`submitting`, `pending`, `closing` are open; `paid`, `closed`, `rejected` and `reversed` (冲正, at the counter) are final.",
    )
}

/// A channel: of a payment that was made.
pub fn channel() -> Schema {
    named(&Channel::ALL, "支付渠道, the channel.")
}

/// A channel one can pay by today.
pub fn open_channel() -> Schema {
    named(&Channel::ONLINE, "支付渠道, the channel.")
}

/// How the client pays.
pub fn scene() -> Schema {
    let what = "`jsapi` within the channel's mini-program, `h5` in a phone's browser, `native` by a QR code on a screen, \
                `page` in a computer's browser, `app` by the channel's app.";
    named(&Scene::ONLINE, what)
}

/// What a bill is for.
pub fn bill_kind() -> Schema {
    named(&[BillKind::Season, BillKind::PriorArrears], "`season` 本季, `prior_arrears` 陈欠.")
}

/// Where a bill stands, as a resident sees it: drafts are not shown.
pub fn bill_status() -> Schema {
    named(&[BillStatus::Issued, BillStatus::Paid, BillStatus::Void], "`issued` is owed.")
}

/// Where an invoice stands.
pub fn invoice_status() -> Schema {
    let what = "`requested` and `issuing` are under way; `issued`, `failed`, `reversed` (红冲) are final.";
    named(InvoiceStatus::ALL, what)
}

/// Where a refund stands.
pub fn refund_status() -> Schema {
    let what = "`requested`, `approved`, `processing` are under way; the payer has the money of one that `succeeded` or was \
                `paid_otherwise`; one that `failed` or is `abnormal` needs a person of the company; what is `declined` does \
                not go back.";
    named(RefundStatus::ALL, what)
}

/// What kind of fault.
pub fn repair_category() -> Schema {
    let what = "`not_warm` 不热, `leak` 漏水, `valve` 阀门, `meter` 计量表, `pipe` 管道, `other` 其他.";
    named(RepairCategory::ALL, what)
}

/// Where a repair stands.
pub fn repair_status() -> Schema {
    let what = "`submitted`, `assigned`, `working` are under way; `done` may be rated; `rated`, `cancelled` are final.";
    named(RepairStatus::ALL, what)
}

/// What is wrong, in the resident's words.
pub fn what_is_wrong() -> Schema {
    text("故障情况, what is wrong.", WORDS, "客厅暖气不热,室温 15 度").max_length(Some(500)).into()
}

/// What a resident says about the work.
pub fn remark_if_any() -> Schema {
    let what = "评价, what the resident says about the work.";
    text(what, WORDS, "修得很快").max_length(Some(200)).schema_type(text_or_none()).into()
}

/// Where a fault is, if it is told.
pub fn place_if_any() -> Schema {
    let degrees = |what, pattern, example| text(what, pattern, example).max_length(Some(10));
    let longitude = r"^(7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])(\.[0-9]{1,6})?$";
    let latitude = r"^([3-9]|[1-4][0-9]|5[0-3])(\.[0-9]{1,6})?$";
    let object_or_none = || SchemaType::from_iter([Type::Object, Type::Null]);
    let point = ObjectBuilder::new()
        .schema_type(object_or_none())
        .description(Some("坐标: on the maps of China (GCJ-02), where it was chosen on one."))
        .property("longitude", degrees("经度, east.", longitude, "117.200983"))
        .property("latitude", degrees("纬度, north.", latitude, "39.084158"))
        .required("longitude")
        .required("latitude")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    ObjectBuilder::new()
        .schema_type(object_or_none())
        .description(Some("故障地点: in words, and on the map. Left out: at the household."))
        .property("address", text("地点, in words.", NAME, "3 号楼地下室").max_length(Some(100)))
        .property("point", point)
        .required("address")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .build()
        .into()
}

/// What the heat is used for.
pub fn use_category() -> Schema {
    named(UseCategory::ALL, "用热性质, what the heat is used for.")
}

/// How the heat is billed.
pub fn billing_method() -> Schema {
    named(BillingMethod::ALL, "结算方式: by area, by meter, or by both.")
}

/// Whether the household is heated.
pub fn supply_status() -> Schema {
    named(SupplyStatus::ALL, "供暖状态: `normal`, `stopped` 报停, `partial` for a part of the season.")
}

/// A household's number.
pub fn account_no() -> Schema {
    text("户号, the account number.", "^[A-Za-z0-9]{4,20}$", "1000000001").into()
}

/// A payment's number.
pub fn payment_no() -> Schema {
    text("缴费单号, the payment's number.", "^P[A-Za-z0-9]{7,31}$", "P01KB1Q2Z3A4B5C6D7E8F9G0H1J").into()
}

/// The bills one payment may pay.
pub fn bill_nos() -> Schema {
    let bill_no = text("账单号, a bill's number.", "^B[A-Za-z0-9]{7,31}$", "B2026S1000000001");
    ArrayBuilder::new()
        .items(RefOr::T(Schema::from(bill_no)))
        .min_items(Some(1))
        .max_items(Some(20))
        .unique_items(true)
        .description(Some("The bills to pay, each once, of the oldest seasons first."))
        .examples([json!(["B2026S1000000001"])])
        .build()
        .into()
}

/// Whom an invoice is to be made out to.
pub fn invoice_title() -> Schema {
    title(SchemaType::new(Type::Object), "发票抬头, whom the invoice is made out to.")
}

/// Whom an invoice is to be made out to, if one is wanted.
pub fn invoice_title_if_wanted() -> Schema {
    let object_or_none = SchemaType::from_iter([Type::Object, Type::Null]);
    title(object_or_none, "发票抬头: the invoice is asked for together with the payment, and made once it is paid.")
}

/// Text of one line, not only blanks.
const NAME: &str = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$";

/// Text of one line or several, not only blanks.
const WORDS: &str = r"^[^\u0000-\u0009\u000B-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u0009\u000B-\u001F\u007F-\u009F]*$";

fn title(kind: SchemaType, what: &str) -> Schema {
    // No control character, no angle bracket, not only blanks.
    let name = r"^[^<>\u0000-\u001F\u007F-\u009F]*[^<>\s\u0000-\u001F\u007F-\u009F][^<>\u0000-\u001F\u007F-\u009F]*$";
    let name = text("A person's or a company's name.", name, "张三").max_length(Some(100));
    let tax_no = text("纳税人识别号 of a company; a person has none.", "^[0-9A-Z]{15,20}$", "91120000123456789X");
    let email = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)+$";
    let email = text("Where the platform sends the invoice.", email, "zhangsan@example.com").max_length(Some(100));
    ObjectBuilder::new()
        .schema_type(kind)
        .description(Some(what))
        .property("name", name.schema_type(text_or_none()))
        .property("tax_no", tax_no.schema_type(text_or_none()))
        .property("email", email.schema_type(text_or_none()))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .build()
        .into()
}

fn named<T: Serialize>(values: &[T], what: &str) -> Schema {
    let names: Vec<Value> = values.iter().map(|value| json!(value)).collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(what))
        .examples(names.first().cloned())
        .enum_values(Some(names))
        .build()
        .into()
}

fn text(what: &str, pattern: &str, example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(what))
        .pattern(Some(pattern))
        .examples([json!(example)])
}

fn text_or_none() -> SchemaType {
    SchemaType::from_iter([Type::String, Type::Null])
}
