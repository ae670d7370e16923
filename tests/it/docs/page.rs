//! The Markdown files of the repository, as a reader on a platform gets them.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// One file.
pub struct Page {
    /// Below the repository's root.
    pub path: PathBuf,
    pub text: String,
    pub anchors: Vec<String>,
    pub links: Vec<Link>,
    pub blocks: Vec<Block>,
    /// Code within sentences.
    pub inline: Vec<(usize, String)>,
}

/// Where a link, or a picture, leads.
pub struct Link {
    /// 1-based.
    pub line: usize,
    pub to: String,
}

/// A block of code.
pub struct Block {
    /// 1-based line of its first line of code.
    pub line: usize,
    /// What stands behind the fence: `toml`, or `toml service`.
    pub info: String,
    pub code: String,
}

/// All files of the repository that git would keep, those of its tests' samples left out.
pub fn files() -> Vec<PathBuf> {
    let walk = WalkBuilder::new(ROOT).hidden(false).build();
    let files = walk.map(|entry| entry.expect("the repository can be read"));
    let files = files
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.path().strip_prefix(ROOT).expect("below the root").to_owned());
    let samples = ["tests/cases", "tests/projects", "tests/services", "tests/corpus", ".git"];
    let mut files: Vec<PathBuf> =
        files.filter(|path| !samples.iter().any(|folder| path.starts_with(folder))).collect();
    files.sort();
    assert!(files.contains(&PathBuf::from("README.md")), "{files:?}");
    files
}

pub fn pages() -> Vec<Page> {
    let markdown = |path: &PathBuf| path.extension().is_some_and(|it| it == "md");
    files().into_iter().filter(markdown).map(Page::read).collect()
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(Path::new(ROOT).join(&path)).expect("UTF-8");
        Self::of(path, text)
    }

    pub fn of(path: PathBuf, text: String) -> Self {
        let mut page = Self {
            path,
            text: String::new(),
            anchors: vec![],
            links: vec![],
            blocks: vec![],
            inline: vec![],
        };
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
        let mut heading: Option<String> = None;
        let mut block: Option<Block> = None;
        for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
            let line = 1 + text[..range.start].matches('\n').count();
            let link = |to: &str| Link { line, to: to.to_owned() };
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let title = heading.take().unwrap_or_default();
                    let anchor = page.free_anchor(&anchor(&title));
                    page.anchors.push(anchor);
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(link(&dest_url));
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let (info, fence) = match kind {
                        CodeBlockKind::Fenced(info) => (info.to_string(), 1),
                        CodeBlockKind::Indented => (String::new(), 0),
                    };
                    block = Some(Block { line: line + fence, info, code: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(block.take()),
                Event::Text(part) => {
                    if let Some(block) = &mut block {
                        block.code.push_str(&part);
                    } else if let Some(title) = &mut heading {
                        title.push_str(&part);
                    }
                }
                Event::Code(part) => {
                    if let Some(title) = &mut heading {
                        title.push_str(&part);
                    }
                    page.inline.push((line, part.to_string()));
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    page.links.extend(attributes(&html).map(link));
                }
                _ => {}
            }
        }
        page.text = text;
        page
    }

    /// Where something of the page is, for a message.
    pub fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    fn free_anchor(&self, wanted: &str) -> String {
        let taken = |name: &String| self.anchors.contains(name);
        let numbered = (1..).map(|number| format!("{wanted}-{number}"));
        std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name)).expect("one")
    }
}

/// The anchor of a heading, as GitHub and GitLab make it.
fn anchor(title: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    title
        .trim()
        .to_lowercase()
        .chars()
        .filter(kept)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// What `src` and `href` of a piece of HTML hold.
fn attributes(html: &str) -> impl Iterator<Item = &str> {
    [" src=\"", " href=\""].into_iter().flat_map(|name| {
        html.split(name).skip(1).filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
    })
}
