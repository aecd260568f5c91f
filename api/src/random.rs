//! Randomness from the operating system: salts and secrets.

/// Bytes nobody can foresee.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness nothing here is safe; `getrandom` fails only where the system is broken.
    getrandom::fill(&mut bytes).unwrap_or_else(|error| unreachable!("no randomness: {error}"));
    bytes
}
