//! What can be wrong before anything runs is said in words.

use crate::world::World;
use heatpay_engines::{Engines, EnginesConfig, StartError};
use heatpay_ports::SystemClock;
use std::{fs, net::TcpListener, sync::Arc};

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let config =
        |dynamodb_port, aws_port| EnginesConfig { data: None, clock: Arc::new(SystemClock), dynamodb_port, aws_port };
    for (config, name) in [(config(port, 0), "dynamodb"), (config(0, port), "aws")] {
        match Engines::start(config).await.err() {
            Some(StartError::PortTaken { service, port: p, .. }) => assert_eq!((service, p), (name, port)),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_second_process_is_kept_out_until_the_first_has_ended() {
    let data = tempfile::tempdir().unwrap();
    let first = World::at(data.path()).await;
    assert!(matches!(World::on(Some(data.path())).await.err(), Some(StartError::DataInUse { .. })));
    first.engines.shutdown().await;
    World::at(data.path()).await;
}

#[tokio::test]
async fn a_damaged_data_file_is_refused_and_left_as_it_is() {
    for name in ["ddb.db", "queues.db"] {
        let data = tempfile::tempdir().unwrap();
        World::at(data.path()).await.engines.shutdown().await;
        let file = data.path().join(name);
        let mut bytes = fs::read(&file).unwrap();
        // Past the header: pages torn, as by a bad disk.
        bytes[4096..].fill(0xA5);
        fs::write(&file, &bytes).unwrap();
        match World::on(Some(data.path())).await.err() {
            Some(StartError::Damaged { file: named, .. }) => assert_eq!(named, file),
            other => panic!("{name}: {other:?}"),
        }
        assert!(fs::read(&file).unwrap() == bytes);
        fs::write(&file, "not a database at all, but long enough to be read as one".repeat(20)).unwrap();
        assert!(matches!(World::on(Some(data.path())).await.err(), Some(StartError::Damaged { .. })), "{name}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("a-file");
    fs::write(&file, "").unwrap();
    let folder = file.join("data");
    match World::on(Some(&folder)).await.err() {
        Some(StartError::NotWritable { folder: named, .. }) => assert_eq!(named, folder),
        other => panic!("{other:?}"),
    }
}
