//! Files that nobody wrote by hand: the analysis ends, says what it passed over, and finds what it can.

mod bounds;
mod stack;

use std::time::Duration;

use asyncwarden::analysis::{Analysis, Request, analyse, check_tree};
use asyncwarden::change::{ChangeSet, FileChange, FileChangeKind, MemoryTree, hunks_between};
use asyncwarden::policy::Policy;
use rustix::time::{ClockId, clock_gettime};

/// Processor time: far more than any of these takes, on the slowest machine that runs the tests unoptimised.
const LONGEST: Duration = Duration::from_secs(120);

/// What this process spent of the processor, whatever else the machine does.
fn spent() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}

fn check(bytes: impl Into<Vec<u8>>) -> Analysis {
    let tree: MemoryTree = [("app.py", bytes.into())].into_iter().collect();
    let before = spent();
    let analysis = check_tree(&tree, &["app.py".to_owned()], &Policy::default());
    let took = spent() - before;
    assert!(took < LONGEST, "took {took:?}");
    let failed = analysis.skipped.iter().find(|it| it.reason.contains("failed on it"));
    assert!(failed.is_none(), "{failed:?}");
    analysis
}

fn reasons(analysis: &Analysis) -> String {
    analysis.skipped.iter().map(|it| it.reason.as_str()).collect::<Vec<_>>().join("\n")
}

/// Lines on which a blocking sleep is found.
fn sleeps(analysis: &Analysis) -> Vec<u32> {
    let found = analysis.findings.iter().filter(|it| it.rule.code == "AW501");
    let mut lines: Vec<u32> = found.map(|it| it.place.line).collect();
    lines.sort_unstable();
    lines
}

/// A file with one blocking sleep in front of what is given, and one behind it.
fn between(middle: &str) -> String {
    format!(
        "import time\nasync def before():\n    time.sleep(1)\n{middle}\nasync def behind():\n    time.sleep(1)\n"
    )
}

#[test]
fn deep_nesting_is_passed_over_and_named() {
    let deep = 100_000;
    let nested: [(&str, &str, &str, bool); 9] = [
        ("(", "1", ")", false),
        ("[", "1", "]", true),
        ("{1: ", "1", "}", true),
        ("f(", "1", ")", true),
        ("not ", "1", "", true),
        ("-", "1", "", true),
        ("await ", "x", "", true),
        ("lambda: ", "1", "", true),
        ("1 if x else ", "1", "", true),
    ];
    for (open, inner, close, noted) in nested {
        let middle = format!("x = {}{inner}{}", open.repeat(deep), close.repeat(deep));
        let analysis = check(between(&middle));
        let reasons = reasons(&analysis);
        assert_eq!(reasons.contains("nests deeper than"), noted, "{open}: {reasons}");
        assert_eq!(sleeps(&analysis).len(), 2, "{open}");
    }
}

#[test]
fn long_chains_are_read() {
    let long = 50_000;
    let chains = [
        format!("x = a{}", ".b".repeat(long)),
        format!("x = a{}", "()".repeat(long)),
        format!("x = a{}", "[0]".repeat(long)),
        format!("x = a{}", " + 1".repeat(long)),
        format!("x = a{}", " and b".repeat(long)),
        format!("x = a{}", " < b".repeat(long)),
        format!("x = {}1", "a = ".repeat(long)),
        format!("x = [{}]", "a, ".repeat(long)),
        format!("def f({}): pass", (0..long).map(|n| format!("a{n}, ")).collect::<String>()),
        format!("f({})", "a, ".repeat(long)),
        format!("from m import {}a", "a, ".repeat(long)),
        format!("if a:\n    pass\n{}", "elif b:\n    pass\n".repeat(long / 10)),
    ];
    for chain in chains {
        let analysis = check(between(&chain));
        assert_eq!(sleeps(&analysis).len(), 2, "{}", &chain[..20]);
    }
}

#[test]
fn nested_blocks_end() {
    for (open, deep) in [("if x:\n", 1000), ("def f():\n", 1000), ("try:\n", 1000)] {
        let mut middle = String::new();
        for level in 0..deep {
            middle.push_str(&" ".repeat(level));
            middle.push_str(open);
        }
        middle.push_str(&" ".repeat(deep));
        middle.push_str("pass\n");
        let analysis = check(between(&middle));
        assert_eq!(sleeps(&analysis).first(), Some(&3), "{open}");
    }
}

