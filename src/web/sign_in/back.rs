//! Where somebody goes once they are signed in: a page of ours, whatever the address says.

use url::Url;

/// The path and query of a page of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Back(String);

/// Longer ones are nobody's.
const LONGEST: usize = 2000;

impl Back {
    /// The page that is asked for, or the first one when that is none of ours. Browsers read `//host`, `/\host` and
    /// addresses with line ends in them as addresses elsewhere.
    pub(crate) fn to(asked: Option<&str>) -> Self {
        Self(asked.and_then(own).unwrap_or_else(|| "/".to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn own(asked: &str) -> Option<String> {
    if asked.len() > LONGEST || !asked.starts_with('/') {
        return None;
    }
    // As a browser reads it.
    let here = Url::parse("https://here.invalid").ok()?;
    let there = here.join(asked).ok()?;
    let own = there.origin() == here.origin() && there.username().is_empty();
    let path = there.path();
    // Signing in again and again, or out at once, is nobody's wish.
    let is_page = !path.starts_with("//") && !path.starts_with("/sign-");
    let page = match there.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    // Escaped, it may be longer than it was, and a cookie has to hold it.
    (own && is_page && page.len() <= LONGEST).then_some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_gone_back_to() {
        for own in
            ["/", "/findings?rule=AW501&state=open", "/repositories/forge/octo/app", "/a%0Ab"]
        {
            assert_eq!(Back::to(Some(own)).as_str(), own);
        }
        let evil = [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n//evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/..//evil.example",
            "/.//evil.example",
            "evil.example",
            "",
            "/sign-in/local",
            "/sign-out",
        ];
        for evil in evil {
            assert_eq!(Back::to(Some(evil)).as_str(), "/", "{evil:?}");
        }
        assert_eq!(Back::to(None).as_str(), "/");
        for letters in ["a".repeat(3000), "ä".repeat(900)] {
            assert_eq!(Back::to(Some(&format!("/{letters}"))).as_str(), "/");
        }
    }
}
