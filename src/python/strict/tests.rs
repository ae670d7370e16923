//! What the quick parser reads is what the general parser reads.

use super::super::lower::{Syntax, lower};
use super::super::parse::tree_of;
use super::{Refused, comments, parse};

/// All of a file's syntax, a line for each part.
fn lines(syntax: &Syntax) -> Vec<String> {
    let exprs = syntax.exprs.iter().enumerate().map(|(id, it)| format!("{id} {it:?}"));
    let stmts = syntax.stmts.iter().enumerate().map(|(id, it)| format!("{id} {it:?}"));
    let functions = syntax.functions.iter().map(|it| format!("{it:?}"));
    let classes = syntax.classes.iter().map(|it| format!("{it:?}"));
    let scopes = syntax.scopes.iter().map(|it| format!("{it:?}"));
    let body = [format!("{:?}", syntax.body)];
    exprs.chain(stmts).chain(functions).chain(classes).chain(scopes).chain(body).collect()
}

/// Asserts that both parsers read the text, and the same out of it.
fn assert_same(name: &str, text: &str) {
    let quick = parse(text).unwrap_or_else(|Refused| panic!("{name} is refused"));
    let tree = tree_of(text).expect("a tree");
    assert!(!tree.root_node().has_error(), "{name} is broken");
    let (quick, general) = (lines(&quick), lines(&lower(&tree, text)));
    for (quick, general) in quick.iter().zip(&general) {
        assert_eq!(quick, general, "{name}");
    }
    assert_eq!(quick.len(), general.len(), "{name}");
}

#[test]
fn both_parsers_read_the_same() {
    let text = include_str!("sample.py");
    // Part by part, so that a difference is soon found.
    for part in text.split("\n\n\n") {
        assert_same(part, part);
        assert_same(part, &format!("{part}\n"));
        // The general parser takes a carriage return for a part of a comment.
        if !part.contains('#') {
            assert_same(part, &part.replace('\n', "\r\n"));
        }
    }
    assert_same("sample.py", text);
    assert_same("sample.py with a mark", &format!("\u{feff}{text}"));
    assert_same("nothing", "");
    assert_same("a comment", "# x");
}

#[test]
fn both_parsers_read_the_same_in_the_pages_of_the_rules() {
    for rule in crate::analysis::RULES {
        for block in rule.page.split("```python\n").skip(1) {
            let code = block.split("```").next().unwrap_or_default();
            assert_same(rule.code, code);
        }
    }
}

/// What a file is made of, wherever in the text it is.
fn shape(text: &str) -> Vec<String> {
    let syntax = parse(text).unwrap_or_else(|Refused| panic!("{text} is refused"));
    let without_spans = |line: String| {
        let mut parts = line.split("Span { ");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |shape, part| shape + part.split_once('}').map_or("", |(_, rest)| rest))
    };
    lines(&syntax).into_iter().map(without_spans).collect()
}

#[test]
fn what_the_general_parser_does_not_know_is_read_like_what_it_knows() {
    for (text, like) in [
        ("type A[T: (B, C) = B, *D = *E[B], **F = [B]] = B[T]\n", "A = B[T]\n"),
        ("class A[T: (B, C) = B](B): pass\n", "class A(B): pass\n"),
        ("def f[T = B](x: T): pass\n", "def f(x: T): pass\n"),
        ("lazy import a.b, c as d\n", "import a.b, c as d\n"),
        ("lazy from . import a\n", "from . import a\n"),
        ("try: a\nexcept A, B,: b\n", "try: a\nexcept (A, B): b\n"),
        ("x = await a ** b\n", "x = (await a) ** b\n"),
        ("x = f'{a:=5}'\n", "x = f'{a}'\n"),
    ] {
        assert_eq!(shape(text), shape(like), "{text}");
    }
    for text in ["def f(*args: *A[B]): pass\n", "x = {**a for a in b}\n"] {
        assert!(shape(text).iter().any(|part| part.contains("Starred")), "{text}");
    }
}

#[test]
fn what_is_broken_odd_or_deep_is_left_to_the_general_parser() {
    let deep = format!("x = {}1{}\n", "(".repeat(160), ")".repeat(160));
    let chain = format!("x = a{}\n", ".b".repeat(200));
    let unary = format!("x = {}1\n", "-".repeat(100_000));
    let formats = "f'{".repeat(1000);
    for text in [
        "def f(:\n    pass\n",
        "if x:\n",
        "if x:\n    a\n  b\n",
        "  x\n",
        "x = (1\n",
        "x = 1)\n",
        "x = [1)\n",
        "x = 'a\n",
        "x = '''a\n",
        "x = f'{a\n'",
        "x = f'}'\n",
        "x = f'{}'\n",
        "x = f'{a!x}'\n",
        "x = \\ 1\n",
        "print 'x'\n",
        "print >>f, 'x'\n",
        "exec 'x'\n",
        "except:\n    pass\n",
        "try:\n    pass\n",
        "f(x for x in y, 1)\n",
        "1 = x\n",
        "x + 1 = y\n",
        "(*x)\n",
        "type X\n",
        "type X[] = int\n",
        "def f[](x): pass\n",
        "try: pass\nexcept A, B as c: pass\n",
        "x = 1\r\ry = 2\n",
        "a\0b\n",
        "x = \u{201c}a\u{201d}\n",
        "x = 1 if y\n",
        "return return\n",
        "@x\ny = 1\n",
        "\\\n  x = 1\n",
        "if x:\n      a\n  \tb\n",
        &deep,
        &chain,
        &unary,
        &formats,
    ] {
        assert!(parse(text).is_err(), "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn comments_are_found_where_the_syntax_is_broken() {
    let spans =
        comments("x = (  # a\n 1)\n'# b'\nf'{x # c\n}'\ndef def # d").expect("words and signs");
    let starts: Vec<u32> = spans.iter().map(|span| span.start).collect();
    assert_eq!(starts, [7, 26, 41]);
}
