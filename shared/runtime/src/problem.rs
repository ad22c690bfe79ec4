//! Errors as a client sees them: `application/problem+json` (RFC 9457) with a stable code and a sentence a resident or a
//! clerk understands. What went wrong inside is logged here, once, and not told.

use crate::{http::request_id, queue::causes};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use heatpay_domain::{
    bill::BillStatus,
    invoice::InvalidTitle,
    payment::AllocateError,
    prepayment::CannotPrepay,
    staff::{NoSecondPerson, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:heatpay:` and the code.
    #[schema(example = "urn:heatpay:bill_paid")]
    pub r#type: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// Stable: clients branch on it.
    #[schema(example = "bill_paid")]
    pub code: String,
    /// A sentence for the person, in Chinese.
    #[schema(example = "这笔账单已经缴清,无需再次支付。")]
    pub detail: String,
    /// What the code refers to (a payment's number, the seconds to wait), where it has something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The request's number, for whoever asks about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// A problem to answer with.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    about: Option<String>,
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem with its status, stable code and sentence.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, detail: detail.into(), about: None, retry_after: None }
    }

    /// 400 for a value that breaks its rule.
    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", detail)
    }

    /// An invoice's title that cannot be used: 422 where each value is right but one is missing, else 400.
    pub fn title(reason: InvalidTitle) -> Self {
        match reason {
            InvalidTitle::NameOfTaxNo => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "title_name_missing", reason.to_string())
            }
            InvalidTitle::Name | InvalidTitle::Character | InvalidTitle::TaxNo | InvalidTitle::Email => {
                Self::invalid(reason.to_string())
            }
        }
    }

    /// Why no payment can be made for the chosen bills.
    pub fn allocation(refusal: &AllocateError) -> Self {
        match refusal {
            AllocateError::NothingChosen => Self::invalid("请选择要缴的账单。"),
            AllocateError::TooManyBills { .. } => Self::invalid("一次最多可缴 20 张账单。"),
            AllocateError::ChosenTwice(bill_no) => Self::invalid("同一张账单选了两次。").about(bill_no.as_str()),
            AllocateError::OverLimit => Self::conflict("amount_over_limit", "合计金额超过单笔支付上限,请分次缴纳。"),
            AllocateError::UnknownBill(bill_no) => Self::missing("没有找到这张账单。").about(bill_no.as_str()),
            AllocateError::NotOwed { bill_no, status: BillStatus::Paid } => {
                Self::conflict("bill_paid", "这张账单已经缴清,无需再次支付。").about(bill_no.as_str())
            }
            AllocateError::NotOwed { bill_no, .. } | AllocateError::ZeroAmount(bill_no) => {
                Self::conflict("bill_not_payable", "这张账单目前不需要缴费。").about(bill_no.as_str())
            }
            AllocateError::HeldByPayment { payment_no, .. } => {
                Self::conflict("payment_open", "这张账单有一笔支付正在进行,请先完成或取消。").about(payment_no.as_str())
            }
            AllocateError::EarlierSeasonOpen { bill_no, .. } => {
                Self::conflict("earlier_season_open", "以前采暖季还有欠费,请先缴清。").about(bill_no.as_str())
            }
        }
    }

    /// What a household cannot pay ahead.
    pub fn prepayment(refusal: &CannotPrepay) -> Self {
        match refusal {
            CannotPrepay::Amount => Self::invalid("预存金额应为 1 元至 1000 万元。"),
            CannotPrepay::Owes(bill_no) => {
                Self::conflict("bills_owed", "还有未缴清的账单,请先缴费,再办理预存。").about(bill_no.as_str())
            }
            CannotPrepay::OverLimit { limit, balance } => {
                let (limit, balance) = (limit.yuan_grouped(), balance.yuan_grouped());
                Self::conflict("prepayment_over_limit", format!("预存款最多 {limit} 元,现有余额 {balance} 元。"))
            }
        }
    }

    /// 401: sign in (again).
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "登录已过期,请重新登录。")
    }

    /// 403: the household is not bound to the person.
    pub fn not_yours() -> Self {
        Self::new(StatusCode::FORBIDDEN, "household_not_bound", "您还没有绑定这个户号。")
    }

    /// 403: the person's roles do not allow it; `about` names the permission.
    pub fn forbidden(permission: Permission) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "您没有办理这项业务的权限。").about(permission.name())
    }

    /// 403: it belongs to a branch that is not the person's.
    pub fn other_branch() -> Self {
        Self::new(StatusCode::FORBIDDEN, "other_branch", "这项业务不在您负责的分公司范围内。")
    }

    /// 404.
    pub fn missing(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 409 with its own code.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 409: the cashier has closed the day.
    pub fn day_closed() -> Self {
        Self::conflict("day_closed", "今天已经日结,不能再登记或冲正。")
    }

    /// 429: wait.
    pub fn too_often(seconds: u64) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "操作太频繁,请稍后再试。");
        problem.retry_after = Some(seconds);
        problem
    }

    /// 503 for something outside that is down; the cause is logged here.
    pub fn unavailable(code: &'static str, detail: &'static str, cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::warn!(code, reason = causes(cause), "a service we need is unavailable");
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
        problem.retry_after = Some(3);
        problem
    }

    /// 500 for what is our fault; the cause is logged here.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(reason = causes(cause), "a request failed inside");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "系统出了点问题,请稍后再试。")
    }

    /// What the code refers to.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl From<NoSecondPerson> for Problem {
    fn from(why: NoSecondPerson) -> Self {
        let code = match why {
            NoSecondPerson::SamePerson => "same_person",
            NoSecondPerson::NoPermission => "forbidden",
            NoSecondPerson::OtherBranch => "other_branch",
        };
        Self::new(StatusCode::FORBIDDEN, code, why.reason())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            r#type: format!("urn:heatpay:{}", self.code),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.into_owned(),
            about: self.about,
            request_id: request_id(),
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
