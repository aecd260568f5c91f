//! Lists of incidents as CSV files for spreadsheet programs.

use crate::{language::Language, views::incident::IncidentView};

/// Tells spreadsheet programs that the file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes the incidents as CSV, with column headings in the reader's language.
///
/// # Errors
/// Writing the CSV fails.
pub fn incidents(
    rows: impl Iterator<Item = IncidentView>,
    language: Language,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(heading(language))?;
    for row in rows {
        writer.write_record([
            row.incident_no,
            row.category.code,
            row.category.name,
            row.severity.to_owned(),
            row.state.to_owned(),
            row.level.unwrap_or_default().to_owned(),
            row.holder.map(|holder| holder.name).unwrap_or_default(),
            row.origin.name,
            guarded(row.title.unwrap_or_default()),
            guarded(row.description.unwrap_or_default()),
            guarded(row.place_text.unwrap_or_default()),
            row.received_at.to_rfc3339(),
            row.deadlines.next.map(|due| due.at.to_rfc3339()).unwrap_or_default(),
            row.ended_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
            row.outcome.unwrap_or_default().to_owned(),
            row.resolved_level.unwrap_or_default().to_owned(),
        ])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// Quotes a text that a spreadsheet program would run as a formula.
fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

const fn heading(language: Language) -> [&'static str; 16] {
    match language {
        Language::Zh => [
            "事件编号",
            "类别代码",
            "类别",
            "等级",
            "状态",
            "层级",
            "当前承办",
            "事发地",
            "标题",
            "事件简述",
            "地点描述",
            "收到时间",
            "当前时限",
            "结束时间",
            "结果",
            "化解层级",
        ],
        Language::En => [
            "incident_no",
            "category",
            "category_name",
            "severity",
            "state",
            "level",
            "holder",
            "origin",
            "title",
            "description",
            "place_text",
            "received_at",
            "due_at",
            "ended_at",
            "outcome",
            "resolved_level",
        ],
    }
}
