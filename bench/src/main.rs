//! Load generator and the limits it is held against.

fn main() {}
