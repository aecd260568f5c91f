//! Organisations: the desk of each unit, and the departments of that unit.

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::{
    code::{codes, serde_as_text},
    geography::unit::UnitCode,
    text::invalid_value::{InvalidValue, invalid},
};

codes! {
    /// The kind of an organisation: the desk of a unit, or a type of department.
    OrganisationKind "kind of organisation" {
        Desk "desk" "受理台",
        TownshipCenter "township_center" "综治中心",
        VillageMediationCommittee "village_mediation_committee" "调委会",
        JusticeOffice "justice_office" "司法所",
        JusticeBureau "justice_bureau" "司法局",
        PoliceStation "police_station" "派出所",
        TrafficPolice "traffic_police" "交警",
        PoliticalLegalCommittee "political_legal_committee" "政法委",
        PetitionOffice "petition_office" "信访局",
        Court "court" "法院",
        DisciplineInspection "discipline_inspection" "纪检监察",
        UrbanManagement "urban_management" "城管（综合执法）",
        Sanitation "sanitation" "环卫",
        HousingConstruction "housing_construction" "住建",
        NaturalResources "natural_resources" "自然资源",
        EcologyEnvironment "ecology_environment" "生态环境",
        Transport "transport" "交通运输",
        WaterResources "water_resources" "水利",
        AgricultureRural "agriculture_rural" "农业农村",
        Forestry "forestry" "林业",
        EmergencyManagement "emergency_management" "应急管理",
        FireRescue "fire_rescue" "消防救援",
        MarketRegulation "market_regulation" "市场监管",
        HealthCommission "health_commission" "卫健",
        EducationSports "education_sports" "教体",
        CivilAffairs "civil_affairs" "民政",
        HumanResources "human_resources" "人社",
        HealthcareSecurity "healthcare_security" "医保",
        FinanceOffice "finance_office" "金融财政",
        GovernmentServices "government_services" "政务服务",
        WomensFederation "womens_federation" "妇联",
        DisabledFederation "disabled_federation" "残联",
        PowerUtility "power_utility" "供电",
        WaterUtility "water_utility" "供水排水",
        GasHeatUtility "gas_heat_utility" "燃气供热",
        TelecomUtility "telecom_utility" "通信",
    }
}

/// Identifies an organisation by its unit and kind, such as `411224107-desk` or `411224107-urban_management`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationCode {
    pub unit: UnitCode,
    pub kind: OrganisationKind,
}

impl OrganisationCode {
    /// The desk of `unit`.
    #[must_use]
    pub const fn desk(unit: UnitCode) -> Self {
        Self { unit, kind: OrganisationKind::Desk }
    }
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.unit, self.kind)
    }
}

impl fmt::Debug for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for OrganisationCode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || {
            invalid!(
                "“{text}”不是机构代码；例如 411224107-desk",
                "{text:?} is no organisation code; `411224107-desk` is"
            )
        };
        let (unit, kind) = text.split_once('-').ok_or_else(malformed)?;
        Ok(Self { unit: UnitCode::parse(unit)?, kind: kind.parse()? })
    }
}

serde_as_text!(OrganisationCode);

/// All organisations with their names.
#[derive(Clone, Debug, Default)]
pub struct Organisations(BTreeMap<OrganisationCode, String>);

impl Organisations {
    /// Builds the list from `(code, name)` pairs.
    pub fn new(organisations: impl IntoIterator<Item = (OrganisationCode, String)>) -> Self {
        Self(organisations.into_iter().collect())
    }

    #[must_use]
    pub fn contains(&self, code: OrganisationCode) -> bool {
        self.0.contains_key(&code)
    }

    #[must_use]
    pub fn name(&self, code: OrganisationCode) -> Option<&str> {
        self.0.get(&code).map(String::as_str)
    }

    /// Every organisation with its name, in code order.
    pub fn iter(&self) -> impl Iterator<Item = (OrganisationCode, &str)> {
        self.0.iter().map(|(code, name)| (*code, name.as_str()))
    }

    /// The organisations of one unit with their names. The desk comes first.
    pub fn of_unit(&self, unit: UnitCode) -> impl Iterator<Item = (OrganisationCode, &str)> {
        self.0
            .range(OrganisationCode::desk(unit)..)
            .take_while(move |(code, _)| code.unit == unit)
            .map(|(code, name)| (*code, name.as_str()))
    }
}
