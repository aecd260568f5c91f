//! Refer: an authority outside grid governance takes it on. The reporter is told which.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    code::codes,
    incident::State,
    leg::CustodyOutcome,
    refusal::Refusal,
    text::Text,
};

codes! {
    /// Authorities outside grid governance.
    Authority "authority" {
        /// 110.
        Police "police" "公安机关",
        /// Of any level.
        Court "court" "人民法院",
        /// Of any level.
        Procuratorate "procuratorate" "人民检察院",
        /// Commercial, labour or land.
        Arbitration "arbitration" "仲裁机构",
        /// 信访.
        Petition "petition" "信访部门",
        /// 12345.
        Hotline "hotline" "12345热线",
        /// Of the party and the state.
        Supervision "supervision" "纪检监察机关",
        /// None of these.
        Other "other" "其他",
    }
}

/// To an authority outside grid governance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refer {
    /// Which.
    pub to: Authority,
    /// Words for the reporter: who deals with it now, and how to reach them.
    pub reply: Text,
}

/// An authority outside took it on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Referred {
    /// Which.
    pub to: Authority,
}

impl Rule for Refer {
    const FROM: &'static [State] = &[State::PendingAcceptance, State::PendingDispatch];
    const BY: By = By::Desk;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        Ok(Happening::of(Referred { to: self.to }).telling(&self.reply).warning(scene.linkages_left()))
    }
}

impl Effect for Referred {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.rest(State::ReferredOut, CustodyOutcome::Referred, stamp);
    }
}
