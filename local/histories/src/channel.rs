//! The channel as the handlers have it: the provider behind a network that fails. Signatures and wire formats have tests of their
//! own; here a call is a call.

use crate::{
    io::{Moment, stop},
    provider::{Back, Going, MERCHANT, No, OnItsWay, Provider, evidence},
    town::Town,
    weather::Trouble,
};
use async_trait::async_trait;
use heatpay_channels::{
    ChannelError, CloseOutcome, MoneyRefunded, Notification, NotificationError, OrderRef, OrderRequest, OrderState,
    PaymentChannel, RefundRequest, RefundState, StatementFile, StatementLines, StatementSource,
};
use heatpay_domain::{
    Channel, EvidenceSource,
    payment::Scene,
    statement::{BadStatement, StatementLine},
};
use http::HeaderMap;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const CHANNEL: Channel = Channel::Wechatpay;

/// The channel.
#[derive(Clone, Debug)]
pub struct PlayedChannel(pub Town);

/// A notification's body here.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Money was taken: its place in the provider's list.
    Txn(usize),
    /// A refund moved: its place.
    Refund(usize),
}

impl PlayedChannel {
    /// One call. `late` is the request, where it may arrive after its sender has given up.
    async fn call<T>(
        &self,
        name: String,
        late: Option<OnItsWay>,
        act: impl FnOnce(&mut Provider, Timestamp) -> Result<T, No> + Send,
    ) -> Result<T, ChannelError> {
        let named = || format!("{name} at the channel");
        stop(&self.0, Moment::Before, named).await;
        let answered = {
            let mut state = self.0.state();
            let now = state.now;
            let trouble = state.weather.channel.take().filter(|trouble| state.provider.may(*trouble, late.as_ref()));
            if let Some(trouble) = trouble {
                state.tell(|| format!("  {}: {}", named(), in_words(trouble)));
            }
            match (trouble, late) {
                (None, _) => act(&mut state.provider, now).map_err(class),
                (Some(Trouble::Behind), _) => {
                    state.provider.behind = true;
                    let answer = act(&mut state.provider, now).map_err(class);
                    state.provider.behind = false;
                    answer
                }
                (Some(Trouble::AnswerLost), _) => {
                    let _lost = act(&mut state.provider, now);
                    Err(timed_out())
                }
                (Some(Trouble::Late), Some(request)) => {
                    state.provider.on_their_way.push(request);
                    Err(timed_out())
                }
                (Some(Trouble::Refuses), Some(OnItsWay::Order(order))) => {
                    state.provider.refused.insert(order.payment_no.to_string());
                    Err(class(No::Refused("RULE_LIMIT")))
                }
                (Some(Trouble::Refuses), Some(OnItsWay::Refund(refund))) => {
                    state.provider.refused.insert(refund.refund_no.to_string());
                    Err(class(No::Refused("USER_ACCOUNT_ABNORMAL")))
                }
                (Some(Trouble::RequestLost | Trouble::Late), _) => Err(timed_out()),
                (Some(Trouble::Down | Trouble::Busy | Trouble::Refuses), _) => {
                    Err(ChannelError::TryLater { channel: CHANNEL, code: "busy".to_owned() })
                }
            }
        };
        stop(&self.0, Moment::After, named).await;
        answered
    }
}

fn in_words(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Down => "no connection",
        Trouble::Busy => "too many calls",
        Trouble::RequestLost => "the request is lost, a time-out is seen",
        Trouble::AnswerLost => "done, a time-out is seen",
        Trouble::Late => "still on its way, a time-out is seen",
        Trouble::Refuses => "refused",
        Trouble::Behind => "answered from a copy that may be behind",
    }
}

fn timed_out() -> ChannelError {
    ChannelError::OutcomeUnknown { channel: CHANNEL, source: "timed out".into() }
}

fn class(no: No) -> ChannelError {
    match no {
        No::Refused(code) => {
            ChannelError::Refused { channel: CHANNEL, code: code.to_owned(), message: "refused".to_owned() }
        }
        No::Paid => ChannelError::OutcomeUnknown { channel: CHANNEL, source: "ORDERPAID".into() },
    }
}

