//! Chance that is the same each time.

/// A generator that gives the same numbers on every machine, by Marsaglia.
pub(super) struct Chance(u64);

impl Chance {
    /// One of its own for each name.
    pub(super) fn of(name: &str) -> Self {
        // The hash by Fowler, Noll and Vo: short names that are alike get seeds that are not.
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        Self(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 up to 1.
    pub(super) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Between two numbers, the second one excluded.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.part() * (to - from) as f64) as i64
    }

    /// Whether something happens that happens so often.
    pub(super) fn happens(&mut self, often: f64) -> bool {
        self.part() < often
    }

    /// A whole number around an expected one, which the mean of many comes close to.
    pub(super) fn about(&mut self, expected: f64) -> usize {
        let wide = expected * (0.4 + 1.2 * self.part());
        let whole = wide.floor();
        whole as usize + usize::from(self.happens(wide - whole))
    }

    /// One of several; the first ones more often.
    pub(super) fn one_of<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        let part = self.part();
        &several[(part * part.sqrt() * several.len() as f64) as usize]
    }

    /// In another order.
    pub(super) fn shuffle<T>(&mut self, several: &mut [T]) {
        for last in (1..several.len()).rev() {
            several.swap(last, self.between(0, last as i64 + 1) as usize);
        }
    }

    /// What looks like a commit's name.
    pub(super) fn sha(&mut self) -> String {
        format!("{:016x}{:016x}{:08x}", self.next(), self.next(), self.next() as u32)
    }

    /// What looks like a random UUID.
    pub(super) fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_has_the_same_chance_and_another_one_has_another() {
        let drawn = |name| {
            let mut chance = Chance::of(name);
            (0..20).map(|_| chance.between(0, 1000)).collect::<Vec<_>>()
        };
        assert_eq!(drawn("acme/orders"), drawn("acme/orders"));
        assert_ne!(drawn("acme/orders"), drawn("acme/order"));
    }

    #[test]
    fn what_is_drawn_is_spread_and_keeps_to_its_bounds() {
        let mut chance = Chance::of("spread");
        let drawn: Vec<_> = (0..2000).map(|_| chance.between(3, 7)).collect();
        for value in 3..7 {
            let often = drawn.iter().filter(|drawn| **drawn == value).count();
            assert!((400..600).contains(&often), "{value}: {often}");
        }
        let sum: usize = (0..2000).map(|_| chance.about(2.5)).sum();
        assert!((4700..5300).contains(&sum), "{sum}");
    }
}
