//! The order of folders: ARCHITECTURE.md lists the folders of each crate from the bottom to the top, and a file imports
//! only from folders below its own.

#[cfg(test)]
mod imports;
#[cfg(test)]
mod names;
#[cfg(test)]
mod order;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod tests;
