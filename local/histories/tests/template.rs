//! The tables in memory have the keys and indexes that the template gives them.

use heatpay_histories::tables::{KeyNames, SPECS};
use serde_json::Value;
use std::{fs, path::Path};

fn key(schema: &Value) -> (String, Option<String>) {
    let of = |kind: &str| {
        let parts = schema.as_array().into_iter().flatten();
        parts.filter(|part| part["KeyType"] == kind).find_map(|part| part["AttributeName"].as_str().map(str::to_owned))
    };
    (of("HASH").unwrap_or_default(), of("RANGE"))
}

fn named(key: KeyNames) -> (String, Option<String>) {
    (key.partition.to_owned(), key.sort.map(str::to_owned))
}

#[test]
fn keys_and_indexes_are_those_of_the_template() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let text = fs::read_to_string(file).expect("the template is there");
    // Tags matter to CloudFormation alone.
    let text = text.replace("!Ref ", "").replace("!GetAtt ", "").replace("!Sub ", "").replace("!Not ", "");
    let text = text.replace("!Equals ", "").replace("!If ", "");
    let template: Value = serde_yaml_ng::from_str(&text).expect("YAML");
    for spec in SPECS {
        let words = spec.name.split('_').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]));
        let logical = format!("{}Table", words.collect::<String>());
        let table = &template["Resources"][&logical]["Properties"];
        assert_eq!(named(spec.key), key(&table["KeySchema"]), "{logical}");
        for (name, index) in spec.indexes {
            let there = table["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
            let there =
                there.into_iter().find(|there| there["IndexName"] == *name).expect("the template has the index");
            assert_eq!(named(*index), key(&there["KeySchema"]), "{logical} {name}");
        }
    }
}
