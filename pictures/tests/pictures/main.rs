//! What is found in real photos, and in files that were made to harm.

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod photos;
