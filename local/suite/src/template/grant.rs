use std::fmt;

/// One permission: a verb of a service on one resource. A role's policy and a call that was made compare as this.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// `dynamodb`, `sqs`, `sns`, `s3`, `secretsmanager`.
    pub service: String,
    /// `PutItem`.
    pub action: String,
    /// `payments`, `payments/index/open`, a queue's, topic's or bucket's name, a secret's id.
    pub resource: String,
}

impl Grant {
    /// The permission of a policy's action (`dynamodb:Query`) and resource (an ARN, or a secret's id); `None` where the action
    /// names no service.
    pub fn of_statement(action: &str, resource: &str) -> Option<Self> {
        let (service, action) = action.split_once(':')?;
        Some(Self { service: service.to_owned(), action: action.to_owned(), resource: bare(service, resource) })
    }

    /// The permission a call needs, as the probe names it: `Query households/index/reminders`, `SendMessage <queue's URL>`.
    pub fn of_call(service: &str, call: &str) -> Option<Self> {
        let (action, resource) = call.split_once(' ')?;
        Some(Self { service: service.to_owned(), action: action.to_owned(), resource: bare(service, resource) })
    }

    /// Whether it is used by whoever takes messages from a queue for the function, not by the function's own code.
    pub fn is_for_the_queues_poller(&self) -> bool {
        self.service == "sqs"
            && ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].contains(&self.action.as_str())
    }
}

/// The resource without the place's address: from an ARN, a URL or a name.
fn bare(service: &str, resource: &str) -> String {
    let bare = match service {
        "dynamodb" => resource.split_once(":table/").map_or(resource, |(_, table)| table),
        "sqs" | "sns" => resource.rsplit([':', '/']).next().unwrap_or(resource),
        "s3" => {
            let path = resource.rsplit_once(":::").map_or(resource, |(_, path)| path);
            path.split('/').next().unwrap_or(path)
        }
        _ => resource,
    };
    bare.to_owned()
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.service, self.action, self.resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "dynamodb:Query",
        "arn:aws-cn:dynamodb:cn-north-1:0:table/payments/index/open",
        "dynamodb",
        "Query payments/index/open"
    )]
    #[case("sqs:SendMessage", "arn:aws-cn:sqs:cn-north-1:0:watch", "sqs", "SendMessage http://127.0.0.1:1/0/watch")]
    #[case(
        "sns:Publish",
        "arn:aws-cn:sns:cn-north-1:0:payment-events",
        "sns",
        "Publish arn:aws-cn:sns:cn-north-1:0:payment-events"
    )]
    #[case("s3:PutObject", "arn:aws-cn:s3:::files/invoices/*", "s3", "PutObject files")]
    #[case("secretsmanager:GetSecretValue", "session", "secretsmanager", "GetSecretValue session")]
    fn a_call_is_the_permission_it_needs(
        #[case] action: &str,
        #[case] arn: &str,
        #[case] service: &str,
        #[case] call: &str,
    ) {
        assert_eq!(Grant::of_statement(action, arn), Grant::of_call(service, call));
        assert!(Grant::of_call(service, call).is_some());
    }

    #[test]
    fn an_index_is_not_its_table() {
        assert_ne!(
            Grant::of_call("dynamodb", "Query payments"),
            Grant::of_call("dynamodb", "Query payments/index/open")
        );
    }
}
