//! Imports: files of an installation become rows, all of them or none.
//!
//! Each module has two functions. `parse` is pure and lists every bad line; `apply` runs inside one write. Running an
//! import again changes nothing, and nothing is ever deleted by one: codes stay.

pub mod accounts;
pub mod calendar;
pub mod categories;
pub mod divisions;
pub mod grids;
mod table;

use std::fmt;

use grassroots_domain::{
    rules::{Rules, routing::Localized, rule_book::RuleBook},
    time::Instant,
};
use grassroots_persistence::{database::db::Db, reference::organisations};

use crate::{
    app::{
        error::{AppError, RulesError},
        rules::save,
        snapshot,
    },
    localization::localized,
};

/// Where in a file something is wrong.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Spot {
    /// Not in one place.
    File,
    /// In this line, counted from 1.
    Line(u64),
    /// In this feature of a GeoJSON file, counted from 1.
    Feature {
        /// Its place in the file.
        number: u64,
        /// Its code, as far as it has one.
        code: String,
    },
}

/// What is wrong with one line, or with the whole file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError {
    /// Where.
    pub at: Spot,
    /// What, and what would be right.
    pub problem: Localized,
}

impl LineError {
    /// Something that is wrong with the file as a whole.
    fn file(problem: Localized) -> Vec<Self> {
        vec![Self { at: Spot::File, problem }]
    }
}

impl fmt::Display for LineError {
    /// Two lines: Chinese, then English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Localized { zh, en } = &self.problem;
        match &self.at {
            Spot::File => write!(f, "文件：{zh}\n  file: {en}"),
            Spot::Line(line) => write!(f, "第 {line} 行：{zh}\n  line {line}: {en}"),
            Spot::Feature { number, code } if code.is_empty() => {
                write!(f, "第 {number} 个要素：{zh}\n  feature {number}: {en}")
            }
            Spot::Feature { number, code } => {
                write!(f, "第 {number} 个要素（{code}）：{zh}\n  feature {number} ({code}): {en}")
            }
        }
    }
}

/// What is wrong with a file, collected until all of it was read.
#[derive(Default)]
struct Faults(Vec<LineError>);

impl Faults {
    fn add(&mut self, at: Spot, problem: Localized) {
        self.0.push(LineError { at, problem });
    }

    /// `value` if nothing was wrong, else everything that was, in the order of the file.
    fn unless_any<T>(mut self, value: T) -> Result<T, Vec<LineError>> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort_by(|a, b| a.at.cmp(&b.at));
        Err(self.0)
    }
}

/// What became of the rows of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ImportCounts {
    /// New ones.
    pub added: usize,
    /// Known ones that were different.
    pub updated: usize,
    /// Known ones that were the same.
    pub unchanged: usize,
    /// Ones that are no longer in the rules. Versions before keep them.
    pub dropped: usize,
}

impl ImportCounts {
    /// Counts one row, and says whether it has to be written.
    fn note<T: PartialEq + ?Sized>(&mut self, before: Option<&T>, after: &T) -> bool {
        let is_new = before.is_none();
        let is_other = before.is_some_and(|before| before != after);
        let counter = match (is_new, is_other) {
            (true, _) => &mut self.added,
            (false, true) => &mut self.updated,
            (false, false) => &mut self.unchanged,
        };
        *counter += 1;
        is_new || is_other
    }

    /// Whether anything has to be written.
    #[must_use]
    pub const fn any(self) -> bool {
        self.added + self.updated + self.dropped > 0
    }
}

/// What an import did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Each kind of row, and what became of them.
    pub counts: Vec<(Localized, ImportCounts)>,
    /// The version of the rules in force afterwards, if rules were imported.
    pub rules_version: Option<i64>,
}

impl fmt::Display for Summary {
    /// Two lines for each kind of row: Chinese, then English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (Localized { zh, en }, ImportCounts { added, updated, unchanged, dropped }) in &self.counts {
            writeln!(f, "{zh}：新增 {added}，更新 {updated}，未变 {unchanged}，移除 {dropped}")?;
            writeln!(
                f,
                "  {en}: {added} added, {updated} updated, {unchanged} unchanged, {dropped} dropped"
            )?;
        }
        if let Some(version) = self.rules_version {
            writeln!(f, "现行规则版本 {version}\n  rules in force: version {version}")?;
        }
        Ok(())
    }
}

/// Writes the version of the rules after `before`, checked like one that an administrator makes.
fn next_rules(
    db: &mut Db,
    before: Option<&Rules>,
    book: RuleBook,
    note: &str,
    now: Instant,
) -> Result<i64, AppError> {
    let next = book.checked(&snapshot::tree(db)?, &organisations::all(db)?).map_err(RulesError::Wrong)?;
    save(db, before, &next, (note, None), now)
}

/// The text of a file, without the mark that some programs put before it.
fn utf8(bytes: &[u8]) -> Result<&str, Vec<LineError>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let problem = localized!(
            "文件不是 UTF-8 编码（可能是 GBK）；请另存为 UTF-8（Excel：CSV UTF-8）后再导入",
            "the file is not UTF-8 (perhaps GBK); save it as UTF-8 (Excel: CSV UTF-8) and import it again"
        );
        vec![LineError { at: Spot::Line(lines(good) + 1), problem }]
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// How many line ends there are.
fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_other_than_utf8_is_named_with_its_line() {
        // 中 in GBK.
        let errors = utf8(b"code,name\n1,\xd6\xd0\n").unwrap_err();
        assert_eq!(errors[0].at, Spot::Line(2));
        assert!(errors[0].to_string().contains("not UTF-8"), "{}", errors[0]);
        assert_eq!(utf8("\u{feff}code".as_bytes()).unwrap(), "code");
    }

    #[test]
    fn rows_are_counted_by_what_has_to_be_done() {
        let mut counts = ImportCounts::default();
        assert!(counts.note(None, "a"));
        assert!(counts.note(Some("a"), "b"));
        assert!(!counts.note(Some("a"), "a"));
        assert_eq!(counts, ImportCounts { added: 1, updated: 1, unchanged: 1, dropped: 0 });
    }
}
