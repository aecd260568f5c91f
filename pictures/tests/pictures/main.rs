//! Tests with real photos, and with damaged or malicious files.

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod photos;
