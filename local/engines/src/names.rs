/// The account every resource belongs to.
pub const ACCOUNT: &str = "000000000000";
/// The region in every ARN made here. Clients may sign for any region: signatures are not checked.
pub const REGION: &str = "local";

/// The ARN of a queue.
pub fn queue_arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The ARN of a topic.
pub fn topic_arn(name: &str) -> String {
    format!("arn:aws:sns:{REGION}:{ACCOUNT}:{name}")
}

/// The ARN of a secret. The cloud appends six random letters; here the name alone is unique.
pub fn secret_arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}")
}

/// The ARN of a table.
pub fn table_arn(name: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}")
}

/// The ARN of a bucket.
pub fn bucket_arn(name: &str) -> String {
    format!("arn:aws:s3:::{name}")
}

/// The resource's name: what follows the last `:` of an ARN, or the text itself.
pub(crate) fn name_in_arn(arn_or_name: &str) -> &str {
    arn_or_name.rsplit(':').next().unwrap_or(arn_or_name)
}

/// The queue's name: what follows the last `/` of its URL. Host and port may be those of an earlier start.
pub(crate) fn name_in_url(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}
