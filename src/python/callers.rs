//! Who calls a function of the repository, as far as that is cheap to know.

use super::handles::{Call, Class, Function};
use super::module::Module;
use super::value::Value;

/// Most files, beside the function's own and the one that is checked, whose calls are looked at.
const MOST_FILES: usize = 6;

/// Most calls in one file that are looked at.
const MOST_CALLS: usize = 24;

impl<'m> Function<'m> {
    /// The calls of it: those in its own file and in the one that is checked, and those in some others that mention it.
    pub fn callers(self) -> Vec<Call<'m>> {
        let calls = calls_near(self.module, self.name());
        calls.into_iter().filter(|call| call.callee().functions().contains(&self)).collect()
    }

    /// Whether the project declares it as the entry of a program: `name = "package.module:function"`.
    pub fn is_declared_script(self) -> bool {
        let path = self.module.path();
        let path = path.strip_suffix(".py").unwrap_or(path);
        let path = path.strip_suffix("/__init__").unwrap_or(path).replace('/', ".");
        self.class().is_none()
            && self.module.project.index().scripts().iter().any(|(module, function)| {
                function == self.name()
                    && path
                        .strip_suffix(module.as_str())
                        .is_some_and(|it| it.is_empty() || it.ends_with('.'))
            })
    }
}

impl<'m> Class<'m> {
    /// The calls that make its instances: those in its own file and in the one that is checked, and those in some others that
    /// mention it.
    pub fn instantiations(self) -> Vec<Call<'m>> {
        let made = [Value::Class(self.reference())];
        let calls = calls_near(self.module(), self.name());
        calls.into_iter().filter(|call| call.callee().values() == made).collect()
    }
}

/// Calls by a name in the file that defines it, in the one that is checked, and in some others.
fn calls_near<'m>(home: Module<'m>, name: &str) -> Vec<Call<'m>> {
    let project = home.project;
    let mut files = vec![home];
    for module in std::iter::once(project.module()).chain(project.mentioning(name, MOST_FILES + 2))
    {
        if !files.contains(&module) {
            files.push(module);
        }
    }
    let calls = |module: Module<'m>| module.calls_of(name).into_iter().take(MOST_CALLS);
    files.into_iter().flat_map(calls).collect()
}
