//! Money that goes back to where it came from.
