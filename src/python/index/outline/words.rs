//! Words as numbers.

/// The words that the scanner acts on, and those that name nothing. Their position is their number.
const KEYWORDS: [&str; 37] = [
    "def", "class", "async", "await", "import", "from", "as", "yield", "lambda", "for", "return",
    "with", "while", "try", "raise", "pass", "del", "global", "if", "in", "is", "not", "and", "or",
    "None", "True", "False", "self", "else", "elif", "except", "finally", "assert", "break",
    "continue", "nonlocal", "cls",
];

/// A keyword's number.
pub(super) const fn keyword(word: &str) -> u32 {
    let mut at = 0;
    while at < KEYWORDS.len() {
        let (a, b) = (KEYWORDS[at].as_bytes(), word.as_bytes());
        let mut same = a.len() == b.len();
        let mut byte = 0;
        while same && byte < a.len() {
            same = a[byte] == b[byte];
            byte += 1;
        }
        if same {
            return at as u32;
        }
        at += 1;
    }
    panic!("not a keyword");
}

/// A word's hash. It is stored, so that it is the same on all machines.
pub fn hash(word: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut sum = word.len() as u64;
    let mut rest = word;
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        sum = (sum.rotate_left(23) ^ u64::from_le_bytes(*eight)).wrapping_mul(FACTOR);
        rest = behind;
    }
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    let tail = u64::from_le_bytes(tail);
    sum = (sum.rotate_left(23) ^ tail).wrapping_mul(FACTOR);
    sum = (sum ^ sum >> 32).wrapping_mul(FACTOR);
    (sum >> 32) as u32
}

/// The words of a file, numbered as they come.
pub(super) struct Words {
    /// Numbers plus one, by hash; a power of two of them.
    slots: Vec<u32>,
    pub(super) hashes: Vec<u32>,
    /// The member that mentioned a word last, plus one.
    stamps: Vec<u32>,
}

impl Words {
    pub(super) fn new(bytes: usize) -> Self {
        let slots = vec![0; (bytes / 16).next_power_of_two().clamp(256, 1 << 16)];
        let mut words =
            Self { slots, hashes: Vec::with_capacity(128), stamps: Vec::with_capacity(128) };
        for keyword in KEYWORDS {
            words.number(keyword.as_bytes());
        }
        words
    }

    /// The number of a word; below [`Words::KEYWORDS`] for keywords. Words of one hash have one number.
    pub(super) fn number(&mut self, word: &[u8]) -> u32 {
        let hash = hash(word);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.slots[at] {
                0 => break,
                id if self.hashes[id as usize - 1] == hash => return id - 1,
                _ => at = (at + 1) & mask,
            }
        }
        let id = self.hashes.len() as u32;
        self.hashes.push(hash);
        self.stamps.push(0);
        self.slots[at] = id + 1;
        if self.hashes.len() * 2 > self.slots.len() {
            self.grow();
        }
        id
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        self.slots = vec![0; mask + 1];
        for (id, hash) in self.hashes.iter().enumerate() {
            let mut at = *hash as usize & mask;
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = id as u32 + 1;
        }
    }

    /// How many keywords there are. Their numbers are stored for nobody.
    pub(super) const KEYWORDS: u32 = KEYWORDS.len() as u32;

    /// Whether this is the first mention of a word by a member.
    pub(super) fn is_new_for(&mut self, word: u32, member: u32) -> bool {
        let stamp = &mut self.stamps[word as usize];
        let new = *stamp != member + 1;
        *stamp = member + 1;
        new
    }
}
