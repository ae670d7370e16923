//! Code that is deep in any way leaves room on the stack, whose end would be the end of the process.

use asyncwarden::analysis::check_tree_on_stack;
use asyncwarden::change::MemoryTree;
use asyncwarden::policy::Policy;

use super::{between, reasons, sleeps};

/// Code that leads the analysis deep, however it recurses.
fn deep_code() -> Vec<String> {
    let deep = 5000;
    let around = |open: &str, inner: &str, close: &str| {
        between(&format!("x = {}{inner}{}\n", open.repeat(deep), close.repeat(deep)))
    };
    let indented = |open: &str, levels: usize| {
        let mut code = String::new();
        for level in 0..levels {
            code.push_str(&format!("{}{open}\n", " ".repeat(level)));
        }
        between(&format!("{code}{}pass\n", " ".repeat(levels)))
    };
    let numbered = |line: &dyn Fn(usize) -> String| -> String {
        between(&(0..deep).map(line).collect::<String>())
    };
    let mut all = vec![
        around("(", "1", ")"),
        around("[", "1", "]"),
        around("{", "1", "}"),
        around("{1: ", "1", "}"),
        around("f(", "1", ")"),
        around("a[", "1", "]"),
        around("not ", "1", ""),
        around("-", "1", ""),
        around("await ", "x", ""),
        around("lambda: ", "1", ""),
        around("lambda x=", "1", ": 1"),
        around("1 if x else ", "1", ""),
        around("[x for x in ", "y", "]"),
        around("f'{", "1", "}'"),
        around("f\"{f'{", "1", "}'}\""),
        around("(x := ", "1", ")"),
        around("*", "a", ""),
        around("a", "", ".b"),
        around("a", "", "()"),
        around("a", "", "[0]"),
        around("1", "", " + 1"),
        around("2", "", " ** 2"),
        around("a", "", " and b or c"),
        around("a = ", "1", ""),
        around("'a' ", "'b'", ""),
        between(&format!("x: \"{}int{}\" = 1\n", "list[".repeat(deep), "]".repeat(deep))),
        between(&format!("def f(x: '{}int{}'): pass\n", "a[".repeat(deep), "]".repeat(deep))),
        between(&format!("match x:\n case {}1{}: pass\n", "[".repeat(deep), "]".repeat(deep))),
        between(&format!("match x:\n case {}1: pass\n", "1 | ".repeat(deep))),
        between(&format!("match x:\n case {}1{}: pass\n", "A(".repeat(deep), ")".repeat(deep))),
        between(&format!("{}def f(): pass\n", "@d\n".repeat(deep))),
        between(&format!("import {}x\n", "a.".repeat(deep))),
        between(&format!("from {}a import b\n", ".".repeat(deep))),
        between(&format!("if a:\n    pass\n{}", "elif b:\n    pass\n".repeat(deep))),
        between(&format!("try:\n    pass\n{}", "except A:\n    pass\n".repeat(deep))),
        between(&format!("del {}a{}\n", "(".repeat(deep), ")".repeat(deep))),
        between(&format!("for {}a{} in b: pass\n", "(".repeat(deep), ",)".repeat(deep))),
        between(&format!("with {}a{} as b: pass\n", "(".repeat(deep), ")".repeat(deep))),
        between(&format!("def f[{}T]() -> None: pass\n", "T: ".repeat(deep))),
        between(&format!("type X = {}int{}\n", "list[".repeat(deep), "]".repeat(deep))),
        numbered(&|n| format!("def f{n}():\n    f{}()\n", n + 1)),
        numbered(&|n| format!("def f{n}():\n    return f{}()\n", n + 1)),
        numbered(&|n| format!("async def f{n}():\n    await f{}()\n", n + 1)),
        numbered(&|n| format!("class C{}(C{n}):\n    def m(self): return super().m()\n", n + 1)),
        numbered(&|n| format!("x{} = x{n}\n", n + 1)),
        numbered(&|n| format!("x{n} = lambda: x{}()\n", n + 1)),
        numbered(&|n| format!("def d{n}(f): return d{}(f)\n", n + 1)),
        numbered(&|n| format!("x{} = [x{n}, x{n}]\n", n + 1)),
        numbered(&|n| format!("T{n} = 'T{}'\n", n + 1)),
        numbered(&|n| format!("class A{n}:\n    a: 'A{}'\n", n + 1)),
    ];
    for open in [
        "if x:",
        "while x:",
        "for x in y:",
        "with x:",
        "async with x:",
        "try:",
        "def f():",
        "async def f():",
        "class A:",
        "match x:",
        "case 1:",
        "else:",
        "@d",
    ] {
        all.push(indented(open, 500));
    }
    all
}

/// A quarter of what the threads that analyse have; unoptimised code takes several times as much as what is shipped.
const SMALL_STACK: usize = 4 * 1024 * 1024;

#[test]
fn no_code_is_so_deep_that_the_stack_ends() {
    for code in deep_code() {
        let main = format!("{code}\nasync def main():\n    f0()\n    x0()\n    d0(f1)\n");
        let tree: MemoryTree = [("app.py", main.into_bytes())].into_iter().collect();
        let paths = ["app.py".to_owned()];
        let analysis = check_tree_on_stack(SMALL_STACK, &tree, &paths, &Policy::default());
        assert!(
            !reasons(&analysis).contains("failed on it"),
            "{}: {}",
            &code[..60],
            reasons(&analysis)
        );
    }
}

#[test]
fn modules_that_lead_to_each_other_end() {
    let count = 400;
    let shapes: [&dyn Fn(usize) -> String; 3] = [
        &|n| {
            format!(
                "from m{} import *\nfrom m{} import f as f{n}\ndef f(): f{n}()\n",
                (n + 1) % count,
                (n + 1) % count
            )
        },
        &|n| {
            format!(
                "from m{} import C as B\nclass C(B):\n    def run(self): return super().run()\n",
                (n + 1) % count
            )
        },
        &|n| {
            format!(
                "import m{}\nx = m{}.x\ndef f(): return m{}.f()\n",
                (n + 1) % count,
                (n + 1) % count,
                (n + 7) % count
            )
        },
    ];
    for shape in shapes {
        let module = |n: usize| (format!("m{n}.py"), shape(n).into_bytes());
        let user = "import time\nfrom m0 import *\nimport m0\nasync def main():\n    f()\n    C().run()\n    m0.x()\n    time.sleep(1)\n";
        let user = ("app.py".to_owned(), user.as_bytes().to_vec());
        let tree: MemoryTree = (0..count).map(module).chain([user]).collect();
        let analysis =
            check_tree_on_stack(SMALL_STACK, &tree, &["app.py".to_owned()], &Policy::default());
        assert_eq!(sleeps(&analysis), [8]);
    }
}
