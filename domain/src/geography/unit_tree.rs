//! The tree of all administrative units.

use std::collections::BTreeMap;

use crate::{
    geography::unit::{Level, Unit, UnitCode},
    text::invalid_value::{InvalidValue, invalid},
};

/// All units of the administered area.
#[derive(Clone, Debug, Default)]
pub struct UnitTree {
    units: BTreeMap<UnitCode, Unit>,
}

impl UnitTree {
    /// Builds the tree. The units of the highest level in the list are the roots and need no parent.
    ///
    /// # Errors
    /// [`InvalidValue`] if a code is listed twice, or if the parent of a unit is not listed.
    pub fn new(units: Vec<Unit>) -> Result<Self, InvalidValue> {
        let mut tree = Self::default();
        for unit in units {
            let code = unit.code;
            if tree.units.insert(code, unit).is_some() {
                return Err(invalid!(
                    "单位 {code} 出现两次；一个代码对应一个单位",
                    "unit {code} is listed twice; a code names one unit"
                ));
            }
        }
        let top = tree.root_level();
        for &unit in tree.units.keys().filter(|code| Some(code.level()) != top) {
            if let Some(parent) = unit.parent().filter(|parent| !tree.units.contains_key(parent)) {
                return Err(invalid!(
                    "单位 {unit} 的上级 {parent} 不在表中；请先加入上级",
                    "unit {unit} lies in {parent}, which is not listed; add that unit first"
                ));
            }
        }
        Ok(tree)
    }

    /// The highest level in the tree. Higher levels have shorter codes, so the first unit has it.
    fn root_level(&self) -> Option<Level> {
        self.units.keys().next().map(|code| code.level())
    }

    #[must_use]
    pub fn get(&self, code: UnitCode) -> Option<&Unit> {
        self.units.get(&code)
    }

    /// Every unit: first the city, then counties, townships and villages, each level in code order.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// The units of the highest level in the tree, in code order.
    pub fn roots(&self) -> impl Iterator<Item = &Unit> {
        let top = self.root_level();
        self.iter().take_while(move |unit| Some(unit.code.level()) == top)
    }

    /// The units directly below `code`, in code order.
    pub fn children(&self, code: UnitCode) -> impl Iterator<Item = &Unit> {
        self.units.range(code.below()).map(|(_, unit)| unit)
    }

    /// The names from the county downwards, like an address: 卢氏县东明镇涧北村委会. For a city, only its name. The code is
    /// used for a unit that is not in the tree.
    #[must_use]
    pub fn full_name(&self, code: UnitCode) -> String {
        let name = self.get(code).map_or_else(|| code.to_string(), |unit| unit.name.clone());
        match code.parent().filter(|parent| parent.level() < Level::City && self.get(*parent).is_some()) {
            Some(parent) => self.full_name(parent) + &name,
            None => name,
        }
    }

    /// The name of a unit as people say it. The code if the unit is unknown.
    #[must_use]
    pub fn plain_name(&self, code: UnitCode) -> String {
        self.get(code).map_or_else(|| code.to_string(), Unit::plain_name)
    }

    /// The names of the units that contain `code`, below the city, as people say them: 卢氏县东明镇 for a village in it.
    #[must_use]
    pub fn plain_names_above(&self, code: UnitCode) -> String {
        match code.parent().filter(|parent| parent.level() < Level::City && self.get(*parent).is_some()) {
            Some(parent) => self.plain_names_above(parent) + &self.plain_name(parent),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> UnitCode {
        UnitCode::parse(text).unwrap()
    }

    fn sanmenxia() -> Vec<Unit> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/data/sanmenxia/divisions.csv");
        let units = std::fs::read_to_string(path).unwrap();
        units
            .lines()
            .skip(1)
            .map(|line| {
                let columns: Vec<&str> = line.split(',').collect();
                Unit {
                    code: UnitCode::from_statistical(columns[0], columns[3].parse().unwrap()).unwrap(),
                    name: columns[1].to_owned(),
                    short_name: columns[2].to_owned(),
                    kind: columns[5].to_owned(),
                }
            })
            .collect()
    }

    #[test]
    fn sanmenxia_is_a_tree() {
        let tree = UnitTree::new(sanmenxia()).unwrap();
        let count = |level| tree.iter().filter(|unit| unit.code.level() == level).count();
        assert_eq!(Level::ALL.map(count), [1381, 81, 7, 1]);
        assert_eq!(tree.roots().map(|unit| unit.code).collect::<Vec<_>>(), [code("4112")]);
        assert_eq!(
            tree.children(code("4112")).map(|unit| unit.code.to_string()).collect::<Vec<_>>(),
            ["411202", "411203", "411221", "411224", "411271", "411281", "411282"]
        );
        assert!(tree.children(code("411202003")).all(|unit| unit.code.parent() == Some(code("411202003"))));
        assert_eq!(tree.children(code("411224107201")).count(), 0);
        assert_eq!(tree.full_name(code("4112")), "三门峡市");
        assert_eq!(tree.full_name(code("411224")), "卢氏县");
        assert!(tree.full_name(code("411202003013")).starts_with("湖滨区车站街道"));
        assert_eq!(tree.full_name(code("4113")), "4113");
        let plain = |text| tree.plain_names_above(code(text)) + "|" + &tree.plain_name(code(text));
        assert_eq!(plain("411224107200"), "卢氏县东明镇|东明村");
        assert_eq!(plain("411224107202"), "卢氏县东明镇|江渠村");
        assert_eq!(plain("411224107001"), "卢氏县东明镇|翰林路社区");
        assert_eq!(plain("411224107"), "卢氏县|东明镇");
        assert_eq!(plain("411224"), "|卢氏县");
        // No name in the city loses more than its suffix.
        assert!(tree.iter().all(|unit| unit.plain_name().chars().count() >= 2));
    }

    #[test]
    fn duplicate_units_and_missing_parents_are_refused() {
        let mut units = sanmenxia();
        units.retain(|unit| unit.code != code("411224107"));
        let refused = |units: &[Unit]| UnitTree::new(units.to_vec()).unwrap_err().to_string();
        assert!(refused(&units).ends_with("lies in 411224107, which is not listed; add that unit first"));
        units.retain(|unit| code("411202").covers(unit.code));
        units.push(units[0].clone());
        assert_eq!(refused(&units), format!("unit {} is listed twice; a code names one unit", units[0].code));
        units.pop();
        assert_eq!(UnitTree::new(units).unwrap().roots().count(), 1, "a tree may begin with a county");
    }
}
