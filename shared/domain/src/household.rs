//! The household (热用户) and the file it is imported from.