fn state_of(back: &Back) -> RefundState {
    match back.going {
        Going::Processing => RefundState::Processing,
        Going::Closed => RefundState::Closed,
        Going::Abnormal => RefundState::Abnormal,
        Going::Done => RefundState::Succeeded(MoneyRefunded {
            refund_no: back.number.clone(),
            channel_refund_no: format!("50000{}", back.number),
            amount: back.amount,
            refunded_at: back.done_at,
            raw: String::new(),
        }),
    }
}

#[async_trait]
impl PaymentChannel for PlayedChannel {
    fn channel(&self) -> Channel {
        CHANNEL
    }

    fn merchant(&self) -> &str {
        MERCHANT
    }

    async fn place_order(&self, order: &OrderRequest, _: Timestamp) -> Result<String, ChannelError> {
        let late = Some(OnItsWay::Order(order.clone()));
        self.call(format!("order {}", order.payment_no), late, |provider, now| provider.place(order, now)).await
    }

    fn client_parameters(&self, _: Scene, handle: &str, _: Timestamp) -> BTreeMap<String, String> {
        BTreeMap::from([("code_url".to_owned(), handle.to_owned())])
    }

    async fn query_order(&self, order: &OrderRef, _: Timestamp) -> Result<OrderState, ChannelError> {
        let payment_no = &order.payment_no;
        self.call(format!("query {payment_no}"), None, |provider, _| Ok(provider.query(payment_no.as_str()))).await
    }

    async fn close_order(&self, order: &OrderRef, _: Timestamp) -> Result<CloseOutcome, ChannelError> {
        let payment_no = &order.payment_no;
        let late = Some(OnItsWay::Close(payment_no.to_string()));
        self.call(format!("close {payment_no}"), late, |provider, _| Ok(provider.close(payment_no.as_str()))).await
    }

    async fn refund(&self, refund: &RefundRequest, _: Timestamp) -> Result<RefundState, ChannelError> {
        let late = Some(OnItsWay::Refund(refund.clone()));
        let name = format!("refund {}", refund.refund_no);
        self.call(name, late, |provider, _| provider.refund(refund).map(|back| state_of(&back))).await
    }

    async fn query_refund(&self, refund: &RefundRequest, _: Timestamp) -> Result<RefundState, ChannelError> {
        let refund_no = &refund.refund_no;
        let name = format!("query refund {refund_no}");
        self.call(name, None, |provider, _| {
            let back = provider.backs.iter().find(|back| !provider.behind && back.number == refund_no.as_str());
            Ok(back.map_or(RefundState::Unknown, state_of))
        })
        .await
    }

    fn statements(&self) -> Option<&dyn StatementSource> {
        Some(self)
    }

    async fn read_notification(
        &self,
        _: &HeaderMap,
        body: &[u8],
        _: Timestamp,
    ) -> Result<Notification, NotificationError> {
        let body = serde_json::from_slice(body).map_err(|_| NotificationError::NotForUs("not a notification"))?;
        let state = self.0.state();
        let missing = || NotificationError::NotForUs("no such thing");
        match body {
            Body::Txn(at) => {
                let txn = state.provider.txns.get(at).ok_or_else(missing)?;
                Ok(Notification::Paid(Box::new(evidence(txn, EvidenceSource::Callback))))
            }
            Body::Refund(at) => {
                let back = state.provider.backs.get(at).ok_or_else(missing)?;
                Ok(Notification::Refund { refund_no: back.number.clone(), state: state_of(back) })
            }
        }
    }
}

#[async_trait]
impl StatementSource for PlayedChannel {
    async fn fetch_statement(&self, day: Date, _: Timestamp) -> Result<Option<StatementFile>, ChannelError> {
        let lines = self.call(format!("statement of {day}"), None, |provider, _| Ok(provider.statement(day))).await?;
        let bytes = serde_json::to_vec(&lines).unwrap_or_default().into();
        Ok((!lines.is_empty()).then(|| StatementFile { name: format!("{day}.json"), bytes }))
    }

    fn read_statement<'a>(&self, file: &'a [u8], _: Date) -> Result<StatementLines<'a>, BadStatement> {
        let lines: Vec<StatementLine> =
            serde_json::from_slice(file).map_err(|_| BadStatement::Incomplete("it is no statement"))?;
        Ok(Box::new(lines.into_iter().map(Ok)))
    }
}
