use crate::world::World;
use aws_sdk_s3::{primitives::ByteStream, types::ChecksumAlgorithm};
use aws_smithy_types::byte_stream::Length;

async fn shelf() -> (World, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let world = World::at(data.path()).await;
    world.engines.files.create_bucket("invoices").unwrap();
    (world, data)
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_put() {
    let (world, data) = shelf().await;
    let pdf = b"%PDF-1.7 \x00\xff\r\n0\r\n".to_vec();
    let put = world.s3.put_object().bucket("invoices").key("2026/11/发票 1+2.pdf").content_type("application/pdf");
    let put = put.metadata("number", "25312000").body(pdf.clone().into()).send().await.unwrap();

    let got = world.s3.get_object().bucket("invoices").key("2026/11/发票 1+2.pdf").send().await.unwrap();
    assert_eq!(got.content_type(), Some("application/pdf"));
    assert_eq!(got.e_tag(), put.e_tag());
    assert_eq!(got.metadata().unwrap()["number"], "25312000");
    assert!(got.last_modified().is_some());
    assert_eq!(got.body.collect().await.unwrap().to_vec(), pdf);

    let head = world.s3.head_object().bucket("invoices").key("2026/11/发票 1+2.pdf").send().await.unwrap();
    assert_eq!(head.content_length(), Some(pdf.len() as i64));
    // A person finds it too.
    assert_eq!(std::fs::read(data.path().join("files/invoices/objects/2026/11/发票 1+2.pdf")).unwrap(), pdf);

    world.s3.delete_object().bucket("invoices").key("2026/11/发票 1+2.pdf").send().await.unwrap();
    let gone = world.s3.get_object().bucket("invoices").key("2026/11/发票 1+2.pdf").send().await.unwrap_err();
    assert!(gone.into_service_error().is_no_such_key());
    let gone = world.s3.head_object().bucket("invoices").key("2026/11/发票 1+2.pdf").send().await.unwrap_err();
    assert!(gone.into_service_error().is_not_found());
}

#[tokio::test]
async fn a_streamed_file_with_its_checksum_in_the_trailer_comes_back_decoded() {
    let (world, data) = shelf().await;
    let bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let source = data.path().join("source.bin");
    std::fs::write(&source, &bytes).unwrap();
    let length = Length::Exact(bytes.len() as u64);
    let stream = ByteStream::read_from().path(&source).length(length).build().await.unwrap();
    let put = world.s3.put_object().bucket("invoices").key("big.bin").checksum_algorithm(ChecksumAlgorithm::Crc32);
    put.body(stream).send().await.unwrap();
    let got = world.s3.get_object().bucket("invoices").key("big.bin").send().await.unwrap();
    assert!(got.body.collect().await.unwrap().to_vec() == bytes);
}

#[tokio::test]
async fn the_same_key_again_replaces_the_file_and_a_damaged_body_replaces_nothing() {
    let (world, _data) = shelf().await;
    let put = |text: &'static str| {
        world.s3.put_object().bucket("invoices").key("a").body(ByteStream::from_static(text.as_bytes()))
    };
    put("first").send().await.unwrap();
    put("second").send().await.unwrap();
    let wrong = put("third").checksum_crc32("AAAAAA==").send().await.unwrap_err().into_service_error();
    assert_eq!(wrong.meta().code(), Some("BadDigest"));
    let got = world.s3.get_object().bucket("invoices").key("a").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"second");
}

#[tokio::test]
async fn what_has_no_place_is_refused() {
    let (world, _data) = shelf().await;
    let put = |bucket: &str, key: &str| {
        world.s3.put_object().bucket(bucket).key(key).body(ByteStream::from_static(b"x")).send()
    };
    let code = |error: aws_sdk_s3::Error| aws_sdk_s3::error::ProvideErrorMetadata::code(&error).unwrap().to_owned();
    assert_eq!(code(put("nowhere", "a").await.unwrap_err().into()), "NoSuchBucket");
    assert_eq!(code(put("invoices", "a/../../b").await.unwrap_err().into()), "InvalidArgument");
    assert_eq!(code(world.s3.list_objects_v2().bucket("invoices").send().await.unwrap_err().into()), "NotImplemented");
}
