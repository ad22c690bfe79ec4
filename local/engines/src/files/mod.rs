//! S3: a folder a bucket. The bytes lie under their key, so a person can open them; what they are lies beside.

mod chunked;
pub(crate) mod http;
mod key;

pub use key::{ObjectKey, ObjectKeyError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};
use tempfile::NamedTempFile;

/// The buckets.
#[derive(Clone)]
pub struct Files {
    folder: Arc<Path>,
}

/// A file with what is known of it.
#[derive(Clone, Debug)]
pub struct StoredObject {
    /// The bytes.
    pub bytes: Bytes,
    /// The media type it was put with.
    pub content_type: String,
    /// `x-amz-meta-…` headers it was put with, without that prefix.
    pub metadata: BTreeMap<String, String>,
    /// When it was put.
    pub modified: SystemTime,
}

/// Why S3 says no.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No such file.
    #[error("The specified key does not exist.")]
    NoSuchKey,
    /// No such bucket.
    #[error("The specified bucket does not exist")]
    NoSuchBucket,
    /// A bucket is 3 to 63 lower-case letters, digits, `-` and `.`.
    #[error("The specified bucket is not valid.")]
    BadBucket,
    /// The key cannot be kept on this disk.
    #[error(transparent)]
    BadKey(#[from] ObjectKeyError),
    /// The disk does not do it.
    #[error("the file cannot be read or written")]
    Disk(#[source] io::Error),
}

#[derive(Serialize, Deserialize)]
struct About {
    content_type: String,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

impl Files {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder: folder.into() }
    }

    /// Makes the bucket; it may exist.
    pub fn create_bucket(&self, name: &str) -> Result<(), FileError> {
        let bucket = self.path_of(name)?;
        for part in ["objects", "about"] {
            fs::create_dir_all(bucket.join(part)).map_err(FileError::Disk)?;
        }
        Ok(())
    }

    /// Keeps the file; the same key again replaces it, whole or not at all. On the disk when this returns.
    pub fn put(
        &self,
        bucket: &str,
        key: &ObjectKey,
        content_type: &str,
        metadata: BTreeMap<String, String>,
        bytes: &[u8],
    ) -> Result<(), FileError> {
        let bucket = self.bucket(bucket)?;
        let about = About { content_type: content_type.to_owned(), metadata };
        let about = serde_json::to_vec(&about).map_err(|e| FileError::Disk(e.into()))?;
        // What it is comes first: a file is never seen without it.
        write_whole(&key.about(&bucket), &about).map_err(FileError::Disk)?;
        write_whole(&key.object(&bucket), bytes).map_err(FileError::Disk)
    }

    /// Reads the file.
    pub fn get(&self, bucket: &str, key: &ObjectKey) -> Result<StoredObject, FileError> {
        let bucket = self.bucket(bucket)?;
        let read = || -> io::Result<StoredObject> {
            let object = key.object(&bucket);
            let modified = fs::metadata(&object)?.modified()?;
            let bytes = fs::read(&object)?.into();
            let About { content_type, metadata } = serde_json::from_slice(&fs::read(key.about(&bucket))?)?;
            Ok(StoredObject { bytes, content_type, metadata, modified })
        };
        read().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
                FileError::NoSuchKey
            }
            _ => FileError::Disk(source),
        })
    }

    /// Deletes the file; that it was not there is no error.
    pub fn delete(&self, bucket: &str, key: &ObjectKey) -> Result<(), FileError> {
        let bucket = self.bucket(bucket)?;
        for file in [key.object(&bucket), key.about(&bucket)] {
            match fs::remove_file(file) {
                Ok(()) => {}
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                Err(e) if e.kind() == io::ErrorKind::IsADirectory => {}
                Err(source) => return Err(FileError::Disk(source)),
            }
        }
        Ok(())
    }

    fn bucket(&self, name: &str) -> Result<PathBuf, FileError> {
        let path = self.path_of(name)?;
        match path.join("objects").is_dir() {
            true => Ok(path),
            false => Err(FileError::NoSuchBucket),
        }
    }

    fn path_of(&self, name: &str) -> Result<PathBuf, FileError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        let edges = !name.starts_with(['.', '-']) && !name.ends_with(['.', '-']) && !name.contains("..");
        match (3..=63).contains(&name.len()) && name.bytes().all(allowed) && edges {
            true => Ok(self.folder.join(name)),
            false => Err(FileError::BadBucket),
        }
    }
}

/// Writes beside, forces to the disk, renames, and forces the rename too.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    fs::File::open(folder)?.sync_all()
}
