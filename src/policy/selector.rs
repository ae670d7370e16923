//! How settings name rules.

use super::nearest;
use crate::analysis::{CHECKLIST, Item, Pass, RULES, Rule, RuleCode, rule_by_code, rule_by_name};

/// Some rules, as a setting names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    /// `ALL`.
    All,
    /// A pass, or the section of the checklist that it answers: `blocking`.
    Pass(Pass),
    /// The beginning of a code: `AW5`.
    Prefix(String),
    /// An item of the checklist: `C41`.
    Item(Item),
    /// A rule's code or name: `AW501`, `blocking-sleep`.
    Rule(RuleCode),
}

/// Names of passes and of the checklist's sections.
const PASSES: [(&str, Pass); 13] = [
    ("concurrency", Pass::Concurrency),
    ("coroutine", Pass::Coroutine),
    ("coroutines", Pass::Coroutine),
    ("resource", Pass::Resource),
    ("resources", Pass::Resource),
    ("shutdown", Pass::Shutdown),
    ("lifecycle", Pass::Shutdown),
    ("blocking", Pass::Blocking),
    ("library", Pass::Library),
    ("libraries", Pass::Library),
    ("error", Pass::Error),
    ("errors", Pass::Error),
    ("resilience", Pass::Error),
];

/// Longest word that a near one is looked for.
const LONGEST: usize = 60;

impl Selector {
    /// Reads a word of a setting. Letters may be of either case.
    ///
    /// # Errors
    /// A word that may be meant instead, if there is one.
    pub(super) fn parse(word: &str) -> Result<Self, Option<&'static str>> {
        let lower = word.to_ascii_lowercase();
        if lower == "all" {
            return Ok(Self::All);
        }
        if let Some((_, pass)) = PASSES.iter().find(|(name, _)| *name == lower) {
            return Ok(Self::Pass(*pass));
        }
        if let Some(rule) = rule_by_code(word).or_else(|| rule_by_name(&lower)) {
            return Ok(Self::Rule(rule.code));
        }
        let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
        if let Some(number) = lower.strip_prefix('c').filter(|it| it.len() <= 2 && digits(it))
            && let Some(row) = number.parse().ok().and_then(|it| Item(it).row())
        {
            return Ok(Self::Item(row.item));
        }
        let sections = Pass::ALL.len();
        let first =
            |it: &str| it.bytes().next().is_none_or(|it| usize::from(it - b'0') <= sections);
        if let Some(rest) = lower.strip_prefix("aw")
            && rest.len() < 3
            && digits(rest)
            && first(rest)
        {
            return Ok(Self::Prefix(lower.to_ascii_uppercase()));
        }
        Err(near(word))
    }

    pub(super) fn names(&self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            // A rule about our own comments belongs to no pass.
            Self::Pass(pass) => rule.item.is_some() && rule.pass() == *pass,
            Self::Prefix(prefix) => rule.code.starts_with(prefix.as_str()),
            Self::Item(item) => rule.item == Some(*item),
            Self::Rule(code) => rule.code == *code,
        }
    }

    /// How narrowly it names rules; two passes are as narrow as each other.
    pub(super) fn narrowness(&self) -> usize {
        match self {
            Self::All => 0,
            Self::Pass(_) => 1,
            Self::Prefix(prefix) => prefix.len(),
            Self::Item(_) => 10,
            Self::Rule(_) => 11,
        }
    }
}

/// What somebody may have meant who mistyped a rule.
fn near(word: &str) -> Option<&'static str> {
    if word.len() > LONGEST {
        return None;
    }
    let passes = PASSES.iter().map(|(name, _)| *name);
    nearest(word, RULES.iter().flat_map(|rule| [rule.name, rule.code]).chain(passes))
}

/// What settings may write for rules, for a message.
pub(super) fn forms() -> String {
    let last = CHECKLIST.len();
    format!(
        "a rule's code (`AW501`), the beginning of codes (`AW5`), a rule's name (`blocking-sleep`), an item (`C01` to \
         `C{last}`) or a pass (`blocking`)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(word: &str) -> Vec<&'static str> {
        let selector = Selector::parse(word).expect(word);
        RULES.iter().filter(|rule| selector.names(rule)).map(|rule| rule.code).collect()
    }

    #[test]
    fn rules_are_named_in_five_ways() {
        assert_eq!(named("AW501"), ["AW501"]);
        assert_eq!(named("aw501"), ["AW501"]);
        assert_eq!(named("blocking-sleep"), ["AW501"]);
        assert_eq!(named("C41"), ["AW501"]);
        assert!(named("AW5").len() > 2 && named("AW5").iter().all(|code| code.starts_with("AW5")));
        assert_eq!(named("blocking"), named("AW5"));
        assert_eq!(named("libraries"), named("Library"));
        assert_eq!(named("all").len(), RULES.len());
        assert_eq!(named("AW").len(), RULES.len());
        assert!(!named("concurrency").contains(&"AW001"));
    }

    #[test]
    fn other_words_name_none() {
        for (word, near) in [
            ("AW5O1", Some("AW501")),
            ("blocking-slep", Some("blocking-sleep")),
            ("blockin", Some("blocking")),
            ("C64", None),
            ("C00", None),
            ("AW8", Some("AW108")),
            ("ASYNC251", None),
            ("", None),
        ] {
            assert_eq!(Selector::parse(word).expect_err(word), near, "{word}");
        }
    }

    #[test]
    fn the_narrower_one_is_greater() {
        let words = ["ALL", "blocking", "AW5", "AW50", "C41", "AW501"];
        let narrowness = words.map(|word| Selector::parse(word).expect(word).narrowness());
        assert!(narrowness.is_sorted_by(|a, b| a < b), "{narrowness:?}");
    }
}
