//! Mutations: such as leave most of a Python file Python, and such as damage any input.

/// Words around which the rules turn.
const WORDS: [&str; 46] = [
    "async def f():\n",
    "def g(self):\n",
    "await ",
    "async with ",
    "async for ",
    "yield ",
    "return ",
    "import asyncio\n",
    "import time\n",
    "from . import b\n",
    "from b import *\n",
    "from .b import f as g\n",
    "class A(B):\n",
    "class B(A):\n",
    "self.x = ",
    "super().",
    "lambda: ",
    "try:\n",
    "except BaseException:\n",
    "except:\n",
    "finally:\n",
    "raise\n",
    "while True:\n",
    "asyncio.create_task(",
    "asyncio.gather(*",
    "asyncio.run(",
    "time.sleep(1)\n",
    "requests.get(",
    "functools.partial(",
    "loop.call_soon(",
    "asyncio.to_thread(",
    "@property\n",
    "@staticmethod\n",
    ": 'Optional[A]'",
    " -> \"A\"",
    "if TYPE_CHECKING:\n",
    "global x\n",
    "nonlocal x\n",
    "match x:\n",
    "case _:\n",
    "  # asyncwarden: ignore[AW501]",
    "  # asyncwarden: ignore",
    "# asyncwarden: ignore-file[dangling-task]\n",
    "  # noqa: ASYNC251",
    "blocking-sleep, ",
    "]",
];

/// A source of small numbers.
struct Dice(u64);

impl Dice {
    /// Below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64: any sequence will do.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// Removes, doubles, moves, indents or joins lines of a file, or puts a word in. The result is shorter than `longest`.
pub fn mutate(data: &[u8], seed: u32, longest: usize) -> Vec<u8> {
    let mut dice = Dice(u64::from(seed) << 1 | 1);
    let mut lines: Vec<Vec<u8>> =
        data.split_inclusive(|it| *it == b'\n').map(<[u8]>::to_vec).collect();
    for _ in 0..=dice.below(4) {
        if lines.is_empty() {
            lines.push(b"\n".to_vec());
        }
        let at = dice.below(lines.len());
        let to = dice.below(lines.len());
        match dice.below(8) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(to, lines[at].clone()),
            2 => lines.swap(at, to),
            3 => {
                lines[at].splice(0..0, *b"    ");
            }
            4 => {
                let indent = lines[at].iter().take_while(|it| **it == b' ').count().min(4);
                lines[at].drain(..indent);
            }
            5 => {
                lines[at].pop();
            }
            6 => {
                let word = WORDS[dice.below(WORDS.len())].as_bytes();
                let column = dice.below(lines[at].len() + 1);
                lines[at].splice(column..column, word.iter().copied());
            }
            _ => {
                let (from, to) = (at.min(to), at.max(to));
                let block: Vec<Vec<u8>> = lines.drain(from..to.min(from + 12)).collect();
                let behind = dice.below(lines.len() + 1);
                lines.splice(behind..behind, block);
            }
        }
    }
    let mut bytes = lines.concat();
    bytes.truncate(longest);
    bytes
}

/// Characters and words that mean something where untrusted text is read or written.
const MARKS: [&str; 34] = [
    "\n",
    "\n\n",
    "\n%%\n",
    "\r\n",
    "\0",
    " ",
    "`",
    "```",
    "``",
    "\\",
    "@octocat",
    "@asyncwarden ",
    "<b>",
    "</details>",
    "<!-- ",
    " -->",
    "&commat;",
    "&#64;",
    "![x](y)",
    "](https://a.example)",
    "[",
    "|",
    "@@ -1 +1 @@\n",
    "--- a/x\n+++ b/x\n",
    "-",
    "+",
    "\u{202e}",
    "ä",
    "\"",
    "'",
    "{",
    "= ",
    ",",
    "//",
];

/// Changes a few bytes, or puts a word in, takes a piece out or repeats one. The result is shorter than `longest`.
pub fn damage(data: &[u8], seed: u32, longest: usize) -> Vec<u8> {
    let mut dice = Dice(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut bytes = data.to_vec();
    for _ in 0..=dice.below(5) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + 1 + dice.below(20)).min(bytes.len());
        match dice.below(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            _ => {
                let mark = MARKS[dice.below(MARKS.len())].bytes();
                bytes.splice(at..at, mark);
            }
        }
    }
    bytes.truncate(longest);
    bytes
}
