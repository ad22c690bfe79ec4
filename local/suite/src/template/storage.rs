//! Tables, buckets and secrets.

use super::{document::Document, error::TemplateError};
use serde::Deserialize;
use serde_json::{Value, json};

/// A DynamoDB table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name at the place.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// Its global secondary indexes.
    pub indexes: Vec<Index>,
    /// The attribute that says when an item may go, if items do.
    pub expires: Option<String>,
    /// Key attributes and their types, as `CreateTable` wants them.
    attributes: Value,
}

/// What an item is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The attribute that chooses the partition.
    pub partition: String,
    /// The attribute that orders items within it.
    pub sort: Option<String>,
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// What of an item it holds.
    pub projection: Projection,
}

/// What of an item an index holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "ProjectionType")]
pub enum Projection {
    /// Everything.
    #[serde(rename = "ALL")]
    All,
    /// The keys of the table and of the index.
    #[serde(rename = "KEYS_ONLY")]
    KeysOnly,
    /// The keys and some attributes.
    #[serde(rename = "INCLUDE")]
    Include {
        /// Which.
        #[serde(rename = "NonKeyAttributes")]
        attributes: Vec<String>,
    },
}

impl Table {
    /// The body of the `CreateTable` call that makes it.
    pub fn create_request(&self) -> Value {
        let mut request = json!({
            "TableName": self.name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": self.attributes,
            "KeySchema": key_schema(&self.key),
        });
        if !self.indexes.is_empty() {
            request["GlobalSecondaryIndexes"] = self
                .indexes
                .iter()
                .map(|index| {
                    json!({
                        "IndexName": index.name,
                        "KeySchema": key_schema(&index.key),
                        "Projection": projection(&index.projection),
                    })
                })
                .collect();
        }
        request
    }
}

fn key_schema(key: &Key) -> Value {
    let mut schema = vec![json!({ "AttributeName": key.partition, "KeyType": "HASH" })];
    schema.extend(key.sort.iter().map(|sort| json!({ "AttributeName": sort, "KeyType": "RANGE" })));
    Value::Array(schema)
}

fn projection(projection: &Projection) -> Value {
    match projection {
        Projection::All => json!({ "ProjectionType": "ALL" }),
        Projection::KeysOnly => json!({ "ProjectionType": "KEYS_ONLY" }),
        Projection::Include { attributes } => {
            json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": attributes })
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TableProperties {
    attribute_definitions: Value,
    key_schema: Vec<KeyPart>,
    #[serde(default)]
    global_secondary_indexes: Vec<IndexProperties>,
    time_to_live_specification: Option<TimeToLive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyPart {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IndexProperties {
    index_name: String,
    key_schema: Vec<KeyPart>,
    projection: Projection,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeToLive {
    attribute_name: String,
    enabled: bool,
}

pub(super) fn tables(document: &Document<'_>) -> Result<Vec<Table>, TemplateError> {
    document
        .of_kind("AWS::DynamoDB::Table")
        .map(|written| {
            let id = written.logical_id;
            let properties: TableProperties = document.read(id, &written.properties)?;
            let indexes = properties.global_secondary_indexes.into_iter().map(|index| {
                Ok(Index { key: key(id, index.key_schema)?, name: index.index_name, projection: index.projection })
            });
            Ok(Table {
                logical_id: id.to_owned(),
                name: document.place().reference(written.resource()),
                key: key(id, properties.key_schema)?,
                indexes: indexes.collect::<Result<_, TemplateError>>()?,
                expires: properties.time_to_live_specification.filter(|ttl| ttl.enabled).map(|ttl| ttl.attribute_name),
                attributes: properties.attribute_definitions,
            })
        })
        .collect()
}

fn key(logical_id: &str, parts: Vec<KeyPart>) -> Result<Key, TemplateError> {
    let of_type = |kind| parts.iter().find(|part| part.key_type == kind).map(|part| part.attribute_name.clone());
    Ok(Key {
        partition: of_type("HASH").ok_or_else(|| TemplateError::unusable(logical_id, "a key has no HASH attribute"))?,
        sort: of_type("RANGE"),
    })
}

/// An S3 bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name at the place.
    pub name: String,
}

pub(super) fn buckets(document: &Document<'_>) -> Result<Vec<Bucket>, TemplateError> {
    Ok(document
        .of_kind("AWS::S3::Bucket")
        .map(|written| Bucket {
            logical_id: written.logical_id.to_owned(),
            name: document.place().reference(written.resource()),
        })
        .collect())
}

/// A secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its name in the template.
    pub logical_id: String,
    /// What a function asks for it by.
    pub id: String,
    /// The field that is made by chance when the secret is, if one is; a secret without is filled by hand.
    pub made_by_chance: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretProperties {
    generate_secret_string: Option<Generated>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Generated {
    generate_string_key: String,
}

pub(super) fn secrets(document: &Document<'_>) -> Result<Vec<Secret>, TemplateError> {
    document
        .of_kind("AWS::SecretsManager::Secret")
        .map(|written| {
            let properties: SecretProperties = document.read(written.logical_id, &written.properties)?;
            Ok(Secret {
                logical_id: written.logical_id.to_owned(),
                id: document.place().reference(written.resource()),
                made_by_chance: properties.generate_secret_string.map(|generated| generated.generate_string_key),
            })
        })
        .collect()
}
