//! The order of the house: ARCHITECTURE.md lists the folders of each crate from the bottom to the top, and a file imports
//! only what stands below it.

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
