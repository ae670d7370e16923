//! The part of the GraphQL language that clients send: one operation, variables, selections, inline fragments.

use serde_json::{Map, Value};

/// A parsed request.
#[derive(Debug)]
pub(super) struct Operation {
    /// Whether it changes something.
    pub mutation: bool,
    /// What it selects at the top.
    pub fields: Vec<Field>,
}

/// A field with its arguments, and what is selected below it.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name in the schema.
    pub name: String,
    /// Its name in the answer.
    pub alias: String,
    /// Arguments with the variables put in.
    pub arguments: Map<String, Value>,
    /// Empty for a scalar.
    pub fields: Vec<Field>,
}

/// Parses a document with one operation and puts the variables in.
pub(super) fn parse(text: &str, variables: &Map<String, Value>) -> Result<Operation, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, given: variables, declared: None };
    let operation = parser.operation()?;
    match parser.peek() {
        None => Ok(operation),
        Some(token) => Err(format!("Parse error on {token:?}: one operation is expected")),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Sign(char),
    Spread,
    Text(String),
    Number(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        match chars[at] {
            ' ' | '\t' | '\n' | '\r' | ',' | '\u{feff}' => at += 1,
            '#' => at += run(&chars[at..], |c| c != '\n'),
            '_' | 'a'..='z' | 'A'..='Z' => {
                at += run(&chars[at..], |c| c == '_' || c.is_ascii_alphanumeric());
                found.push(Token::Name(chars[start..at].iter().collect()));
            }
            '-' | '0'..='9' => {
                at += 1 + run(&chars[at + 1..], |c| c.is_ascii_digit() || c == '.');
                found.push(Token::Number(chars[start..at].iter().collect()));
            }
            '"' => {
                let (text, length) = string(&chars[at..])?;
                at += length;
                found.push(Token::Text(text));
            }
            '.' if chars[at..].starts_with(&['.', '.', '.']) => {
                at += 3;
                found.push(Token::Spread);
            }
            sign @ ('{' | '}' | '(' | ')' | '[' | ']' | ':' | '$' | '!' | '=' | '@') => {
                at += 1;
                found.push(Token::Sign(sign));
            }
            other => return Err(format!("Parse error on {other:?}")),
        }
    }
    Ok(found)
}

fn run(chars: &[char], belongs: impl Fn(char) -> bool) -> usize {
    chars.iter().take_while(|c| belongs(**c)).count()
}

