//! What has been found out about a module already, so that nothing is worked out twice.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Runner;
use super::ast::{ClassId, ExprId, FunctionId, ScopeId};
use super::callgraph::CallGraph;
use super::context::Contexts;
use super::flow::Graph;
use super::mro::Base;
use super::numbers::ByNumber;
use super::runs::Run;
use super::table::Table;
use super::value::Value;

/// Answers by the number of what was asked about.
type Memo<K, V> = RefCell<HashMap<K, V, ByNumber>>;

/// Where a variable is read, by the names that give it its value there.
pub(super) type Uses = Table<ExprId, Vec<ExprId>>;

/// Memory of a module's queries.
#[derive(Default)]
pub(super) struct Known {
    /// What expressions may be, by their numbers, where that holds for good; empty until something is known.
    pub(super) values: RefCell<Vec<Option<Arc<[Value]>>>>,
    /// Resolution orders of classes; just the class while it is being worked out.
    pub(super) orders: Memo<ClassId, Rc<[Base]>>,
    /// Where variables are read, by the names that give them their value there.
    pub(super) uses: RefCell<Table<(ScopeId, String), Rc<Uses>>>,
    /// Control flow of functions, by number, and last that of the module's own code.
    pub(super) flows: OnceCell<Vec<OnceCell<Graph>>>,
    pub(super) contexts: OnceCell<Contexts>,
    /// See [`super::Module::calls_in_focus`].
    pub(super) calls_in_focus: OnceCell<Vec<ExprId>>,
    /// See [`super::Module::calls_on_the_loop`].
    pub(super) calls_on_the_loop: OnceCell<Vec<ExprId>>,
    pub(super) calls: OnceCell<CallGraph>,
    /// What calls hand over.
    pub(super) hands: Memo<ExprId, Rc<[(ExprId, Runner)]>>,
    /// What functions do with the callables that they are given.
    pub(super) hand_on: Memo<FunctionId, Rc<[(usize, Runner)]>>,
    /// What expressions run; nothing for most.
    pub(super) runs: Memo<ExprId, Option<Rc<Run>>>,
    /// Scopes and names to which imports bind things, by the things' canonical names.
    pub(super) imports: OnceCell<Table<String, Vec<(ScopeId, String)>>>,
}
