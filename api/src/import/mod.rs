//! Imports write the files of an installation to the database: every line of a file, or none.
//!
//! Each module has two functions. `parse` is pure and lists every wrong line. `apply` runs inside one transaction.
//! Importing the same file again changes nothing. An import never deletes units, organisations, grids or accounts.

pub mod accounts;
pub mod calendar;
pub mod categories;
pub mod divisions;
pub mod grids;
mod table;

use std::fmt;

use grassroots_domain::{
    rules::{Rules, rule_book::RuleBook},
    text::localized::{Localized, localized},
    time::Instant,
};
use grassroots_persistence::{database::db::Db, reference::organisations};

use crate::app::{
    error::{AppError, RulesError},
    rules::save,
    snapshot,
};

/// The part of a file that is wrong.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ErrorLocation {
    /// The file as a whole.
    File,
    /// A line, counted from 1.
    Line(u64),
    /// A feature of a GeoJSON file.
    Feature {
        /// Counted from 1.
        number: u64,
        /// The property `code`; empty if the feature has none.
        code: String,
    },
}

/// An error in one line, or in the whole file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineError {
    pub at: ErrorLocation,
    /// The wrong value, and what would be right.
    pub problem: Localized,
}

impl LineError {
    /// The only error: the file as a whole is wrong.
    fn file(problem: Localized) -> Vec<Self> {
        vec![Self { at: ErrorLocation::File, problem }]
    }
}

impl fmt::Display for LineError {
    /// Two lines: Chinese, then English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Localized { zh, en } = &self.problem;
        match &self.at {
            ErrorLocation::File => write!(f, "文件：{zh}\n  file: {en}"),
            ErrorLocation::Line(line) => write!(f, "第 {line} 行：{zh}\n  line {line}: {en}"),
            ErrorLocation::Feature { number, code } if code.is_empty() => {
                write!(f, "第 {number} 个要素：{zh}\n  feature {number}: {en}")
            }
            ErrorLocation::Feature { number, code } => {
                write!(f, "第 {number} 个要素（{code}）：{zh}\n  feature {number} ({code}): {en}")
            }
        }
    }
}

/// The errors found while a file is read to its end.
#[derive(Default)]
struct LineErrors(Vec<LineError>);

impl LineErrors {
    fn add(&mut self, at: ErrorLocation, problem: Localized) {
        self.0.push(LineError { at, problem });
    }

    /// Returns `value` if there are no errors, else all errors in the order of the file.
    fn into_result<T>(mut self, value: T) -> Result<T, Vec<LineError>> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort_by(|a, b| a.at.cmp(&b.at));
        Err(self.0)
    }
}

/// How many rows of one kind an import changed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ImportCounts {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Entries that the new version of the rules no longer has. Earlier versions keep them.
    pub dropped: usize,
}

impl ImportCounts {
    /// Counts one row. Returns whether the row must be written.
    fn record<T: PartialEq + ?Sized>(&mut self, before: Option<&T>, after: &T) -> bool {
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

    /// Whether the import writes anything.
    #[must_use]
    pub const fn has_changes(self) -> bool {
        self.added + self.updated + self.dropped > 0
    }
}

/// What an import did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// The name of each kind of row, and its counts.
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

/// Saves `book` as the version of the rules after `before`. It passes the same checks as a change by an administrator.
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

/// The text of a file, without a byte order mark.
fn utf8(bytes: &[u8]) -> Result<&str, Vec<LineError>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let problem = localized!(
            "文件不是 UTF-8 编码（可能是 GBK）；请另存为 UTF-8（Excel：CSV UTF-8）后再导入",
            "the file is not UTF-8 (perhaps GBK); save it as UTF-8 (Excel: CSV UTF-8) and import it again"
        );
        vec![LineError { at: ErrorLocation::Line(lines(good) + 1), problem }]
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The number of line ends.
fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf8_is_refused_with_its_line() {
        // 中 in GBK.
        let errors = utf8(b"code,name\n1,\xd6\xd0\n").unwrap_err();
        assert_eq!(errors[0].at, ErrorLocation::Line(2));
        assert!(errors[0].to_string().contains("not UTF-8"), "{}", errors[0]);
        assert_eq!(utf8("\u{feff}code".as_bytes()).unwrap(), "code");
    }

    #[test]
    fn rows_are_counted_as_added_updated_or_unchanged() {
        let mut counts = ImportCounts::default();
        assert!(counts.record(None, "a"));
        assert!(counts.record(Some("a"), "b"));
        assert!(!counts.record(Some("a"), "a"));
        assert_eq!(counts, ImportCounts { added: 1, updated: 1, unchanged: 1, dropped: 0 });
    }
}
