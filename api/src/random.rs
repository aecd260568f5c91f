//! Random bytes from the operating system, for salts and secrets.

/// Unpredictable bytes.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // `getrandom` fails only on a broken system. Without random bytes no secret is safe, so the program must not go on.
    getrandom::fill(&mut bytes).unwrap_or_else(|error| unreachable!("no randomness: {error}"));
    bytes
}
