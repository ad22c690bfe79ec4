use crate::world::World;
use heatpay_engines::{SecretError, secret_arn};
use serde_json::{Value, json};

#[tokio::test]
async fn a_secret_is_read_by_its_name_or_its_arn() {
    let data = tempfile::tempdir().unwrap();
    let world = World::at(data.path()).await;
    world.engines.secrets.put("sandbox/merchant", &json!({ "key": "k-1" })).unwrap();
    for id in ["sandbox/merchant", &secret_arn("sandbox/merchant")] {
        let got = world.secrets.get_secret_value().secret_id(id).send().await.unwrap();
        assert_eq!(got.name(), Some("sandbox/merchant"));
        assert_eq!(got.version_stages(), ["AWSCURRENT"]);
        let secret: Value = serde_json::from_str(got.secret_string().unwrap()).unwrap();
        assert_eq!(secret, json!({ "key": "k-1" }));
    }
    // A person edits the file: the next call sees it.
    std::fs::write(data.path().join("secrets/sandbox/merchant.json"), "{\"key\":\"k-2\"}").unwrap();
    let got = world.secrets.get_secret_value().secret_id("sandbox/merchant").send().await.unwrap();
    assert_eq!(got.secret_string(), Some("{\"key\":\"k-2\"}"));
}

#[tokio::test]
async fn a_secret_nobody_keeps_is_not_found_and_no_name_leaves_the_folder() {
    let world = World::in_memory().await;
    let missing = world.secrets.get_secret_value().secret_id("nothing").send().await.unwrap_err();
    assert!(missing.into_service_error().is_resource_not_found_exception());
    for name in ["../lock", "a/../b", "/etc/passwd", "", "a//b"] {
        assert!(matches!(world.engines.secrets.put(name, &json!({})), Err(SecretError::BadName)), "{name}");
    }
    let outside = world.secrets.get_secret_value().secret_id("../lock").send().await.unwrap_err();
    assert!(outside.into_service_error().is_invalid_parameter_exception());
}
