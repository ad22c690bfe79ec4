//! What the office's endpoints take and answer.

use super::{named, text};
use heatpay_domain::{
    Channel,
    reconcile::{CaseState, DayState, DifferenceClass, ProposedAction, RunProblem},
    refund::{RefundKind, StaffReason},
    staff::{MAX_BRANCHES, Permission, Role, StaffStatus},
    statement::StatementKind,
};
use serde_json::json;
use utoipa::openapi::{
    RefOr, Schema,
    schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Type},
};

/// A day as a statement counts it.
pub fn statement_day() -> Schema {
    text("对账日, the statement's day.", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-11-22").into()
}

/// Whether a day is reconciled.
pub fn day_state() -> Schema {
    named(DayState::ALL, "`closed`: nothing is unexplained.")
}

/// Why a run came to nothing.
pub fn run_problem() -> Schema {
    let what = "`not_ready`: the channel has not made the statement yet or does not answer; `refused`: it refuses, or our \
                settings are wrong; `bad_file`: damaged, not whole or of somebody else.";
    named(RunProblem::ALL, what)
}

/// Where a difference stands.
pub fn case_state() -> Schema {
    named(CaseState::ALL, "`resolved` by a person, or because it is no more.")
}

/// What kind of difference it is.
pub fn difference_class() -> Schema {
    let what = "`channel_only`: our books have it not; `ours_only`: the channel has it not; `amount_differs`; `duplicate`: \
                the statement names it more often than once.";
    named(DifferenceClass::ALL, what)
}

/// What might be done about a difference.
pub fn proposed_action() -> Schema {
    let what = "`settle`: nothing, it settles; `follow_refund`: ask about the refund; `ask_channel`: ask for the money; \
                `compare_vouchers`: compare and correct; `ask_new_statement`: have it made anew.";
    named(ProposedAction::ALL, what)
}

/// What a line tells of.
pub fn statement_kind() -> Schema {
    named(StatementKind::ALL, "`payment` came in, `refund` went back.")
}

/// What becomes of a bill whose money goes back.
pub fn refund_kind() -> Schema {
    named(
        RefundKind::ALL,
        "`reopen`: the bill is owed again; `write_down` 核减: it was not owed, the bill gets smaller; \
         `prepayment` 退预存款: no bill is touched.",
    )
}

/// Why staff gives money back.
pub fn refund_reason() -> Schema {
    let what = "`billed_too_much` 多收, `low_temperature` 低温 and `standby` 报停 (computed from days), \
                `paid_for_wrong_household` 错缴, `prepayment_return` 退预存款, `other` in the clerk's words.";
    named(StaffReason::ALL, what)
}

/// What was paid with at the counter.
pub fn tender() -> Schema {
    named(&Channel::COUNTER, "收款方式: `cash` 现金, `pos` POS刷卡, `cheque` 支票, `transfer` 银行转账.")
}

/// The number of a counter's voucher.
pub fn voucher_no() -> Schema {
    text("凭证号, the voucher's number.", "^[A-Za-z0-9-]{1,32}$", "SJ-20261126-0001").into()
}

/// What members of staff do.
pub fn roles() -> Schema {
    let role = named(Role::ALL, "角色, what somebody does.");
    let all = ArrayBuilder::new().items(RefOr::T(role)).min_items(Some(1)).max_items(Some(Role::ALL.len()));
    all.unique_items(true).description(Some("角色: what they allow adds up.")).build().into()
}

/// What roles allow.
pub fn permissions() -> Schema {
    let permission = named(Permission::ALL, "权限, something somebody may do.");
    ArrayBuilder::new().items(RefOr::T(permission)).unique_items(true).build().into()
}

/// Where somebody may do what his roles allow.
pub fn branches() -> Schema {
    let branch = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(40))
        .pattern(Some(
            r"^[^\s\u0000-\u001F\u007F-\u009F]([^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F])?$",
        ))
        .examples([json!("和平分公司")]);
    let names = ArrayBuilder::new()
        .items(RefOr::T(Schema::from(branch)))
        .min_items(Some(1))
        .max_items(Some(MAX_BRANCHES))
        .unique_items(true);
    let only = ObjectBuilder::new()
        .property("only", names)
        .required("only")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let all = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([json!("all")]));
    OneOfBuilder::new().item(all).item(only).description(Some("分公司: `all`, or `only` some.")).build().into()
}

/// Whether a member of staff can sign in.
pub fn staff_status() -> Schema {
    named(StaffStatus::ALL, "`invited` has a code to enrol with, `active` signs in, `disabled` does not.")
}

/// A member of staff.
pub fn staff_no() -> Schema {
    text("工号, the number of a member of staff.", "^E[A-Za-z0-9]{7,31}$", "E01KB1Q2Z3A4B5C6D7E8F9G0H1J").into()
}
