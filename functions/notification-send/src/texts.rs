//! The texts of the notices: configuration. For each notice which template of which provider it uses, and what stands in the
//! template's places. A notice without an `sms` part is never sent by SMS.

use crate::templates::Templates;
use heatpay_domain::{notification::NotificationKind, reminder::ReminderPlan};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The names of the texts for a payer; a reminder's is its stage's.
const RECEIPT: &str = "payment_received";
const REFUND: &str = "refund_paid_out";
/// What a reminder's text may name.
const OF_REMINDER: [&str; 4] = ["account_no", "amount", "season", "due_on"];
/// What a receipt's text may name.
const OF_RECEIPT: [&str; 4] = ["account_no", "amount", "season", "paid_at"];
/// What a refund's text may name.
const OF_REFUND: [&str; 3] = ["account_no", "amount", "refunded_at"];

/// The texts by the notice's name.
#[derive(Debug)]
pub(crate) struct Texts(BTreeMap<String, NoticeText>);

/// One notice. In both parts `{amount}` and the like stand for the notice's own figures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeText {
    pub(crate) weixin: Option<WeixinText>,
    pub(crate) sms: Option<SmsText>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeixinText {
    /// Our name for the template; once read, the platform's id.
    pub(crate) template: String,
    /// The page that the message opens.
    pub(crate) page: Option<String>,
    /// By the template's keys: `amount2`.
    pub(crate) values: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmsText {
    /// Our name for the template; once read, the provider's code.
    pub(crate) template: String,
    /// By the template's variables.
    pub(crate) params: BTreeMap<String, String>,
}

/// Why the texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadTexts {
    #[error("not as expected")]
    Unreadable(#[from] serde_json::Error),
    #[error("the stage {0} of the reminder plan has no text")]
    NoText(String),
    #[error("{notice}: the provider's secret names no template {template}")]
    NoTemplate { notice: String, template: String },
    #[error("{notice}: {text:?} names a figure that this notice does not have")]
    NoFigure { notice: String, text: String },
}

impl Texts {
    /// Reads the texts, and finds what is wrong with them before anybody is to be told.
    pub(crate) fn read(json: &str, plan: &ReminderPlan, weixin: &Templates, sms: &Templates) -> Result<Self, BadTexts> {
        let mut texts: BTreeMap<String, NoticeText> = serde_json::from_str(json)?;
        if let Some(stage) = plan.stages.iter().find(|stage| !texts.contains_key(&stage.name)) {
            return Err(BadTexts::NoText(stage.name.clone()));
        }
        for (notice, text) in &mut texts {
            if let Some(text) = &mut text.weixin {
                check(notice, text.values.values().chain(&text.page))?;
                text.template = found(notice, &text.template, weixin)?;
            }
            if let Some(text) = &mut text.sms {
                check(notice, text.params.values())?;
                text.template = found(notice, &text.template, sms)?;
            }
        }
        Ok(Self(texts))
    }

    /// The text of a notice; none where the company does not tell of such things.
    pub(crate) fn of(&self, kind: &NotificationKind) -> Option<&NoticeText> {
        self.0.get(kind.template())
    }
}

/// Puts the figures in.
pub(crate) fn filled(text: &str, figures: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (name, figure) in figures {
        text = text.replace(&format!("{{{name}}}"), figure);
    }
    text
}

/// Puts the figures into every text of a template.
pub(crate) fn all_filled(
    texts: &BTreeMap<String, String>,
    figures: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    texts.iter().map(|(place, text)| (place.clone(), filled(text, figures))).collect()
}

fn found(notice: &str, template: &str, templates: &Templates) -> Result<String, BadTexts> {
    let missing = || BadTexts::NoTemplate { notice: notice.to_owned(), template: template.to_owned() };
    templates.id(template).map(str::to_owned).ok_or_else(missing)
}

fn check<'a>(notice: &str, texts: impl Iterator<Item = &'a String>) -> Result<(), BadTexts> {
    let figures: &[&str] = match notice {
        RECEIPT => &OF_RECEIPT,
        REFUND => &OF_REFUND,
        _ => &OF_REMINDER,
    };
    let figures = figures.iter().map(|name| ((*name).to_owned(), String::new())).collect();
    for text in texts {
        if filled(text, &figures).contains(['{', '}']) {
            return Err(BadTexts::NoFigure { notice: notice.to_owned(), text: text.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::plan;

    const TEMPLATES: &str = r#"{"overdue":"SMS_1","payment_due":"T1"}"#;

    fn read(json: &str) -> Result<Texts, BadTexts> {
        let templates: Templates = serde_json::from_str(TEMPLATES).unwrap();
        let mut plan = plan();
        plan.stages.retain(|stage| stage.name == "overdue");
        Texts::read(json, &plan, &templates, &templates)
    }

    fn refused(json: &str) -> String {
        read(json).unwrap_err().to_string()
    }

    #[test]
    fn a_text_names_templates_by_our_name_and_sends_the_providers() {
        let json = r#"{"overdue":{"sms":{"template":"overdue","params":{"fee":"{amount}元"}},
            "weixin":{"template":"payment_due","values":{"date3":"{due_on}"}}}}"#;
        let texts = read(json).unwrap();
        let text = &texts.0["overdue"];
        assert_eq!(text.sms.as_ref().unwrap().template, "SMS_1");
        assert_eq!(text.weixin.as_ref().unwrap().template, "T1");
        let figures = BTreeMap::from([("amount".to_owned(), "2238.00".to_owned())]);
        assert_eq!(all_filled(&text.sms.as_ref().unwrap().params, &figures)["fee"], "2238.00元");
    }

    #[test]
    fn what_is_wrong_with_the_texts_is_said_at_boot() {
        assert_eq!(refused("{}"), "the stage overdue of the reminder plan has no text");
        assert_eq!(
            refused(r#"{"overdue":{"sms":{"template":"other","params":{}}}}"#),
            "overdue: the provider's secret names no template other"
        );
        assert_eq!(
            refused(r#"{"overdue":{"sms":{"template":"overdue","params":{"a":"{paid_at}"}}}}"#),
            r#"overdue: "{paid_at}" names a figure that this notice does not have"#
        );
    }
}
