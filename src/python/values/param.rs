//! Parameters: what their annotation says, the instance or class of a method, and else what they are given where the function
//! is called.

use super::super::answers::Question;
use super::super::ast::*;
use super::super::handles::{Call, Expr, Function};
use super::super::module::Module;
use super::super::value::{Type, Value};
use super::{is_useful, single};

/// Most calls in one file that are looked at for one parameter.
const MOST_CALLS: usize = 24;

/// Most files, beside its own and the one that is checked, whose calls are looked at for one parameter.
const MOST_FILES: usize = 4;

/// Parameters that runners of tests and frameworks fill by their names.
const FILLED: [&str; 4] = ["test_", "pytest_", "on_", "handle_"];

impl<'m> Module<'m> {
    /// What a parameter may be.
    pub(super) fn param_values(self, function: FunctionId, index: usize) -> Vec<Value> {
        let function = self.function(function);
        let param = function.node().params[index];
        if let Some(annotation) = param.annotation {
            let declared = self.annotated(annotation);
            return match param.kind {
                ParamKind::Star => vec![Value::Items(Box::new(single(declared)))],
                ParamKind::DoubleStar => vec![Value::Map(Box::new(single(declared)))],
                _ => declared,
            };
        }
        if index == 0
            && let Some(own) = function.receiver()
        {
            return vec![own];
        }
        if !matches!(param.kind, ParamKind::Plain | ParamKind::KeywordOnly) {
            return vec![Value::Unknown];
        }
        if self.slice(param.name) == "ctx" && function.is_chat_command() {
            return vec![Value::instance("discord.ext.commands.Context")];
        }
        let question = Question::Param(function.reference(), index);
        self.project.answers.get(question, || function.given(index)).to_vec()
    }
}

impl<'m> Function<'m> {
    /// Whether it is a command of a discord bot, as its decorator and the file's imports say: its `ctx` is the framework's.
    fn is_chat_command(self) -> bool {
        let text = self.module.text();
        let decorates = |it: Expr<'m>| {
            let call = it.as_call().and_then(Call::method);
            matches!(call, Some("command" | "group" | "hybrid_command" | "hybrid_group"))
        };
        self.node().is_async
            && (text.contains("import discord") || text.contains("import commands"))
            && self.decorators().any(decorates)
    }

    /// What a method's first parameter is; `None` for what is no method, and for static ones.
    fn receiver(self) -> Option<Value> {
        let class = self.class()?.reference();
        let marked = |name: &str| self.decorators().any(|it| it.is(&format!("builtins.{name}")));
        if marked("staticmethod") {
            None
        } else if marked("classmethod") || matches!(self.name(), "__new__" | "__init_subclass__") {
            Some(Value::Class(class))
        } else {
            Some(Value::Instance(Type::Local(class)))
        }
    }

    /// What the parameter is given by its default and by the calls that are known: those of its own file, of the file that
    /// is checked, and when they say nothing, of some other files that mention the function.
    fn given(self, index: usize) -> Vec<Value> {
        let project = self.module.project;
        let default = self.node().params[index].default;
        let mut found = default.map_or_else(Vec::new, |id| self.module.values(id).to_vec());
        found.retain(|value| is_useful(value) && *value != Value::Plain);
        let name = match self.class() {
            Some(class) if self.name() == "__init__" => class.name(),
            _ => self.name(),
        };
        if name.is_empty() || FILLED.iter().any(|prefix| name.starts_with(prefix)) {
            return found;
        }
        let mut here = vec![self.module];
        if project.module() != self.module {
            here.push(project.module());
        }
        for module in &here {
            found.extend(self.given_in(*module, name, index));
        }
        if found.is_empty() {
            let others = project.mentioning(name, MOST_FILES + here.len());
            let others = others.into_iter().filter(|module| !here.contains(module));
            for module in others.take(MOST_FILES) {
                found.extend(self.given_in(module, name, index));
            }
        }
        found
    }

    /// What calls of a file give to the parameter.
    fn given_in(self, module: Module<'m>, name: &str, index: usize) -> Vec<Value> {
        let calls = module.calls_of(name).into_iter().take(MOST_CALLS);
        let given = calls.filter_map(|call| self.argument_of(call, index));
        // What a callback does belongs to where it is handed over, not to where it is called.
        let callback = |value: &Value| {
            matches!(value, Value::Function(_) | Value::Method(_) | Value::Partial(_))
        };
        let values = given.flat_map(Expr::values);
        values.filter(|value| is_useful(value) && !callback(value)).collect()
    }

    /// The argument that a call of the function gives to a parameter.
    pub(in super::super) fn argument_of(
        self,
        call: Call<'m>,
        index: usize,
    ) -> Option<super::Expr<'m>> {
        let own = self.reference();
        let bound = call.callee().values().iter().find_map(|value| match value {
            Value::Function(function) if *function == own => Some(false),
            Value::Method(function) if *function == own => Some(self.receiver().is_some()),
            Value::Class(class) if self.class().is_some_and(|it| it.reference() == *class) => {
                Some(true)
            }
            _ => None,
        })?;
        let param = self.node().params[index];
        let named = call.keyword(self.module.slice(param.name));
        let positional = || {
            let position = index.checked_sub(usize::from(bound))?;
            (param.kind == ParamKind::Plain).then(|| call.positional(position)).flatten()
        };
        named.or_else(positional)
    }
}

impl<'m> Module<'m> {
    /// The calls of something that is called so: `name(…)`, `any.name(…)`.
    pub(in super::super) fn calls_of(self, name: &str) -> Vec<Call<'m>> {
        let all = self.source().calls_by_name.get_or_init(|| {
            let mut all: crate::python::Table<String, Vec<ExprId>> = Default::default();
            for call in self.calls() {
                if let Some(method) = call.method() {
                    all.entry(method.to_owned()).or_default().push(call.id());
                }
            }
            all
        });
        let calls = all.get(name).into_iter().flatten();
        calls.map(|id| Call { expr: self.expr(*id) }).collect()
    }
}
