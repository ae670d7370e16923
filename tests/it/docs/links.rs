//! Links lead to files and headings that are there, and from the README to every page.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use url::Url;

use super::page::{Link, Page, ROOT, files, pages};

/// Pages that must be found from the README: documents, not the pages of rules as their authors write them.
fn is_document(path: &Path) -> bool {
    !path.starts_with("src") && !path.starts_with(".github")
}

/// The file that a relative link names, and the heading in it.
fn target(page: &Page, to: &str) -> Option<(PathBuf, Option<String>)> {
    if to.contains("://") || to.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = to.split_once('#').map_or((to, None), |(file, it)| (file, Some(it)));
    if file.is_empty() {
        return Some((page.path.clone(), anchor.map(str::to_owned)));
    }
    let mut path = page.path.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => assert!(path.pop(), "{to} leads out of the repository"),
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    Some((path, anchor.map(str::to_owned)))
}

/// Why a link leads nowhere.
fn trouble(pages: &[Page], page: &Page, link: &Link) -> Option<String> {
    let Some((path, anchor)) = target(page, &link.to) else { return not_an_address(&link.to) };
    if !Path::new(ROOT).join(&path).exists() {
        return Some("there is no such file".to_owned());
    }
    let anchor = anchor?;
    match pages.iter().find(|it| it.path == path) {
        Some(it) if it.anchors.contains(&anchor) => None,
        Some(it) => Some(format!("there is no such heading; there are {}", it.anchors.join(", "))),
        None => Some("only pages have headings".to_owned()),
    }
}

/// What is wrong with an address elsewhere. Whether it answers is not asked: the tests need no network.
fn not_an_address(to: &str) -> Option<String> {
    let url = match Url::parse(to) {
        Ok(url) => url,
        Err(error) => return Some(error.to_string()),
    };
    let known = ["https", "http", "mailto"].contains(&url.scheme());
    let named = url.scheme() == "mailto" || url.host_str().is_some_and(|host| host.contains('.'));
    (!known || !named).then(|| "no address of a page".to_owned())
}

#[test]
fn links_lead_to_files_and_headings() {
    let pages = pages();
    let mut wrong = Vec::new();
    for page in &pages {
        for link in &page.links {
            if let Some(trouble) = trouble(&pages, page, link) {
                wrong.push(format!("{}: {}: {trouble}", page.place(link.line), link.to));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_that_lead_nowhere_are_known() {
    let page = |path: &str, text: &str| Page::of(path.into(), text.to_owned());
    let pages = [
        page("README.md", "# One `two`\n\n## Again\n\n## Again\n"),
        page(
            "docs/README.md",
            "[a](../README.md#one-two) [b](../README.md#again-1) [c](nothing.md) [d](../README.md#three) ![e](x.png)\n\
             <img src=\"y.png\"> [f](#here) [g](https://localhost/x) [h](https://example.com/x) [i](../Cargo.toml#x)",
        ),
    ];
    let links = pages[1].links.iter();
    let wrong: Vec<&str> = links
        .filter(|link| trouble(&pages, &pages[1], link).is_some())
        .map(|link| link.to.as_str())
        .collect();
    let expected = [
        "nothing.md",
        "../README.md#three",
        "x.png",
        "y.png",
        "#here",
        "https://localhost/x",
        "../Cargo.toml#x",
    ];
    assert_eq!(wrong, expected);
}

#[test]
fn every_page_and_picture_is_found_from_the_readme() {
    let pages = pages();
    let mut found = BTreeSet::from([PathBuf::from("README.md")]);
    let mut next: Vec<PathBuf> = found.iter().cloned().collect();
    while let Some(path) = next.pop() {
        let Some(page) = pages.iter().find(|page| page.path == path) else { continue };
        for (mut to, _) in page.links.iter().filter_map(|link| target(page, &link.to)) {
            if Path::new(ROOT).join(&to).is_dir() {
                to.push("README.md");
            }
            if found.insert(to.clone()) {
                next.push(to);
            }
        }
    }
    let documents = pages.iter().map(|page| page.path.clone()).filter(|path| is_document(path));
    let pictures = files().into_iter().filter(|path| path.starts_with("docs/images"));
    let lost: Vec<PathBuf> =
        documents.chain(pictures).filter(|path| !found.contains(path)).collect();
    assert!(lost.is_empty(), "no way leads from README.md to {lost:?}");
}
