//! What a rule's page says is better, for the Python that a project supports.
//!
//! A paragraph of a page that begins with "From Python 3.11" is for that Python and later ones, one that begins with "Below
//! Python 3.11" for earlier ones; when it ends with a colon, so is the code behind it.

use crate::policy::PythonVersion;

/// The page's text without what the project's oldest Python lacks, and without what it no longer needs.
pub(super) fn fitting(text: &str, target: PythonVersion) -> String {
    let mut kept: Vec<String> = Vec::new();
    // Whether the code that comes next is wanted.
    let mut wanted = true;
    for block in blocks(text) {
        if block.starts_with("```") {
            kept.extend(wanted.then_some(block));
            wanted = true;
            continue;
        }
        let fits = fits(&block, target);
        // What a colon announces is left out with it.
        wanted = fits || !block.ends_with(':');
        kept.extend(fits.then_some(block));
    }
    older(&kept.join("\n\n"), target)
}

/// Paragraphs, and code with its fences.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = vec![String::new()];
    let mut in_code = false;
    for line in text.lines() {
        let fence = line.starts_with("```");
        let begins = (fence || line.is_empty()) && !in_code;
        if begins && blocks.last().is_some_and(|it| !it.is_empty()) {
            blocks.push(String::new());
        }
        if let Some(last) =
            blocks.last_mut().filter(|it| in_code || !line.is_empty() || !it.is_empty())
        {
            if !last.is_empty() {
                last.push('\n');
            }
            last.push_str(line);
        }
        in_code ^= fence;
    }
    blocks.retain(|it| !it.is_empty());
    blocks
}

/// Whether a paragraph is for this Python.
fn fits(paragraph: &str, target: PythonVersion) -> bool {
    let version = |word: &str| {
        let rest = paragraph.strip_prefix(word)?.strip_prefix(" Python 3.")?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        Some(PythonVersion(3, digits.parse().ok()?))
    };
    version("From").is_none_or(|it| target >= it) && version("Below").is_none_or(|it| target < it)
}

/// `asyncio.to_thread` is there from Python 3.9 on; before, the loop's own method does the same for positional arguments.
fn older(text: &str, target: PythonVersion) -> String {
    if target >= PythonVersion(3, 9) {
        return text.to_owned();
    }
    text.replace("asyncio.to_thread(", "asyncio.get_running_loop().run_in_executor(None, ")
}

#[cfg(test)]
mod tests {
    use super::fitting;
    use crate::policy::PythonVersion;

    const TEXT: &str = "Wait for both.\n\nFrom Python 3.11:\n\n```python\nasync with group:\n\n    pass\n```\n\nBelow Python 3.11:\n\n```python\nawait gather(asyncio.to_thread(f, 1))\n```\n\nFrom Python 3.12 it is\nquicker.\n\nThe end.";

    #[test]
    fn what_the_projects_python_lacks_is_left_out() {
        let at = |minor| fitting(TEXT, PythonVersion(3, minor));
        let new = "Wait for both.\n\nFrom Python 3.11:\n\n```python\nasync with group:\n\n    pass\n```\n\n";
        assert_eq!(at(12), format!("{new}From Python 3.12 it is\nquicker.\n\nThe end."));
        assert_eq!(at(11), format!("{new}The end."));
        let old = "Wait for both.\n\nBelow Python 3.11:\n\n```python\nawait gather(asyncio.to_thread(f, 1))\n```\n\nThe end.";
        assert_eq!(at(10), old);
        let oldest = "asyncio.get_running_loop().run_in_executor(None, f, 1)";
        assert!(at(8).contains(oldest), "{}", at(8));
    }
}
