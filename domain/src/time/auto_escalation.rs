//! Automatic escalation of incidents that a desk does not accept in time.

use crate::code::codes;

codes! {
    /// When an incident escalates automatically because its desk does not accept it.
    #[derive(Default)]
    AutoEscalation "on lapse" {
        /// It escalates when the acceptance limit has passed.
        AtLimit "at_limit" "到期自动提级",
        /// It escalates when twice the acceptance limit has passed.
        AtDouble "at_double" "两倍时限自动提级",
        #[default]
        /// It does not escalate. After twice the limit, the desk above may take it over.
        Never "never" "不自动提级",
    }
}
