//! Whether an incident moves up by itself when its desk does not accept it in time.

use crate::code::codes;

codes! {
    /// What happens when a desk does not accept (DOMAIN 2.4).
    AutoEscalation "on lapse" {
        /// The incident goes up by itself when the limit has passed.
        AtLimit "at_limit" "到期自动升级",
        /// It goes up by itself when twice the limit has passed.
        AtDouble "at_double" "两倍时限自动升级",
        /// It stays; at twice the limit the desk above may take it over.
        Never "never" "不自动升级",
    }
}
