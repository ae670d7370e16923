//! What is known about names that come from outside a repository: the vocabulary of library facts.
//!
//! The facts themselves are data elsewhere; resolution asks for them through [`Library`].

mod fact;
mod make;

pub use fact::*;
pub use make::*;

/// Where facts are looked up. Names are dotted: `time.sleep`, `asyncpg.Pool.acquire`, `builtins.open`.
pub trait Library: Send + Sync {
    /// The name under which facts are kept: `aiohttp.client.ClientSession` is `aiohttp.ClientSession`.
    fn canonical(&self, name: &str) -> String;

    /// What is known of a canonical name.
    fn fact(&self, name: &str) -> Option<Fact<'_>>;

    /// The canonical name of a class's member with a fact of its own, looked for in the class, then in its bases.
    fn member(&self, class: &str, name: &str) -> Option<String> {
        let mut todo = vec![class.to_owned()];
        for step in 0..16 {
            let class = todo.get(step)?.clone();
            let member = format!("{class}.{name}");
            if self.fact(&member).is_some() {
                return Some(member);
            }
            todo.extend(
                self.fact(&class).into_iter().flat_map(|it| it.bases.iter()).map(str::to_owned),
            );
        }
        None
    }

    /// Whether a canonical class is another one or derives from it.
    fn derives(&self, class: &str, ancestor: &str) -> bool {
        let mut todo = vec![class.to_owned()];
        for step in 0..32 {
            let Some(class) = todo.get(step).cloned() else { return false };
            if class == ancestor {
                return true;
            }
            todo.extend(
                self.fact(&class).into_iter().flat_map(|it| it.bases.iter()).map(str::to_owned),
            );
        }
        false
    }
}
