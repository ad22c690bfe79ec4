//! The data folder: made, locked against a second process, its files checked before they are used.

use crate::start::StartError;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Where the engines keep what they must not lose.
pub(crate) struct Folder {
    path: PathBuf,
    /// Holds the advisory lock for as long as the engines run; the system frees it when the process dies.
    _lock: File,
    /// Without a data folder: files and secrets live in one that goes when the engines go.
    temporary: Option<TempDir>,
}

impl Folder {
    /// Opens `data`, or a temporary folder when there is none.
    pub(crate) fn open(data: Option<PathBuf>) -> Result<Self, StartError> {
        let (path, temporary) = match data {
            Some(path) => (path, None),
            None => {
                let made = tempfile::tempdir()
                    .map_err(|source| StartError::NotWritable { folder: std::env::temp_dir(), source })?;
                (made.path().to_owned(), Some(made))
            }
        };
        let not_writable = |source| StartError::NotWritable { folder: path.clone(), source };
        for part in [&path, &path.join("files"), &path.join("secrets")] {
            fs::create_dir_all(part).map_err(not_writable)?;
        }
        let lock =
            File::options().create(true).truncate(false).write(true).open(path.join("lock")).map_err(not_writable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::DataInUse { folder: path }),
            Err(TryLockError::Error(source)) => return Err(not_writable(source)),
        }
        // The folder may be old and now read-only while the lock file still opens: write for real.
        tempfile::tempfile_in(&path).map_err(not_writable)?;
        Ok(Self { path, _lock: lock, temporary })
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.path.join("files")
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.path.join("secrets")
    }

    /// The database file of that name, checked; none when nothing is to be kept.
    pub(crate) fn database(&self, name: &str) -> Result<Option<PathBuf>, StartError> {
        if self.temporary.is_some() {
            return Ok(None);
        }
        let file = self.path.join(name);
        check(&file)?;
        Ok(Some(file))
    }
}

/// Refuses a file that SQLite finds inconsistent. Reads every page once: about a second for a gigabyte.
fn check(file: &Path) -> Result<(), StartError> {
    match fs::metadata(file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(StartError::NotWritable { folder: file.to_owned(), source }),
        Ok(_) => {}
    }
    let finding = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|c| c.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)));
    match finding {
        Ok(finding) if finding == "ok" => Ok(()),
        Ok(finding) => Err(StartError::Damaged { file: file.to_owned(), finding }),
        Err(source) => match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Err(StartError::Damaged { file: file.to_owned(), finding: source.to_string() })
            }
            _ => Err(StartError::Unreadable { file: file.to_owned(), source }),
        },
    }
}
