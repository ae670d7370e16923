//! From the parser's tree to our own: one walk with one cursor.

mod exprs;
mod functions;
mod patterns;
mod simple;
mod stmts;
mod strings;

use tree_sitter::{Tree, TreeCursor};

use super::Span;
use super::ast::*;
use super::syntax::{Field, GRAMMAR, Kind};

/// Deepest nesting that is read: levels of statements and expressions below each other. What is deeper is opaque. Chains of
/// operators, of assignments and of parentheses count as one level however long they are.
pub(super) const MAX_DEPTH: u32 = 200;

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeOwner {
    Module,
    Class(ClassId),
    Function(FunctionId),
    Comprehension(ExprId),
}

/// A scope as the syntax shows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScopeNode {
    pub(super) owner: ScopeOwner,
    pub(super) outer: Option<ScopeId>,
}

/// A file's syntax.
#[derive(Debug, Default)]
pub(super) struct Syntax {
    pub(super) exprs: Vec<ExprNode>,
    pub(super) stmts: Vec<StmtNode>,
    pub(super) functions: Vec<FunctionNode>,
    pub(super) classes: Vec<ClassNode>,
    pub(super) scopes: Vec<ScopeNode>,
    pub(super) body: Block,
    /// Something was nested deeper than [`MAX_DEPTH`].
    pub(super) too_deep: bool,
}

impl Syntax {
    /// Of a file without text.
    pub(super) fn empty() -> Self {
        let scopes = vec![ScopeNode { owner: ScopeOwner::Module, outer: None }];
        Self { scopes, ..Self::default() }
    }

    /// A function within a scope, without its parts yet, and the scope of its body.
    pub(super) fn open_function(&mut self, span: Span, outer: ScopeId) -> (FunctionId, ScopeId) {
        let id = FunctionId(self.functions.len() as u32);
        let scope = ScopeId(self.scopes.len() as u32);
        self.scopes.push(ScopeNode { owner: ScopeOwner::Function(id), outer: Some(outer) });
        self.functions.push(FunctionNode {
            name: Span::at(span.start),
            span,
            is_async: false,
            stmt: None,
            expr: None,
            decorators: Vec::new(),
            params: Vec::new(),
            returns: None,
            body: Vec::new(),
            value: None,
            scope,
            outer,
            is_generator: false,
            exprs: (self.exprs.len() as u32, 0),
            stmts: (self.stmts.len() as u32, 0),
        });
        (id, scope)
    }
}

/// Reads the parser's tree.
pub(super) fn lower(tree: &Tree, text: &str) -> Syntax {
    let mut lower = Lower {
        text,
        cursor: tree.walk(),
        out: Syntax::empty(),
        parent: Parent::Stmt(StmtId(0)),
        stmt_parent: None,
        scope: ScopeId(0),
        depth: 0,
    };
    lower.out.body = lower.block();
    lower.out
}

struct Lower<'t> {
    text: &'t str,
    cursor: TreeCursor<'t>,
    out: Syntax,
    /// What the next expression hangs on.
    parent: Parent,
    /// What the next statement stands in.
    stmt_parent: Option<StmtId>,
    scope: ScopeId,
    depth: u32,
}

impl<'t> Lower<'t> {
    fn kind(&self) -> Kind {
        GRAMMAR.kind(self.cursor.node().kind_id())
    }

    fn field(&self) -> Field {
        self.cursor.field_id().map_or(Field::Other, |id| GRAMMAR.field(id.get()))
    }

    fn span(&self) -> Span {
        let range = self.cursor.node().byte_range();
        Span::new(range.start as u32, range.end as u32)
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn here(&self) -> &'t str {
        self.slice(self.span())
    }

    fn is_named(&self) -> bool {
        self.cursor.node().is_named()
    }

    /// Calls for each child but comments and the like, with the cursor on it.
    fn each(&mut self, mut visit: impl FnMut(&mut Self, Kind, Field)) {
        if !self.cursor.goto_first_child() {
            return;
        }
        loop {
            let kind = self.kind();
            if !kind.is_extra() {
                let field = self.field();
                visit(self, kind, field);
            }
            if !self.cursor.goto_next_sibling() {
                break;
            }
        }
        self.cursor.goto_parent();
    }

    /// Reserves the place of an expression, so that numbers follow the order of the file.
    fn reserve(&mut self, span: Span) -> ExprId {
        let id = ExprId(self.out.exprs.len() as u32);
        let kind = ExprKind::Opaque(Vec::new());
        self.out.exprs.push(ExprNode { span, parent: self.parent, scope: self.scope, kind });
        id
    }

    /// An expression whose parts are made by the function.
    fn make(&mut self, span: Span, parts: impl FnOnce(&mut Self, ExprId) -> ExprKind) -> ExprId {
        let id = self.reserve(span);
        let outer = std::mem::replace(&mut self.parent, Parent::Expr(id));
        let kind = parts(self, id);
        self.parent = outer;
        self.out.exprs[id.0 as usize].kind = kind;
        id
    }

    /// A name that is not an expression in the tree.
    fn name_at(&mut self, span: Span) -> ExprId {
        self.make(span, |_, _| ExprKind::Name)
    }

    fn new_scope(&mut self, owner: ScopeOwner) -> ScopeId {
        let id = ScopeId(self.out.scopes.len() as u32);
        self.out.scopes.push(ScopeNode { owner, outer: Some(self.scope) });
        id
    }

    fn in_scope<T>(&mut self, scope: ScopeId, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = run(self);
        self.scope = outer;
        result
    }

    /// Goes one level down; `None` when that is too deep.
    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.out.too_deep = true;
            return None;
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        Some(result)
    }
}

/// Whether a node of this kind is an expression.
fn is_expression(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        Attribute
            | Await
            | BinaryOperator
            | BooleanOperator
            | Call
            | ComparisonOperator
            | ConcatenatedString
            | ConditionalExpression
            | Dictionary
            | DictionaryComprehension
            | Ellipsis
            | ExpressionList
            | False
            | Float
            | GeneratorExpression
            | Identifier
            | Integer
            | Lambda
            | List
            | ListComprehension
            | ListPattern
            | ListSplat
            | ListSplatPattern
            | NamedExpression
            | None
            | NotOperator
            | ParenthesizedExpression
            | PatternList
            | Set
            | SetComprehension
            | String
            | Subscript
            | True
            | Tuple
            | TuplePattern
            | UnaryOperator
            | Yield
            | AsPattern
            | Type
    )
}

/// Whether a node of this kind is a statement.
fn is_statement(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        AssertStatement
            | BreakStatement
            | ClassDefinition
            | ContinueStatement
            | DecoratedDefinition
            | DeleteStatement
            | ExecStatement
            | ExpressionStatement
            | ForStatement
            | FunctionDefinition
            | FutureImportStatement
            | GlobalStatement
            | IfStatement
            | ImportFromStatement
            | ImportStatement
            | MatchStatement
            | NonlocalStatement
            | PassStatement
            | PrintStatement
            | RaiseStatement
            | ReturnStatement
            | TryStatement
            | TypeAliasStatement
            | WhileStatement
            | WithStatement
    )
}
