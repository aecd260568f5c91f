//! Reads CSV files whose first line names the columns, in any order.

use std::collections::BTreeSet;

use grassroots_domain::text::{
    invalid_value::InvalidValue,
    localized::{Localized, localized},
    name,
};

use crate::import::{ErrorLocation, LineError, LineErrors, lines, utf8};

/// The columns of a table.
pub(super) struct Columns {
    pub required: &'static [&'static str],
    /// Columns that the file may have. Some of them are only for its reader.
    pub optional: &'static [&'static str],
}

impl Columns {
    fn find(&self, name: &str) -> Option<&'static str> {
        self.required.iter().chain(self.optional).copied().find(|known| *known == name)
    }

    fn list(&self) -> String {
        self.required.join(",")
    }
}

/// One line of a table.
pub(super) struct Row {
    /// The line on which the row begins. The header is line 1.
    pub line: u64,
    values: Vec<(&'static str, String)>,
}

impl Row {
    /// The value of a column, without white space around it. Empty if the file does not have the column.
    pub fn get(&self, column: &str) -> &str {
        self.values.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value)
    }

    /// The values of a column, separated by `;`.
    pub fn list(&self, column: &str) -> impl Iterator<Item = &str> {
        self.get(column).split([';', '；']).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The value of a column, if it is a valid name.
    pub fn name(&self, column: &str) -> Result<String, Localized> {
        self.checked(column, name::check)
    }

    /// The value of a column, if it is a code name such as `town`: lower-case letters, digits and underscores.
    pub fn code_name(&self, column: &str) -> Result<String, Localized> {
        self.checked(column, name::check_code)
    }

    fn checked(
        &self,
        column: &str,
        check: fn(&str) -> Result<(), InvalidValue>,
    ) -> Result<String, Localized> {
        let name = self.get(column);
        check(name).map_err(|error| error.within(localized!("{column} ", "{column} ")))?;
        Ok(name.to_owned())
    }
}

/// Reads the rows of a table, and the errors of single lines. The caller adds the errors that it finds itself.
///
/// # Errors
/// The file is not CSV, has no rows, or its columns are not those of `columns`.
pub(super) fn read(bytes: &[u8], columns: &Columns) -> Result<(Vec<Row>, LineErrors), Vec<LineError>> {
    let text = utf8(bytes)?;
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header_of(header, columns)?,
        Err(error) => {
            return Err(LineError::file(localized!("不是 CSV：{error}", "this is not CSV: {error}")));
        }
    };
    let (mut rows, mut errors) = (Vec::new(), LineErrors::default());
    let mut counter = LineCounter { bytes: text.as_bytes(), at: 0, line: 1 };
    for record in reader.records() {
        let record = record
            .map_err(|error| LineError::file(localized!("无法读取：{error}", "cannot be read: {error}")))?;
        let line = counter.line_of(&record);
        let fields = record.len();
        if fields == header.len() {
            let values = header.iter().copied().zip(record.iter().map(str::to_owned)).collect();
            rows.push(Row { line, values });
        } else {
            let expected = header.len();
            let problem = localized!(
                "有 {fields} 列，表头有 {expected} 列；含逗号的值请用双引号括起来",
                "the line has {fields} columns, the header has {expected}; put values with commas in double quotes"
            );
            errors.add(ErrorLocation::Line(line), problem);
        }
    }
    if rows.is_empty() && errors.0.is_empty() {
        return Err(LineError::file(localized!("没有数据行", "there are no lines below the header")));
    }
    Ok((rows, errors))
}

/// Checks that the header names known columns, each once, and all required ones.
fn header_of(header: &csv::StringRecord, columns: &Columns) -> Result<Vec<&'static str>, Vec<LineError>> {
    let (mut errors, mut found, mut seen) = (LineErrors::default(), Vec::new(), BTreeSet::new());
    let known = columns.list();
    for name in header {
        match columns.find(name) {
            Some(column) => {
                found.push(column);
                if !seen.insert(column) {
                    errors.add(
                        ErrorLocation::Line(1),
                        localized!("列 {name} 出现两次", "column {name} appears twice"),
                    );
                }
            }
            None => errors.add(
                ErrorLocation::Line(1),
                localized!(
                    "未知的列 “{name}”；应有 {known}",
                    "unknown column {name:?}; the columns are {known}"
                ),
            ),
        }
    }
    for missing in columns.required.iter().filter(|column| !seen.contains(*column)) {
        errors.add(
            ErrorLocation::Line(1),
            localized!(
                "缺少列 {missing}；应有 {known}",
                "column {missing} is missing; the columns are {known}"
            ),
        );
    }
    errors.into_result(found)
}

/// Finds the line of each record. The line number of the CSV reader is too small before line ends that it has not read
/// yet.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
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
            Ok((_, errors)) => errors.into_result(()).unwrap_err(),
            Err(errors) => errors,
        }
        .iter()
        .map(|error| error.to_string().lines().last().unwrap().trim().to_owned())
        .collect()
    }

    #[test]
    fn columns_may_come_in_any_order_and_line_numbers_are_those_of_an_editor() {
        for end in ["\n", "\r\n"] {
            let text = ["\u{feff}name,code", "  甲 ,1", "", "\"乙,\n丙\",2", "丁,3"].join(end);
            let (rows, errors) = read(text.as_bytes(), &COLUMNS).unwrap();
            assert!(errors.0.is_empty());
            let seen: Vec<_> =
                rows.iter().map(|row| (row.line, row.get("code"), row.get("name"), row.get("ref"))).collect();
            let expected = [(2, "1", "甲", ""), (4, "2", "乙,\n丙", ""), (6, "3", "丁", "")];
            assert_eq!(seen, expected, "{end:?}");
        }
    }

    #[test]
    fn errors_in_the_table_name_their_line() {
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
                "line 3: the line has 1 columns, the header has 2; put values with commas in double quotes",
                "line 4: the line has 3 columns, the header has 2; put values with commas in double quotes"
            ]
        );
        assert_eq!(refused("code,name\n"), ["file: there are no lines below the header"]);
        assert_eq!(refused("").len(), 2, "both columns are missing");
    }
}
