//! What `sam deploy` would send: the built binaries boot under the Lambda Runtime API and answer their sample events.

mod functions;
mod runtime_api;
