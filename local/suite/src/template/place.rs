//! Where the template is put into effect: the names, addresses and ARNs its resources have there.

/// A resource of the template.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Its name in the template.
    pub logical_id: &'a str,
    /// Its type, as `AWS::SQS::Queue`.
    pub kind: &'a str,
}

/// A place.
pub trait Place {
    /// What `!Ref` of the resource is there.
    fn reference(&self, resource: Resource<'_>) -> String;
    /// What `!GetAtt` of the resource is there, if the place knows the attribute.
    fn attribute(&self, resource: Resource<'_>, attribute: &str) -> Option<String>;
    /// What a pseudo parameter (`AWS::Region`) is there, if the place knows it.
    fn pseudo(&self, name: &str) -> Option<String>;
}

/// One machine: everything behind one address, short names (`households`, `settlement`), an account of zeros.
#[derive(Clone, Debug)]
pub struct OneMachine {
    /// Where the queues answer, as `http://127.0.0.1:4566`.
    pub endpoint: String,
    /// The region it pretends to be.
    pub region: String,
}

impl OneMachine {
    /// The account everything belongs to.
    pub const ACCOUNT: &str = "000000000000";

    /// With the queues at `endpoint`.
    pub fn at(endpoint: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), region: "cn-north-1".to_owned() }
    }

    /// The short name of a resource: its logical id without the kind, in lower case with hyphens.
    pub fn name(logical_id: &str) -> String {
        let bare = ["Function", "Table", "Queue", "Topic", "Bucket", "Secret"]
            .iter()
            .find_map(|kind| logical_id.strip_suffix(kind))
            .filter(|bare| !bare.is_empty())
            .unwrap_or(logical_id);
        let mut name = String::with_capacity(bare.len() + 4);
        for (at, letter) in bare.chars().enumerate() {
            if letter.is_ascii_uppercase() && at > 0 {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    fn arn(&self, resource: Resource<'_>) -> Option<String> {
        let name = Self::name(resource.logical_id);
        let (region, account) = (&self.region, Self::ACCOUNT);
        Some(match resource.kind {
            "AWS::DynamoDB::Table" => format!("arn:aws-cn:dynamodb:{region}:{account}:table/{name}"),
            "AWS::SQS::Queue" => format!("arn:aws-cn:sqs:{region}:{account}:{name}"),
            "AWS::SNS::Topic" => format!("arn:aws-cn:sns:{region}:{account}:{name}"),
            "AWS::S3::Bucket" => format!("arn:aws-cn:s3:::{name}"),
            "AWS::Serverless::Function" => format!("arn:aws-cn:lambda:{region}:{account}:function:{name}"),
            _ => return None,
        })
    }
}

impl Place for OneMachine {
    fn reference(&self, resource: Resource<'_>) -> String {
        let name = Self::name(resource.logical_id);
        match resource.kind {
            "AWS::SQS::Queue" => format!("{}/{}/{name}", self.endpoint, Self::ACCOUNT),
            "AWS::SNS::Topic" => self.arn(resource).unwrap_or(name),
            _ => name,
        }
    }

    fn attribute(&self, resource: Resource<'_>, attribute: &str) -> Option<String> {
        match attribute {
            "Arn" => self.arn(resource),
            "QueueName" => Some(Self::name(resource.logical_id)),
            _ => None,
        }
    }

    fn pseudo(&self, name: &str) -> Option<String> {
        Some(match name {
            "AWS::Region" => self.region.clone(),
            "AWS::Partition" => "aws-cn".to_owned(),
            "AWS::AccountId" => Self::ACCOUNT.to_owned(),
            "AWS::StackName" => "heatpay".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com.cn".to_owned(),
            _ => return None,
        })
    }
}
