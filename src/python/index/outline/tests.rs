use proptest::prelude::*;
use tree_sitter::{Node, Parser};

use super::*;

/// A definition as the parser or the outline sees it.
#[derive(Debug, PartialEq)]
struct Definition {
    is_class: bool,
    name: String,
    class: Option<String>,
    is_async: bool,
    /// Not for those of which it can't be said.
    yields: Option<bool>,
    decorators: u32,
    header: u32,
    first: u32,
}

/// The definitions that lie in no function, and where their code ends. `None` when the parser finds errors.
fn parsed(text: &[u8]) -> Option<Vec<(Definition, u32)>> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).expect("the grammar fits");
    let tree = parser.parse(text, None)?;
    let mut found = Vec::new();
    (!tree.root_node().has_error()).then(|| visit(tree.root_node(), text, None, &mut found))?;
    Some(found)
}

fn visit(node: Node<'_>, text: &[u8], class: Option<&str>, found: &mut Vec<(Definition, u32)>) {
    let is_class = node.kind() == "class_definition";
    if !is_class && node.kind() != "function_definition" {
        let mut cursor = node.walk();
        node.children(&mut cursor).for_each(|child| visit(child, text, class, found));
        return;
    }
    let slice = |node: Node<'_>| String::from_utf8_lossy(&text[node.byte_range()]).into_owned();
    let name = node.child_by_field_name("name").map(slice).unwrap_or_default();
    let body = node.child_by_field_name("body").expect("a body");
    let mut cursor = body.walk();
    let first = body.named_children(&mut cursor).find(|it| it.kind() != "comment");
    let whole = node.parent().filter(|it| it.kind() == "decorated_definition").unwrap_or(node);
    let definition = Definition {
        is_class,
        name: name.clone(),
        class: class.map(str::to_owned),
        is_async: node.child(0).is_some_and(|it| it.kind() == "async"),
        yields: Some(!is_class && yields(body)),
        decorators: whole.start_byte() as u32,
        header: node.start_byte() as u32,
        first: first.map_or(0, |it| it.start_byte() as u32),
    };
    found.push((definition, node.end_byte() as u32));
    if is_class {
        visit(body, text, Some(&name), found);
    }
}

fn yields(node: Node<'_>) -> bool {
    let mut cursor = node.walk();
    let mut inside = node.children(&mut cursor).filter(|it| it.kind() != "function_definition");
    inside.any(|it| it.kind() == "yield" && it.is_named() || yields(it))
}

fn outlined(outline: &Outline) -> Vec<(Definition, u32)> {
    let defines = |it: &MemberOf<'_>| matches!(it.kind(), MemberKind::Function | MemberKind::Class);
    let definition = |it: MemberOf<'_>| Definition {
        is_class: it.kind() == MemberKind::Class,
        name: it.name().to_owned(),
        class: it.parent().map(|class| class.name().to_owned()),
        is_async: it.is_async(),
        yields: (!it.is_odd()).then_some(it.kind() == MemberKind::Function && it.yields()),
        decorators: it.span().start,
        header: it.header().start,
        first: if it.kind() == MemberKind::Class { 0 } else { it.body().start },
    };
    outline.members().filter(defines).map(|it| (definition(it), it.span().end)).collect()
}

fn assert_agrees(text: &[u8], what: &str) {
    let outline = Outline::of(text);
    assert_eq!(Outline::from_bytes(&outline.to_bytes()).as_ref(), Some(&outline), "{what}");
    let Some(parsed) = parsed(text) else { return };
    if outline.is_doubtful() {
        return;
    }
    let ours = outlined(&outline);
    for ((mut parsed, end), (ours, our_end)) in parsed.into_iter().zip(&ours) {
        if parsed.is_class {
            parsed.first = 0;
        }
        parsed.yields = parsed.yields.filter(|_| ours.yields.is_some());
        assert_eq!(&parsed, ours, "{what}");
        // The parser counts comments behind the last statement.
        let (low, high) = (end.min(*our_end) as usize, end.max(*our_end) as usize);
        let between = String::from_utf8_lossy(&text[low..high]).into_owned();
        let comments =
            |line: &str| line.trim().is_empty() || line.trim().starts_with(['#', ';', '\\']);
        assert!(
            between.split(['\n', '\r']).all(comments),
            "{what}: {ours:?} ends before {between:?}"
        );
    }
    assert_eq!(parsed_count(text), ours.len(), "{what}: {ours:?}");
}

fn parsed_count(text: &[u8]) -> usize {
    parsed(text).map_or(0, |it| it.len())
}

#[test]
fn outlines_agree_with_the_parser() {
    let mut definitions = 0;
    for text in CASES {
        definitions += parsed(text).map_or(0, |it| it.len());
        assert_agrees(text, &String::from_utf8_lossy(text));
    }
    assert!(definitions > 100);
}

/// Pieces that make code of one kind into another, or into none.
const PIECES: [&str; 24] = [
    "(",
    ")",
    "[",
    "{",
    "}",
    ":",
    "'",
    "\"",
    "\"\"\"",
    "f'",
    "f\"{",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "#",
    "def f():\n",
    "class C:\n",
    "async ",
    "@d\n",
    "yield",
    "import a.b as c, d\n",
    "from . import (x as y,\n z)\n",
    "\u{c}",
];

