use super::DynamoDb;
use dynoxide::{
    DynoxideError,
    actions::{
        TableDescription,
        create_table::CreateTableRequest,
        describe_table::DescribeTableRequest,
        describe_time_to_live::DescribeTimeToLiveRequest,
        update_time_to_live::{TimeToLiveSpecification, UpdateTimeToLiveRequest},
    },
};
use serde_json::{Value, json};

/// A table as the template declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSpec {
    /// Its name.
    pub name: String,
    /// The `Properties` of `AWS::DynamoDB::Table` with every intrinsic function resolved. Keys, indexes, TTL and stream
    /// count; capacity, encryption, backups and tags mean nothing on one machine.
    pub properties: Value,
}

/// Why a table cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The properties are not those of a table.
    #[error("the properties of the table {table} cannot be read")]
    Properties {
        /// Which table.
        table: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The table exists with another key or other indexes.
    #[error("the table {table} exists with another {what}: move the data folder away, or keep the old definition")]
    Differs {
        /// Which table.
        table: String,
        /// `key`, `TTL attribute` or `index <name>`.
        what: String,
    },
    /// DynamoDB says no.
    #[error("DynamoDB refuses")]
    DynamoDb(#[source] DynoxideError),
}

/// The properties that `CreateTable` takes as they stand.
const AS_THEY_STAND: [&str; 4] =
    ["KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"];

impl DynamoDb {
    /// Makes each table that does not exist. One that exists must have the same key and indexes.
    pub fn create_tables(&self, specs: &[TableSpec]) -> Result<(), TableError> {
        for spec in specs {
            let request = spec.request()?;
            let question = DescribeTableRequest { table_name: spec.name.clone() };
            match self.database.describe_table(question) {
                Ok(found) => same(&found.table, &request)?,
                Err(DynoxideError::ResourceNotFoundException(_)) => {
                    self.database.create_table(request).map_err(TableError::DynamoDb)?;
                }
                Err(other) => return Err(TableError::DynamoDb(other)),
            }
            self.expire(spec)?;
        }
        Ok(())
    }

    fn expire(&self, spec: &TableSpec) -> Result<(), TableError> {
        let wanted = &spec.properties["TimeToLiveSpecification"];
        let (Some(attribute), Some(true)) = (wanted["AttributeName"].as_str(), wanted["Enabled"].as_bool()) else {
            return Ok(());
        };
        let question = DescribeTimeToLiveRequest { table_name: spec.name.clone() };
        let found = self.database.describe_time_to_live(question).map_err(TableError::DynamoDb)?;
        match found.time_to_live_description.attribute_name {
            Some(kept) if kept == attribute => return Ok(()),
            Some(_) => {
                return Err(TableError::Differs { table: spec.name.clone(), what: "TTL attribute".to_owned() });
            }
            None => {}
        }
        let request = UpdateTimeToLiveRequest {
            table_name: spec.name.clone(),
            time_to_live_specification: TimeToLiveSpecification { attribute_name: attribute.to_owned(), enabled: true },
        };
        self.database.update_time_to_live(request).map_err(TableError::DynamoDb)?;
        Ok(())
    }
}

impl TableSpec {
    fn request(&self) -> Result<CreateTableRequest, TableError> {
        let mut request = json!({ "TableName": self.name, "BillingMode": "PAY_PER_REQUEST" });
        for name in AS_THEY_STAND {
            if let Some(value) = self.properties.get(name) {
                request[name] = value.clone();
            }
        }
        if let Some(Value::Array(indexes)) = request.get_mut("GlobalSecondaryIndexes") {
            for index in indexes.iter_mut().filter_map(Value::as_object_mut) {
                index.remove("ProvisionedThroughput");
            }
        }
        if let Some(view) = self.properties["StreamSpecification"].get("StreamViewType") {
            request["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
        }
        serde_json::from_value(request).map_err(|source| TableError::Properties { table: self.name.clone(), source })
    }
}

fn same(found: &TableDescription, wanted: &CreateTableRequest) -> Result<(), TableError> {
    let differs = |what: String| Err(TableError::Differs { table: wanted.table_name.clone(), what });
    if found.key_schema != wanted.key_schema {
        return differs("key".to_owned());
    }
    let kept = found.global_secondary_indexes.as_deref().unwrap_or_default();
    for index in wanted.global_secondary_indexes.as_deref().unwrap_or_default() {
        let same = kept.iter().any(|k| k.index_name == index.index_name && k.key_schema == index.key_schema);
        if !same {
            return differs(format!("index {}", index.index_name));
        }
    }
    Ok(())
}
