//! Tables: CSV with named columns, in any order.

use std::collections::BTreeSet;

use grassroots_domain::{
    rules::routing::Localized,
    text::name::{self, NameError},
};

use crate::{
    import::{Faults, LineError, Spot, lines, utf8},
    localization::{explain::Explain as _, localized},
};

/// The columns of a table.
pub(super) struct Columns {
    /// Those that have to be there.
    pub required: &'static [&'static str],
    /// Those that may be there, whether they are used or not.
    pub optional: &'static [&'static str],
}

impl Columns {
    /// The known column of that name.
    fn find(&self, name: &str) -> Option<&'static str> {
        self.required.iter().chain(self.optional).copied().find(|known| *known == name)
    }

    fn list(&self) -> String {
        self.required.join(",")
    }
}

/// One line of a table.
pub(super) struct Row {
    /// Where it begins, counted from 1; the header is a line too.
    pub line: u64,
    values: Vec<(&'static str, String)>,
}

impl Row {
    /// The value of a column, without white space around it; empty if the table lacks the column.
    pub fn get(&self, column: &str) -> &str {
        self.values.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value)
    }

    /// The values of a column that holds several, separated by `;`.
    pub fn list(&self, column: &str) -> impl Iterator<Item = &str> {
        self.get(column).split([';', '；']).map(str::trim).filter(|value| !value.is_empty())
    }

    /// A name: neither empty nor long, on one line.
    pub fn name(&self, column: &str) -> Result<String, Localized> {
        self.named(column, name::check)
    }

    /// A code name such as `town`: lower case, digits and underscores.
    pub fn code_name(&self, column: &str) -> Result<String, Localized> {
        self.named(column, name::check_code)
    }

    fn named(&self, column: &str, check: fn(&str) -> Result<(), NameError>) -> Result<String, Localized> {
        let name = self.get(column);
        check(name).map_err(|error| {
            let Localized { zh, en } = error.explain();
            localized!("{column} {zh}", "{column} {en}")
        })?;
        Ok(name.to_owned())
    }
}

/// Reads a table.
///
/// What is wrong with single lines is left to the caller, who adds what else is wrong with others.
///
/// # Errors
/// When it has no lines, or other columns than `columns`.
pub(super) fn read(bytes: &[u8], columns: &Columns) -> Result<(Vec<Row>, Faults), Vec<LineError>> {
    let text = utf8(bytes)?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header_of(header, columns)?,
        Err(error) => {
            return Err(LineError::file(localized!("不是 CSV：{error}", "this is no CSV: {error}")));
        }
    };
    let (mut rows, mut faults) = (Vec::new(), Faults::default());
    let mut place = CellPosition { bytes: text.as_bytes(), at: 0, line: 1 };
    for record in reader.records() {
        let record = record
            .map_err(|error| LineError::file(localized!("无法读取：{error}", "unreadable: {error}")))?;
        let line = place.line_of(&record);
        let fields = record.len();
        if fields == header.len() {
            let values = header.iter().copied().zip(record.iter().map(str::to_owned)).collect();
            rows.push(Row { line, values });
        } else {
            let expected = header.len();
            let problem = localized!(
                "有 {fields} 列，表头有 {expected} 列；含逗号的值请用双引号括起来",
                "it has {fields} columns, the header has {expected}; put values with commas in double quotes"
            );
            faults.add(Spot::Line(line), problem);
        }
    }
    if rows.is_empty() && faults.0.is_empty() {
        return Err(LineError::file(localized!("没有数据行", "there are no lines below the header")));
    }
    Ok((rows, faults))
}

/// Matches the header with the columns known.
fn header_of(header: &csv::StringRecord, columns: &Columns) -> Result<Vec<&'static str>, Vec<LineError>> {
    let (mut faults, mut found, mut seen) = (Faults::default(), Vec::new(), BTreeSet::new());
    let known = columns.list();
    for name in header {
        match columns.find(name) {
            Some(column) => {
                found.push(column);
                if !seen.insert(column) {
                    faults
                        .add(Spot::Line(1), localized!("列 {name} 出现两次", "column {name} appears twice"));
                }
            }
            None => faults.add(
                Spot::Line(1),
                localized!(
                    "未知的列 “{name}”；应有 {known}",
                    "unknown column {name:?}; the columns are {known}"
                ),
            ),
        }
    }
    for missing in columns.required.iter().filter(|column| !seen.contains(*column)) {
        faults.add(
            Spot::Line(1),
            localized!(
                "缺少列 {missing}；应有 {known}",
                "column {missing} is missing; the columns are {known}"
            ),
        );
    }
    faults.unless_any(found)
}

/// Counts lines along with the records. The reader's own count is behind by the line ends it has not consumed yet.
struct CellPosition<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl CellPosition<'_> {
    fn line_of(&mut self, record: &csv::StringRecord) -> u64 {
        let begin =
            record.position().map_or(self.at, |position| usize::try_from(position.byte()).unwrap_or(self.at));
        let rest = self.bytes.get(begin..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let end = begin.saturating_add(blank);
        self.line += lines(self.bytes.get(self.at..end).unwrap_or_default());
        self.at = end;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { required: &["code", "name"], optional: &["ref"] };

    fn refused(text: &str) -> Vec<String> {
        match read(text.as_bytes(), &COLUMNS) {
            Ok((_, faults)) => faults.unless_any(()).unwrap_err(),
            Err(errors) => errors,
        }
        .iter()
        .map(|error| error.to_string().lines().last().unwrap().trim().to_owned())
        .collect()
    }

    #[test]
    fn columns_come_in_any_order_and_lines_are_counted_as_an_editor_does() {
        for end in ["\n", "\r\n"] {
            let text = ["\u{feff}name,code", "  甲 ,1", "", "\"乙,\n丙\",2", "丁,3"].join(end);
            let (rows, faults) = read(text.as_bytes(), &COLUMNS).unwrap();
            assert!(faults.0.is_empty());
            let seen: Vec<_> =
                rows.iter().map(|row| (row.line, row.get("code"), row.get("name"), row.get("ref"))).collect();
            let expected = [(2, "1", "甲", ""), (4, "2", "乙,\n丙", ""), (6, "3", "丁", "")];
            assert_eq!(seen, expected, "{end:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_table_is_said_with_its_line() {
        assert_eq!(
            refused("code,title,code\n1,2,3\n"),
            [
                "line 1: unknown column \"title\"; the columns are code,name",
                "line 1: column code appears twice",
                "line 1: column name is missing; the columns are code,name"
            ]
        );
        assert_eq!(
            refused("code,name\r\n1,甲\r\n2\r\n3,丙,x\r\n"),
            [
                "line 3: it has 1 columns, the header has 2; put values with commas in double quotes",
                "line 4: it has 3 columns, the header has 2; put values with commas in double quotes"
            ]
        );
        assert_eq!(refused("code,name\n"), ["file: there are no lines below the header"]);
        assert_eq!(refused("").len(), 2, "both columns are missing");
    }
}