/// A quoted string and how many characters it takes. JSON's escapes are GraphQL's.
fn string(chars: &[char]) -> Result<(String, usize), String> {
    let mut escaped = false;
    for (at, c) in chars.iter().enumerate().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let quoted: String = chars[..=at].iter().collect();
                let text = serde_json::from_str(&quoted).map_err(|error| error.to_string())?;
                return Ok((text, at + 1));
            }
            _ => {}
        }
    }
    Err("Parse error: a string does not end".into())
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    given: &'a Map<String, Value>,
    /// The operation's variables with their defaults; `None` before they are read.
    declared: Option<Map<String, Value>>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or("Parse error on end of file")?;
        self.at += 1;
        Ok(token)
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        Err(format!("Parse error on {:?}: {sign:?} is expected", self.peek()))
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next()? {
            Token::Name(name) => Ok(name),
            other => Err(format!("Parse error on {other:?}: a name is expected")),
        }
    }

    fn operation(&mut self) -> Result<Operation, String> {
        let mut mutation = false;
        if let Some(Token::Name(kind)) = self.peek().cloned() {
            mutation = kind == "mutation";
            if !mutation && kind != "query" {
                return Err(format!("Parse error on {kind:?}"));
            }
            self.at += 1;
            if let Some(Token::Name(_)) = self.peek() {
                self.at += 1;
            }
            self.variables()?;
        }
        Ok(Operation { mutation, fields: self.selection()? })
    }

    fn variables(&mut self) -> Result<(), String> {
        let mut declared = Map::new();
        if self.take('(') {
            while !self.take(')') {
                self.expect('$')?;
                let name = self.name()?;
                self.expect(':')?;
                let required = self.variable_type()?;
                let default = if self.take('=') { self.value()? } else { Value::Null };
                let value = self.given.get(&name).cloned().unwrap_or(default);
                if required && value.is_null() {
                    return Err(format!(
                        "Variable ${name} of required type was provided invalid value"
                    ));
                }
                declared.insert(name, value);
            }
        }
        self.declared = Some(declared);
        Ok(())
    }

    /// Reads a type and says whether null is refused.
    fn variable_type(&mut self) -> Result<bool, String> {
        if self.take('[') {
            self.variable_type()?;
            self.expect(']')?;
        } else {
            self.name()?;
        }
        Ok(self.take('!'))
    }

    fn selection(&mut self) -> Result<Vec<Field>, String> {
        self.expect('{')?;
        let mut fields = Vec::new();
        while !self.take('}') {
            if self.peek() == Some(&Token::Spread) {
                self.at += 1;
                if self.name()? != "on" {
                    return Err("Parse error: only inline fragments are understood here".into());
                }
                self.name()?;
                fields.extend(self.selection()?);
            } else {
                fields.push(self.field()?);
            }
        }
        if fields.is_empty() {
            return Err("Parse error: an empty selection".into());
        }
        Ok(fields)
    }

    fn field(&mut self) -> Result<Field, String> {
        let alias = self.name()?;
        let name = if self.take(':') { self.name()? } else { alias.clone() };
        let arguments = if self.take('(') { self.pairs(')')? } else { Map::new() };
        let fields =
            if self.peek() == Some(&Token::Sign('{')) { self.selection()? } else { Vec::new() };
        Ok(Field { name, alias, arguments, fields })
    }

    fn pairs(&mut self, end: char) -> Result<Map<String, Value>, String> {
        let mut pairs = Map::new();
        while !self.take(end) {
            let name = self.name()?;
            self.expect(':')?;
            pairs.insert(name, self.value()?);
        }
        Ok(pairs)
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.next()? {
            Token::Sign('$') => {
                let name = self.name()?;
                let declared = self.declared.as_ref().and_then(|all| all.get(&name));
                declared
                    .cloned()
                    .ok_or_else(|| format!("Variable ${name} is used but not declared"))
            }
            Token::Sign('{') => Ok(Value::Object(self.pairs('}')?)),
            Token::Sign('[') => {
                let mut items = Vec::new();
                while !self.take(']') {
                    items.push(self.value()?);
                }
                Ok(Value::Array(items))
            }
            Token::Text(text) => Ok(Value::String(text)),
            Token::Number(digits) => serde_json::from_str(&digits).map_err(|e| e.to_string()),
            Token::Name(name) => Ok(match name.as_str() {
                "null" => Value::Null,
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::String(name),
            }),
            other => Err(format!("Parse error on {other:?}: a value is expected")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_aliases_and_nested_selections_are_read() {
        let text = r#"query Threads($owner: String!, $after: String = "x") { # all of them
            repository(owner: $owner, name: "n\"q") { mine: threads(first: 100, after: $after) { nodes { id } } }
        }"#;
        let given = json!({ "owner": "o" });
        let operation = parse(text, given.as_object().expect("an object")).expect("it is valid");
        assert!(!operation.mutation);
        let repository = &operation.fields[0];
        assert_eq!(
            Value::Object(repository.arguments.clone()),
            json!({"owner": "o", "name": "n\"q"})
        );
        let threads = &repository.fields[0];
        assert_eq!((threads.name.as_str(), threads.alias.as_str()), ("threads", "mine"));
        assert_eq!(Value::Object(threads.arguments.clone()), json!({"first": 100, "after": "x"}));
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for text in
            ["", "{", "{}", "query($a: ID!) { node(id: $a) { id } }", "{ node(id: $b) { id } }"]
        {
            assert!(parse(text, &Map::new()).is_err(), "{text}");
        }
    }
}