#[test]
fn one_name_bound_and_used_very_often() {
    let mut code = String::from("import asyncio, time\nasync def f(a):\n    while a:\n");
    for n in 0..3000 {
        code.push_str(&format!("        if a > {n}:\n            x = asyncio.create_task(a)\n"));
        code.push_str("        x.poll(x, x)\n");
    }
    check(code);
}

/// A name that is bound anew from itself again and again, in a loop: every value leads round to every other.
fn round_and_round(times: usize) -> String {
    let again = "        if a:\n            x = x.b(x)\n".repeat(times);
    between(&format!("async def f(a):\n    x = a\n    while a:\n{again}    await x\n"))
}

#[test]
fn what_leads_to_too_much_is_partly_analysed_and_named() {
    let analysis = check(round_and_round(1500));
    assert!(reasons(&analysis).contains("only partly analysed"), "{}", reasons(&analysis));
    let again = check(round_and_round(1500));
    assert_eq!(sleeps(&analysis), sleeps(&again));
    let analysis = check(round_and_round(5));
    assert_eq!((sleeps(&analysis).len(), reasons(&analysis).as_str()), (2, ""));
}

#[test]
fn what_was_only_partly_seen_before_is_not_new() {
    let review = |old: &str, new: &str| {
        let tree = |code: &str| -> MemoryTree {
            [("app.py", code.as_bytes().to_vec())].into_iter().collect()
        };
        let (base, head) = (&tree(old), &tree(new));
        let file = FileChange {
            path: "app.py".to_owned(),
            old_path: Some("app.py".to_owned()),
            kind: FileChangeKind::Modified,
            hunks: hunks_between(old.as_bytes(), new.as_bytes()),
            shown: true,
        };
        let change = &ChangeSet { files: vec![file] };
        analyse(&Request {
            base,
            head,
            change,
            policy: &Policy::default(),
            known: None,
            go_on: None,
        })
    };
    let costly = round_and_round(1500);
    let cheap = round_and_round(5);
    let analysis = review(&costly, &cheap);
    assert!(analysis.findings.is_empty(), "{:?}", sleeps(&analysis));
    let worse = format!("{cheap}    time.sleep(2)\n");
    assert_eq!(sleeps(&review(&costly, &worse)).len(), 1);
}

#[test]
fn long_ways_through_code_end() {
    let numbered =
        |count: usize, line: &dyn Fn(usize) -> String| -> String { (0..count).map(line).collect() };
    let own = "class A:\n    def b(self):\n        return self\nasync def f():\n";
    let round = |n: usize| ((n * 7 + 1) % 300, (n * 13 + 5) % 300);
    let files = [
        format!("{own}    x = A(){}\n    await x.b()\n", ".b()".repeat(10_000)),
        format!(
            "{own}    x0 = A()\n{}",
            numbered(1000, &|n| format!("    x{} = x{n}.b()\n", n + 1))
        ),
        numbered(1000, &|n| format!("def f{n}(x):\n    y = f{}(x)\n    return y\n", n + 1)),
        numbered(300, &|n| {
            let (a, b) = round(n);
            format!(
                "def f{n}(x, y):\n    if x:\n        return f{a}(f{b}(x, y), y)\n    return f{b}(y, x)\n"
            )
        }),
        format!(
            "class C0:\n    pass\n{}async def g(a: C1000):\n    a.run()\n",
            numbered(1000, &|n| format!("class C{}(C{n}):\n    pass\n", n + 1))
        ),
        numbered(500, &|n| {
            format!("def d{n}(f):\n    return d{}(f)\n@d{n}\ndef g{n}(x): pass\n", n + 1)
        }),
        numbered(1000, &|n| format!("T{n} = list[T{}] | T{}\n", n + 1, n + 2)),
    ];
    for file in files {
        let main = format!("{file}async def main():\n    f0(1, 2)\n");
        assert_eq!(sleeps(&check(between(&main))).len(), 2, "{}", &file[..40]);
    }
}

#[test]
fn loops_within_loops_cost_what_they_are_deep() {
    let mut middle = String::from("def f():\n");
    for level in 1..60 {
        middle.push_str(&format!("{}for i in range(2):\n", " ".repeat(level)));
    }
    middle.push_str(&format!("{}pass\nasync def g():\n    f()\n", " ".repeat(60)));
    let analysis = check(between(&middle));
    assert!(analysis.findings.iter().any(|it| it.rule.code == "AW101"));
}

