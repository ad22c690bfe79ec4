use super::{
    Desk,
    answers::{Answer, Trouble},
};
use crate::parties::Parties;
use axum::{
    Json,
    extract::{Path, State},
};
use heatpay_sandbox::{
    baiwang::Issuing,
    switches::{Callbacks, Outage, Statements, Switches},
};
use serde::Deserialize;
use serde_json::{Value, json};

const OUTAGES: [(&str, &str, Outage); 3] = [
    ("down", "停机", Outage::Down),
    ("breaks_before", "断线(未处理)", Outage::BreaksBefore),
    ("breaks_after", "断线(已处理)", Outage::BreaksAfter),
];

const CALLBACKS: [(&str, &str, Callbacks); 5] = [
    ("drop", "丢掉通知", Callbacks::Drop),
    ("delay", "通知晚 1 分钟", Callbacks::Delay(60)),
    ("double", "通知发两遍", Callbacks::Double),
    ("reorder", "通知乱序", Callbacks::Reorder),
    ("shuffle", "通知发两遍且乱序", Callbacks::Shuffle),
];

const STATEMENTS: [(&str, &str, Statements); 5] = [
    ("statement_shuffled", "账单乱序", Statements::Shuffled),
    ("statement_doubled", "账单每行两遍", Statements::Doubled),
    ("statement_truncated", "账单不完整", Statements::Truncated),
    ("statement_wrong_hash", "账单校验不符", Statements::WrongHash),
    ("statement_empty", "账单为空", Statements::Empty),
];

fn party<'a>(parties: &'a Parties, name: &str) -> Option<&'a Switches> {
    match name {
        "wechatpay" => Some(parties.wechatpay.switches()),
        "alipay" => Some(parties.alipay.switches()),
        "unionpay" => Some(parties.unionpay.switches()),
        "weixin" => Some(parties.weixin.switches()),
        "baiwang" => Some(parties.baiwang.switches()),
        "aliyun_sms" => Some(parties.aliyun_sms.switches()),
        _ => None,
    }
}

/// Channels call us, which can go wrong as well.
fn is_channel(name: &str) -> bool {
    matches!(name, "wechatpay" | "alipay" | "unionpay")
}

/// Every party's switches, as they stand.
pub(super) async fn list(State(desk): State<Desk>) -> Answer {
    let world = desk.world()?;
    let mut all = serde_json::Map::new();
    for name in ["wechatpay", "alipay", "unionpay", "weixin", "baiwang", "aliyun_sms"] {
        let Some(switches) = party(&world.parties, name) else { continue };
        let state = switches.read();
        let mut choices: Vec<Value> = OUTAGES
            .iter()
            .map(|(name, title, outage)| json!({ "name": name, "title": title, "on": state.outage == *outage }))
            .collect();
        if is_channel(name) {
            choices.extend(CALLBACKS.iter().map(
                |(name, title, callbacks)| json!({ "name": name, "title": title, "on": state.callbacks == *callbacks }),
            ));
            choices.extend(
                STATEMENTS.iter().map(
                    |(name, title, told)| json!({ "name": name, "title": title, "on": state.statements == *told }),
                ),
            );
        }
        if name == "baiwang" {
            let issuing = world.parties.baiwang.issuing().map_err(Trouble::inside)?;
            let needs_login = issuing == Issuing::NeedsLogin;
            choices.push(json!({ "name": "needs_login", "title": "开票员需人脸识别", "on": needs_login }));
        }
        all.insert(name.to_owned(), json!(choices));
    }
    Ok(Json(json!({ "switches": all })))
}

#[derive(Deserialize)]
pub(super) struct Switch {
    name: String,
    on: bool,
}

/// Sets one switch of a party.
pub(super) async fn set(State(desk): State<Desk>, Path(name): Path<String>, Json(switch): Json<Switch>) -> Answer {
    let world = desk.world()?;
    let switches = party(&world.parties, &name).ok_or(Trouble::Missing)?;
    let outage = OUTAGES.iter().find(|(name, _, _)| *name == switch.name);
    let callbacks = CALLBACKS.iter().find(|(name, _, _)| *name == switch.name);
    let statements = STATEMENTS.iter().find(|(name, _, _)| *name == switch.name);
    match (outage, callbacks, statements, switch.name.as_str()) {
        (Some((_, _, outage)), _, _, _) => switches.set_outage(if switch.on { *outage } else { Outage::None }, None),
        (_, Some((_, _, callbacks)), _, _) if is_channel(&name) => {
            switches.set_callbacks(if switch.on { *callbacks } else { Callbacks::Normal });
        }
        (_, _, Some((_, _, told)), _) if is_channel(&name) => {
            switches.set_statements(if switch.on { *told } else { Statements::Proper });
        }
        (_, _, _, "needs_login") if name == "baiwang" => {
            let issuing = if switch.on { Issuing::NeedsLogin } else { Issuing::Works { after_seconds: 3 } };
            world.parties.baiwang.set_issuing(&issuing).map_err(Trouble::inside)?;
        }
        _ => return Err(Trouble::Missing),
    }
    Ok(Json(json!({ "name": switch.name, "on": switch.on })))
}
