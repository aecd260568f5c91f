//! The table of results, with one row for each measurement.

use std::fmt;

use crate::numbers::median;

/// One result of one run.
pub struct BenchFigure {
    pub name: String,
    pub per_second: f64,
    /// Median and 99th percentile of the time to an answer, in milliseconds.
    pub latency_ms: Option<(f64, f64)>,
    /// Ratios to other results of the same run, and the names of those.
    pub ratios: Vec<(f64, String)>,
}

impl BenchFigure {
    pub fn new(name: impl Into<String>, per_second: f64) -> Self {
        Self { name: name.into(), per_second, latency_ms: None, ratios: Vec::new() }
    }

    pub fn latency(self, latency_ms: (f64, f64)) -> Self {
        Self { latency_ms: Some(latency_ms), ..self }
    }

    pub fn ratio(mut self, base: f64, what: impl Into<String>) -> Self {
        self.ratios.push((self.per_second / base, what.into()));
        self
    }
}

/// The figures of all runs, in the order in which their names first appeared.
#[derive(Default)]
pub struct Table(Vec<TableRow>);

#[derive(Default)]
struct TableRow {
    name: String,
    per_second: Vec<f64>,
    p50_ms: Vec<f64>,
    p99_ms: Vec<f64>,
    ratios: Vec<Ratio>,
}

struct Ratio {
    what: String,
    values: Vec<f64>,
}

impl Table {
    pub fn add(&mut self, figure: BenchFigure) {
        let row = find_or_insert(
            &mut self.0,
            |row| row.name == figure.name,
            || TableRow { name: figure.name.clone(), ..TableRow::default() },
        );
        row.per_second.push(figure.per_second);
        if let Some((p50, p99)) = figure.latency_ms {
            row.p50_ms.push(p50);
            row.p99_ms.push(p99);
        }
        for (value, what) in figure.ratios {
            let new = || Ratio { what: what.clone(), values: Vec::new() };
            find_or_insert(&mut row.ratios, |ratio| ratio.what == what, new).values.push(value);
        }
    }
}

/// The first item that `matches`. If there is none, a new item is appended.
fn find_or_insert<T>(items: &mut Vec<T>, matches: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> &mut T {
    let place = items.iter().position(matches).unwrap_or(items.len());
    let mut missing = (place == items.len()).then(new);
    items.extend(missing.take());
    items.get_mut(place).unwrap_or_else(|| unreachable!("the item was found or appended"))
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| a second | median | min | max | p50 ms | p99 ms | ratio | to |")?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|--:|---|")?;
        self.0.iter().try_for_each(|row| row.fmt(f))
    }
}

impl fmt::Display for TableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let low = self.per_second.iter().copied().reduce(f64::min);
        let high = self.per_second.iter().copied().reduce(f64::max);
        let [middle, low, high] = [median(&self.per_second), low, high].map(whole);
        let [p50, p99] = [&self.p50_ms, &self.p99_ms].map(|values| fraction(median(values)));
        write!(f, "| {} | {middle} | {low} | {high} | {p50} | {p99} |", self.name)?;
        let mut ratios = self.ratios.iter();
        match ratios.next() {
            Some(ratio) => writeln!(f, "{ratio}")?,
            None => writeln!(f, " | |")?,
        }
        ratios.try_for_each(|ratio| writeln!(f, "| 〃 | | | | | |{ratio}"))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " {} | {} |", fraction(median(&self.values)), self.what)
    }
}

/// A number without decimals, with separators for thousands.
fn whole(value: Option<f64>) -> String {
    let digits = value.map_or_else(String::new, |value| format!("{value:.0}"));
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn fraction(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_one_name_share_a_row() {
        let mut table = Table::default();
        for rate in [2_000.0, 1_000.0, 12_345.4] {
            table.add(BenchFigure::new("a", rate).ratio(1_000.0, "of b").ratio(500.0, "of c"));
            table.add(BenchFigure::new("b", 999.6).latency((1.0, rate / 1_000.0)));
        }
        let text = table.to_string();
        let rows: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| a | 2,000 | 1,000 | 12,345 |  |  | 2.00 | of b |",
                "| 〃 | | | | | | 4.00 | of c |",
                "| b | 1,000 | 1,000 | 1,000 | 1.00 | 2.00 | | |",
            ]
        );
    }
}
