//! What has been found out about a module already, so that nothing is worked out twice.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::ast::{ClassId, ExprId, ScopeId};
use super::callgraph::CallGraph;
use super::context::Contexts;
use super::mro::Base;
use super::order::Order;

/// Memory of a module's queries.
#[derive(Default)]
pub(super) struct Known {
    /// Resolution orders of classes; just the class while it is being worked out.
    pub(super) orders: RefCell<HashMap<ClassId, Rc<[Base]>>>,
    /// Where the values that names have at expressions were bound.
    pub(super) bound: RefCell<HashMap<ExprId, Arc<[ExprId]>>>,
    pub(super) contexts: OnceCell<Contexts>,
    pub(super) calls: OnceCell<CallGraph>,
    pub(super) order: OnceCell<Order>,
    /// Calls by the last name of what is called.
    pub(super) calls_by_name: OnceCell<HashMap<String, Vec<ExprId>>>,
    /// Scopes and names to which imports bind things, by the things' canonical names.
    pub(super) imports: OnceCell<HashMap<String, Vec<(ScopeId, String)>>>,
}