proptest! {
    #[test]
    fn outlines_of_mutated_code(case in 0..CASES.len(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize, 0..PIECES.len()), 0..6)) {
        let mut text = CASES[case].to_vec();
        for (at, length, piece) in cuts {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            text.splice(at..end, PIECES[piece].bytes());
        }
        let outline = Outline::of(&text);
        touch(&outline);
        prop_assert!(outline.members().all(|it| it.body().end as usize <= text.len()));
        prop_assert_eq!(Outline::from_bytes(&outline.to_bytes()), Some(outline));
    }

    #[test]
    fn outlines_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let outline = Outline::of(&bytes);
        prop_assert_eq!(Outline::from_bytes(&outline.to_bytes()), Some(outline));
        if let Some(outline) = Outline::from_bytes(&bytes) {
            touch(&outline);
        }
    }

    #[test]
    fn damaged_outlines_do_no_harm(case in 0..CASES.len(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = Outline::of(CASES[case]).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Some(outline) = Outline::from_bytes(&bytes) {
            touch(&outline);
        }
    }
}

const CASES: [&[u8]; 7] = [
    include_bytes!("../../../../tests/cases/AW113.py"),
    include_bytes!("../../../../tests/cases/AW202.py"),
    include_bytes!("../../../../tests/cases/AW202_trio.py"),
    include_bytes!("../../../../tests/cases/AW301.py"),
    include_bytes!("../../../../tests/cases/AW502_resolution.py"),
    include_bytes!("../../../../tests/cases/AW504_django.py"),
    include_bytes!("../../strict/sample.py"),
];

/// Asks an outline for everything.
fn touch(outline: &Outline) -> usize {
    let members = outline.members().map(|it| {
        it.name().len()
            + it.words().len()
            + it.assigned().count()
            + it.bases().map(str::len).sum::<usize>()
            + it.parent().map_or(0, |class| class.name().len())
            + usize::from(it.mentions(7))
    });
    let imports = outline.imports().map(|it| {
        it.module().len() + it.names().count() + it.member().map_or(0, MemberOf::position)
    });
    members.sum::<usize>() + imports.sum::<usize>() + outline.exports().count()
}

/// What an outline says, a line for each member and each import.
fn told(text: &str) -> String {
    let outline = Outline::of(text.as_bytes());
    let mut told = String::new();
    for it in outline.members() {
        let class = it.parent().map_or(String::new(), |class| format!("{}.", class.name()));
        let flags = [
            (it.is_async(), "async"),
            (it.is_conditional(), "conditional"),
            (it.awaits(), "awaits"),
            (it.yields(), "yields"),
            (it.has_async_inside(), "async inside"),
        ];
        let flags: Vec<&str> = flags.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
        let bases: Vec<&str> = it.bases().collect();
        let line =
            format!("{:?} {class}{} {} {}", it.kind(), it.name(), bases.join(" "), flags.join(" "));
        told += &format!("{}\n", line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    for it in outline.imports() {
        let names: Vec<String> = it.names().map(|(name, here)| format!("{name}:{here}")).collect();
        let star = if it.is_star() { "*" } else { "" };
        let dots = ".".repeat(it.level() as usize);
        let alias = it.alias().unwrap_or("-");
        let line = format!("{dots}{} as {alias}: {star}{}", it.module(), names.join(" "));
        told += &format!("{}\n", line.trim_end());
    }
    told
}

#[test]
fn an_outline_names_members_and_imports() {
    let text = "\
import os.path as p, sys
from ..a.b import (c as d,
    e)  # from here
if sys:
    from .x import *
else:
    async def late(): await p
@wrap(
    1
)
class A(B, c.D[int], metaclass=M):
    x: int = 1; y = 2
    def f(self): return '\\\n    def no(): pass'
    async def g(self):
        def h():
            yield 1
        async with x: pass
    class In: pass
def gen():
\tyield
";
    let expected = "\
Imports
Statement
Statement
Function late async conditional awaits
Class A B c.D
Statement A.
Function A.f
Function A.g async async inside
Class A.In
Function gen yields
os.path as p:
sys as -:
..a.b as -: c:d e:e
.x as -: *
";
    assert_eq!(told(text), expected);
}

#[test]
fn what_members_mention_and_assign() {
    let text = "\
class A:
    def f(self):
        self.a, self.b = f'{one(x[\"two\"]):>{three}} four'
        with open() as self.c: self.d.e()
        local: \"list[Five]\" = 1  # six
        global seven
X = Y = 1
for Z in []: pass
";
    let outline = Outline::of(text.as_bytes());
    let members: Vec<_> = outline.members().collect();
    let f = members[1];
    for word in
        ["a", "one", "x", "two", "three", "open", "d", "e", "local", "list", "Five", "seven"]
    {
        assert!(f.mentions(hash(word.as_bytes())), "{word}");
    }
    for word in ["four", "six", "self", "f"] {
        assert!(!f.mentions(hash(word.as_bytes())), "{word}");
    }
    let assigned = |at: usize, words: &[&str]| {
        let mut hashes: Vec<u32> = words.iter().map(|word| hash(word.as_bytes())).collect();
        hashes.sort_unstable();
        assert_eq!(members[at].assigned().collect::<Vec<_>>(), hashes, "{words:?}");
    };
    assigned(1, &["a", "b", "c", "seven"]);
    assigned(2, &["X", "Y"]);
    assigned(3, &["Z"]);
}

#[test]
fn what_newer_pythons_have_is_seen() {
    let text = "\
lazy import a.b
lazy from c import d
type X[T: (int, str)] = list[T]
class A[T: (int, str), S](B[T], C): pass
async def f[T: A, **P](): yield
lazy = 1
";
    let expected = "\
Statement
Statement
Statement
Class A B C
Function f async yields
Statement
a.b as -:
c as -: d:d
";
    assert_eq!(told(text), expected);
    let outline = Outline::of(text.as_bytes());
    let assigns = |at: usize, word: &str| {
        let mut words = outline.members().nth(at).into_iter().flat_map(MemberOf::assigned);
        words.any(|it| it == hash(word.as_bytes()))
    };
    assert!(assigns(2, "X") && assigns(5, "lazy"));
}
