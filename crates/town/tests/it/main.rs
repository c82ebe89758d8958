//! The town as its readers see it.

#[cfg(test)]
mod shape;
