//! Mutations that leave most of a Python file Python.

/// Words around which the rules turn.
const WORDS: [&str; 40] = [
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
