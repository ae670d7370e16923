//! The order in which a class and its bases are looked through for an attribute.

use std::rc::Rc;

use super::handles::Class;
use super::project::ClassRef;
use super::value::Value;

/// Deepest chain of bases that is followed.
const DEEPEST: u32 = 16;

/// Most classes in one order.
const MOST: usize = 64;

/// A class in a resolution order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// A class of the repository.
    Class(ClassRef),
    /// A class from outside, by its canonical name.
    External(String),
    /// A base of which nothing is known.
    Unknown,
}

impl<'m> Class<'m> {
    /// The class itself, then its bases as Python orders them (C3). Bases from outside count as having none of their own. Where
    /// no such order exists, and behind [`DEEPEST`] and [`MOST`], bases come in the order in which they are met.
    pub(super) fn order(self) -> Rc<[Base]> {
        self.ordered(0)
    }

    fn ordered(self, depth: u32) -> Rc<[Base]> {
        let known = &self.module.known().orders;
        if let Some(order) = known.borrow().get(&self.id) {
            return Rc::clone(order);
        }
        let own = Base::Class(self.reference());
        if depth >= DEEPEST {
            return Rc::from([own]);
        }
        // A class that is its own base ends the round here.
        known.borrow_mut().insert(self.id, Rc::from([own.clone()]));
        let bases = self.bases();
        let project = self.module.project;
        let line = |base: &Base| match base {
            Base::Class(class) => project.class(*class).ordered(depth + 1).to_vec(),
            other => vec![other.clone()],
        };
        let mut lines: Vec<Vec<Base>> = bases.iter().map(line).collect();
        lines.push(bases);
        let mut order = vec![own];
        order.extend(merged(lines));
        order.truncate(MOST);
        let order: Rc<[Base]> = order.into();
        if project.answers.is_cut() {
            known.borrow_mut().remove(&self.id);
        } else {
            known.borrow_mut().insert(self.id, Rc::clone(&order));
        }
        order
    }

    /// What stands between the parentheses, one value of each.
    fn bases(self) -> Vec<Base> {
        let bases = self.node().bases.iter().filter(|base| base.keyword.is_none());
        let mut found = Vec::new();
        for base in bases {
            for value in self.module.values(base.value).iter() {
                let base = match value {
                    Value::Class(class) if *class != self.reference() => Base::Class(*class),
                    Value::External(name) => Base::External(name.clone()),
                    _ => Base::Unknown,
                };
                if !found.contains(&base) {
                    found.push(base);
                }
            }
        }
        found
    }

    /// The class and its bases in the repository, in the order in which they are looked through.
    pub fn with_bases(self) -> Vec<Class<'m>> {
        self.lineage().0
    }

    /// A class and its bases: those in the repository, itself first, and the names of those from outside.
    pub(super) fn lineage(self) -> (Vec<Class<'m>>, Vec<String>) {
        let (mut locals, mut externals) = (Vec::new(), Vec::new());
        for base in self.order().iter() {
            match base {
                Base::Class(class) => locals.push(self.module.project.class(*class)),
                Base::External(name) => externals.push(name.clone()),
                Base::Unknown => {}
            }
        }
        (locals, externals)
    }
}

/// Takes the first head that stands in no tail, again and again.
fn merged(mut lines: Vec<Vec<Base>>) -> Vec<Base> {
    let mut order = Vec::new();
    loop {
        lines.retain(|line| !line.is_empty());
        let in_tail = |head: &Base| lines.iter().any(|line| line[1..].contains(head));
        let good = lines.iter().map(|line| &line[0]).find(|head| !in_tail(head));
        let Some(next) = good.or(lines.first().map(|line| &line[0])).cloned() else {
            return order;
        };
        for line in &mut lines {
            line.retain(|base| *base != next);
        }
        order.push(next);
    }
}