#[test]
fn many_handlers_in_one_function() {
    let body = "    try:\n        await g()\n    except asyncio.CancelledError:\n        pass\n";
    let code = format!("import asyncio\nasync def f(g):\n{}", body.repeat(1500));
    let analysis = check(code);
    assert_eq!(analysis.findings.iter().filter(|it| it.rule.code == "AW213").count(), 1500);
}

#[test]
fn a_file_that_is_too_large_is_read_from_its_start() {
    let function = "import time\nasync def poll():\n    await time.sleep(1)\n    x = 'text'\n\n";
    let analysis = check(function.repeat(5_000_000 / function.len()));
    assert!(reasons(&analysis).contains("only its first 2 MiB were analysed"));
    assert!(!reasons(&analysis).contains("syntax error"), "cut within a statement");
}

#[test]
fn a_single_giant_token_is_cut() {
    for (open, fill, close) in
        [("x = '''", "async ", "'''"), ("# ", "async", ""), ("x = a", "a", "")]
    {
        let token = format!("{open}{}{close}\n", fill.repeat(5_000_000 / fill.len()));
        let analysis = check(format!("import time\nasync def f():\n    time.sleep(1)\n{token}"));
        assert!(reasons(&analysis).contains("only its first 2 MiB"), "{open}");
        assert_eq!(sleeps(&analysis), [3], "{open}");
    }
}

#[test]
fn bytes_that_are_no_text_are_named_and_passed_over() {
    let latin = b"import time\n# caf\xe9 \xff\nasync def f(x='\xe9'):\n    time.sleep(1)\n";
    let analysis = check(latin.to_vec());
    assert_eq!(sleeps(&analysis), [4]);
    assert!(reasons(&analysis).contains("is not UTF-8"), "{}", reasons(&analysis));

    let nul = b"import time\nasync def f():\n    time.sleep(1)\n\0\0\nasync def g():\n    time.sleep(1)\n";
    let analysis = check(nul.to_vec());
    assert_eq!(sleeps(&analysis), [3, 6]);
    assert!(reasons(&analysis).contains("NUL bytes"));

    let utf16: Vec<u8> =
        "\u{feff}async def f(): pass\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let analysis = check(utf16);
    assert!(analysis.findings.is_empty());
    assert!(reasons(&analysis).contains("UTF-16"), "{}", reasons(&analysis));

    let noise: Vec<u8> =
        (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    check([b"async ".as_slice(), &noise].concat());
}

#[test]
fn line_ends_and_leading_marks_keep_lines_right() {
    let code = "import time\nasync def f():\n    time.sleep(1)\n\ttime.sleep(2)\n";
    assert_eq!(sleeps(&check(code.replace('\n', "\r\n"))).first(), Some(&3));
    assert_eq!(sleeps(&check(format!("\u{feff}{code}"))).first(), Some(&3));
    assert_eq!(sleeps(&check(code.replace("async", "\u{c}async"))).first(), Some(&3));
    // A lone carriage return ends a line for Python, but not in a diff.
    let lone = "import time\rasync def f():\r    time.sleep(1)\r";
    assert_eq!(sleeps(&check(lone)), [1]);
    let last = "import time\nasync def f():\n    time.sleep(1)";
    assert_eq!(sleeps(&check(last)), [3]);
}

#[test]
fn columns_count_characters() {
    let analysis = check("import time\nasync def f():\n    x = 'äöü😀'; time.sleep(1)\n");
    let finding = &analysis.findings[0];
    assert_eq!((finding.place.line, finding.place.column), (3, 17));
}

#[test]
fn broken_code_is_analysed_around_the_break() {
    let broken = [
        "def f(:\n    pass\n",
        "x = = 3\n",
        "class\n",
        "print 'old'\n",
        "async def half(\n\n",
        "if x\n    y = 1\n",
        "@\n",
        "x = (1,\n",
        "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n",
        "    indented = 1\n",
        "\\",
        "'''",
        "f'{'",
        "match x:\n    case\n",
        "except:\n",
    ];
    for middle in broken {
        let analysis = check(between(middle));
        assert_eq!(sleeps(&analysis).first(), Some(&3), "{middle}");
    }
    let reasons = reasons(&check(between("x = = 3\n")));
    assert!(reasons.contains("syntax error at line 4"), "{reasons}");
}

#[test]
fn nothing_at_all_is_fine() {
    for bytes in ["", "\n", "async", "\u{feff}", "#async"] {
        assert!(check(bytes).findings.is_empty());
    }
}
