//! Under construction.
pub mod template;
