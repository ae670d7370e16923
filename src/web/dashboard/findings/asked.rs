//! What addresses of the list ask for, and the addresses that ask for a little more or less.

use serde::Deserialize;

use super::super::asked::{Active, Named, href, malformed, one_of, text};
use crate::analysis::{Severity, rule_by_code, rule_by_name};
use crate::store::trends::{Cursor, FindingState};
use crate::web::WebError;

/// The parameters as they come; a form sends the empty ones, too.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Parameters {
    repository: Option<String>,
    rule: Option<String>,
    severity: Option<String>,
    path: Option<String>,
    state: Option<String>,
    before: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) repository: Option<Named>,
    pub(super) rule: Option<String>,
    pub(super) severity: Option<Severity>,
    pub(super) path: Option<String>,
    pub(super) state: Option<FindingState>,
    pub(super) before: Option<Cursor>,
}

impl TryFrom<Parameters> for Asked {
    type Error = WebError;

    fn try_from(parameters: Parameters) -> Result<Self, WebError> {
        let rule = text("rule", parameters.rule)?;
        let code = |name: String| match rule_by_code(&name).or_else(|| rule_by_name(&name)) {
            Some(rule) => rule.code.to_owned(),
            // Perhaps one that earlier versions had.
            None => name,
        };
        let repository = text("repository", parameters.repository)?;
        Ok(Self {
            repository: repository.as_deref().map(Named::parse).transpose()?,
            rule: rule.map(code),
            severity: one_of("severity", parameters.severity, Severity::ALL, Severity::as_str)?,
            path: text("path", parameters.path)?,
            state: one_of("state", parameters.state, FindingState::ALL, FindingState::as_str)?,
            before: text("before", parameters.before)?
                .map(|before| before.parse::<Cursor>())
                .transpose()
                .map_err(|()| malformed("`before` is no place in this list"))?,
        })
    }
}

impl Asked {
    /// The same from the newest on.
    pub(super) fn newest(&self) -> Self {
        Self { before: None, ..self.clone() }
    }

    /// The same behind a place in the list.
    pub(super) fn behind(&self, before: Cursor) -> Self {
        Self { before: Some(before), ..self.clone() }
    }

    /// The address that asks for this.
    pub(super) fn href(&self, page: &str) -> String {
        let repository = self.repository.as_ref().map(Named::text);
        let before = self.before.map(|before| before.to_string());
        href(
            page,
            [
                ("repository", repository.as_deref()),
                ("rule", self.rule.as_deref()),
                ("severity", self.severity.map(Severity::as_str)),
                ("path", self.path.as_deref()),
                ("state", self.state.map(FindingState::as_str)),
                ("before", before.as_deref()),
            ],
        )
    }

    /// The filters that are on.
    pub(super) fn active(&self) -> Vec<Active> {
        let all = self.newest();
        let without = |asked: Self| asked.href(super::PAGE);
        let filter = |title, value: Option<String>, rest: Self| {
            value.map(|value| Active { title, value, without: without(rest) })
        };
        let repository = self.repository.as_ref().map(Named::text);
        let severity = self.severity.map(|severity| severity.title().to_owned());
        let state = self.state.map(|state| state.title().to_owned());
        [
            filter("Repository", repository, Self { repository: None, ..all.clone() }),
            filter("Rule", self.rule.clone(), Self { rule: None, ..all.clone() }),
            filter("Severity", severity, Self { severity: None, ..all.clone() }),
            filter("Path", self.path.clone(), Self { path: None, ..all.clone() }),
            filter("State", state, Self { state: None, ..all }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::ForgeKind;

    #[test]
    fn an_address_asks_for_what_it_was_made_from() {
        let parameters = Parameters {
            repository: Some(format!(" {}:octo/app ", ForgeKind::ALL[0].as_str())),
            rule: Some("blocking-sleep".to_owned()),
            severity: Some("high".to_owned()),
            path: Some("src/a&b=\"%_é".to_owned()),
            state: Some("left".to_owned()),
            before: Some("7-9".to_owned()),
        };
        let asked = Asked::try_from(parameters).expect("well formed");
        assert_eq!(asked.rule.as_deref(), Some("AW501"));
        let href = asked.href("/findings");
        let query = href.strip_prefix("/findings?").expect("the page");
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let mut again = Parameters::default();
        for (name, value) in pairs {
            let place = match name.as_str() {
                "repository" => &mut again.repository,
                "rule" => &mut again.rule,
                "severity" => &mut again.severity,
                "path" => &mut again.path,
                "state" => &mut again.state,
                "before" => &mut again.before,
                other => panic!("{other}"),
            };
            *place = Some(value);
        }
        assert_eq!(Asked::try_from(again).expect("well formed"), asked);
        let active = asked.active();
        assert_eq!(active.len(), 5);
        assert!(active.iter().all(|filter| !filter.without.contains("before")));
        assert_eq!(Asked::default().href("/findings"), "/findings");
    }
}
