//! Finds the digits of a text and the numbers that they may form.

/// The most separators between two groups of one number.
pub(super) const MAX_SEPARATORS: usize = 3;

/// The most digits of a number: those of the longest bank card.
const MAX_DIGITS: usize = 19;

/// The characters of the text.
pub(super) struct Line {
    pub(super) chars: Vec<char>,
}

/// Consecutive digits.
pub(super) struct Run {
    /// The index of the first digit in the text.
    pub(super) start: usize,
    /// The values of the digits, 0–9.
    pub(super) digits: Vec<u32>,
}

impl Run {
    /// The index after the last digit.
    fn end(&self) -> usize {
        self.start + self.digits.len()
    }
}

/// One or more runs that may form one number.
#[derive(Clone, Default)]
pub(super) struct Number {
    /// The values of the digits, 0–9.
    pub(super) digits: Vec<u32>,
    /// The index of each digit in the text.
    pub(super) places: Vec<usize>,
    /// The number of digits of each run.
    pub(super) groups: Vec<usize>,
}

impl Line {
    pub(super) fn get(&self, place: usize) -> Option<char> {
        self.chars.get(place).copied()
    }

    pub(super) fn before(&self, place: usize) -> Option<char> {
        self.get(place.checked_sub(1)?)
    }

    pub(super) fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (place, letter) in self.chars.iter().enumerate() {
            let Some(digit) = digit(*letter) else { continue };
            match runs.last_mut().filter(|run| run.end() == place) {
                Some(run) => run.digits.push(digit),
                None => runs.push(Run { start: place, digits: vec![digit] }),
            }
        }
        runs
    }

    /// The possible numbers: the first run, the first two runs, and so on.
    pub(super) fn numbers(&self, runs: &[Run]) -> Vec<Number> {
        let mut numbers = Vec::new();
        let mut number = Number::default();
        let mut end = None;
        for run in runs {
            let continues = end.is_none_or(|end| self.has_only_separators(end, run.start));
            if !continues || number.digits.len() + run.digits.len() > MAX_DIGITS {
                break;
            }
            number.digits.extend(&run.digits);
            number.places.extend(run.start..run.end());
            number.groups.push(run.digits.len());
            numbers.push(number.clone());
            end = Some(run.end());
        }
        numbers
    }

    /// Whether there are only separators from `end` to `start`, and at most [`MAX_SEPARATORS`].
    fn has_only_separators(&self, end: usize, start: usize) -> bool {
        start - end <= MAX_SEPARATORS
            && self
                .chars
                .get(end..start)
                .is_some_and(|between| between.iter().all(|letter| is_separator(*letter)))
    }

    /// Whether the digits at `start` are decimals, as in 111.200300. They are not after a single digit such as `1.`, which
    /// numbers a line of a list.
    pub(super) fn is_fraction(&self, start: usize) -> bool {
        let whole = self.chars.get(..start).unwrap_or_default();
        let Some((&'.', whole)) = whole.split_last() else { return false };
        let mut whole = whole.iter().rev().map_while(|letter| digit(*letter));
        match (whole.next(), whole.next()) {
            (None, _) => false,
            (Some(single), None) => single == 0,
            (Some(_), Some(_)) => true,
        }
    }
}

impl Number {
    /// The indices of all digits except the first `shown_first` and the last `shown_last`.
    pub(super) fn hide(&self, shown_first: usize, shown_last: usize) -> Vec<usize> {
        let hidden = self.places.len().saturating_sub(shown_first + shown_last);
        self.places.iter().skip(shown_first).take(hidden).copied().collect()
    }

    /// The sizes of the groups without the first `prefix` digits. `None` if the first group is shorter than that.
    pub(super) fn groups_after(&self, prefix: usize) -> Option<Vec<usize>> {
        let (first, rest) = self.groups.split_first()?;
        let remaining = first.checked_sub(prefix)?;
        Some(std::iter::once(remaining).filter(|size| *size > 0).chain(rest.iter().copied()).collect())
    }

    /// Whether there are several groups and one is as long as a village code or a grid code.
    pub(super) fn holds_code(&self) -> bool {
        self.groups.len() > 1 && self.groups.iter().any(|group| matches!(group, 12 | 15))
    }
}

/// The value of a half-width or full-width digit.
pub(super) fn digit(letter: char) -> Option<u32> {
    letter.to_digit(10).or_else(|| u32::from(letter).checked_sub(u32::from('０')).filter(|digit| *digit < 10))
}

/// Whether people write this character between groups of digits. Text copied from a chat has invisible characters.
pub(super) fn is_separator(letter: char) -> bool {
    matches!(letter, ' ' | '-' | '\u{a0}' | '\u{2009}' | '\u{3000}' | '\u{200b}'..='\u{200d}' | '\u{feff}')
        || matches!(letter, '\u{2010}'..='\u{2014}' | '\u{2212}' | '－')
}
