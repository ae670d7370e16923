//! The oldest Python that a project says it supports.

use super::PythonVersion;

/// The lower bound of a requirement such as `>=3.9,<4` (PEP 440) or `^3.9` (Poetry). `Ok(None)` when it has none.
///
/// # Errors
/// The part that can't be read.
pub(super) fn lower_bound(requirement: &str) -> Result<Option<PythonVersion>, &str> {
    let mut bound = None;
    // A disjunction's parts are told apart by the lowest bound; which of them a project is run under is not known.
    for part in requirement.split("||").map(conjunction) {
        bound = match (bound, part?) {
            (Some(bound), Some(part)) => Some(std::cmp::min::<PythonVersion>(bound, part)),
            (bound, part) => bound.or(part),
        };
    }
    Ok(bound)
}

fn conjunction(requirement: &str) -> Result<Option<PythonVersion>, &str> {
    let mut bound = None;
    for part in requirement.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let digits = part.find(|c: char| c.is_ascii_digit()).ok_or(part)?;
        let (operator, version) = part.split_at(digits);
        let version = parse(version).ok_or(part)?;
        match operator.trim() {
            ">=" | ">" | "~=" | "==" | "===" | "=" | "^" | "~" | "" => {
                bound = bound.max(Some(version));
            }
            "<" | "<=" | "!=" => {}
            _ => return Err(part),
        }
    }
    Ok(bound)
}

/// The first two numbers of a version: `3.11` of `3.11.2` or `3.11.*`.
pub(super) fn parse(version: &str) -> Option<PythonVersion> {
    let mut numbers = version.trim().split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = match numbers.next() {
        None | Some("*") => 0,
        Some(minor) => {
            let end = minor.find(|c: char| !c.is_ascii_digit()).unwrap_or(minor.len());
            minor[..end].parse().ok()?
        }
    };
    Some(PythonVersion(major, minor))
}

/// A version that is given as one: `3.11`, or `3.11.2`.
pub(super) fn exact(version: &str) -> Option<PythonVersion> {
    let parts = version.split('.').count();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    if (2..=3).contains(&parts) && version.split('.').all(digits) { parse(version) } else { None }
}

/// The `python_requires` of a `setup.cfg`'s `[options]`.
pub(super) fn of_setup_cfg(text: &str) -> Option<&str> {
    let mut section = "";
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.trim();
        } else if section == "options"
            && let Some((key, value)) = line.split_once(['=', ':'])
            && matches!(key.trim_end(), "python_requires" | "python-requires")
        {
            return Some(value.trim());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_bounds_are_read() {
        for (requirement, expected) in [
            (">=3.9", Some((3, 9))),
            (">= 3.9, <4", Some((3, 9))),
            ("<4,>=3.8,!=3.9.0", Some((3, 8))),
            ("~=3.11.2", Some((3, 11))),
            ("==3.12.*", Some((3, 12))),
            (">3.8", Some((3, 8))),
            ("^3.10", Some((3, 10))),
            ("~3.10 || ^3.12", Some((3, 10))),
            (">=3", Some((3, 0))),
            (">=3.13rc1", Some((3, 13))),
            ("<4", None),
            ("", None),
        ] {
            let bound = lower_bound(requirement).map(|v| v.map(|PythonVersion(a, b)| (a, b)));
            assert_eq!(bound, Ok(expected), "{requirement}");
        }
        assert_eq!(lower_bound("three"), Err("three"));
        assert_eq!(lower_bound(">=3.9, @3"), Err("@3"));
        assert_eq!(lower_bound(">=999.1"), Err(">=999.1"));
    }

    #[test]
    fn a_version_is_all_of_the_text() {
        assert_eq!(exact("3.11"), Some(PythonVersion(3, 11)));
        assert_eq!(exact("3.11.2"), Some(PythonVersion(3, 11)));
        for text in
            ["3", "3.", "3.1x", "3.11.*", ">=3.11", "3.11 ", "3.11.2.1", "3..1", "", "999.1"]
        {
            assert_eq!(exact(text), None, "{text}");
        }
    }

    #[test]
    fn setup_cfg_names_it_in_its_options() {
        let text = "[metadata]\npython_requires = >=3.1\n[options]\npackages = find:\npython_requires = >=3.8\n";
        assert_eq!(of_setup_cfg(text), Some(">=3.8"));
        assert_eq!(of_setup_cfg("[metadata]\nname = x\n"), None);
    }
}
