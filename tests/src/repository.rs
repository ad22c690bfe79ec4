//! The repository as files.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Its root folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is a folder of the repository")
}

/// The text of a file, named from the root. Panics with its name if it cannot be read.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{} cannot be read: {e}", path.display()))
}

/// The bytes of a file, named from the root. Panics with its name if it cannot be read.
pub fn bytes(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    fs::read(root().join(path)).unwrap_or_else(|e| panic!("{} cannot be read: {e}", path.display()))
}

/// The folders directly in a folder, by name.
pub fn folders(path: &str) -> Vec<String> {
    let mut names: Vec<String> = entries(&root().join(path))
        .into_iter()
        .filter(|entry| entry.is_dir())
        .filter_map(|entry| Some(entry.file_name()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Every file with the extension, from the root, in order. What is built, fetched or kept by a run is left out.
pub fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in entries(&folder) {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if entry.is_dir() {
                if !name.starts_with('.') && !["target", "node_modules", "data"].contains(&name.as_str()) {
                    waiting.push(entry);
                }
            } else if entry.extension().is_some_and(|ending| ending == extension) {
                found.push(entry.strip_prefix(root()).expect("below the root").to_owned());
            }
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listing = fs::read_dir(folder).unwrap_or_else(|e| panic!("{} cannot be listed: {e}", folder.display()));
    listing.map(|entry| entry.expect("the listing goes on").path()).collect()
}
