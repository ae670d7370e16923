//! What addresses of the list ask for, and the addresses that ask for a little more or less.

use serde::Deserialize;

use super::super::asked::{Active, Named, href, malformed, one_of, text};
use super::PAGE;
use crate::store::trends::{ChangeCursor, ChangeState, LastVerdict};
use crate::web::WebError;

/// The parameters as they come; a form sends the empty ones, too.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web::dashboard) struct Parameters {
    repository: Option<String>,
    state: Option<String>,
    verdict: Option<String>,
    title: Option<String>,
    before: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) repository: Option<Named>,
    pub(super) state: Option<ChangeState>,
    pub(super) verdict: Option<LastVerdict>,
    pub(super) title: Option<String>,
    pub(super) before: Option<ChangeCursor>,
}

impl TryFrom<Parameters> for Asked {
    type Error = WebError;

    fn try_from(parameters: Parameters) -> Result<Self, WebError> {
        let Parameters { repository, state, verdict, title, before } = parameters;
        let repository = text("repository", repository)?;
        let place = |before: String| before.parse::<ChangeCursor>();
        Ok(Self {
            repository: repository.as_deref().map(Named::parse).transpose()?,
            state: one_of("state", state, ChangeState::ALL, ChangeState::as_str)?,
            verdict: one_of("verdict", verdict, LastVerdict::ALL, LastVerdict::as_str)?,
            title: text("title", title)?,
            before: text("before", before)?
                .map(place)
                .transpose()
                .map_err(|()| malformed("`before` is no place in this list"))?,
        })
    }
}

impl Asked {
    /// The same from the latest on.
    pub(super) fn latest(&self) -> Self {
        Self { before: None, ..self.clone() }
    }

    /// The same behind a place in the list.
    pub(super) fn behind(&self, before: ChangeCursor) -> Self {
        Self { before: Some(before), ..self.clone() }
    }

    /// The address that asks for this.
    pub(super) fn href(&self) -> String {
        let repository = self.repository.as_ref().map(Named::text);
        let before = self.before.map(|before| before.to_string());
        href(
            PAGE,
            [
                ("repository", repository.as_deref()),
                ("state", self.state.map(ChangeState::as_str)),
                ("verdict", self.verdict.map(LastVerdict::as_str)),
                ("title", self.title.as_deref()),
                ("before", before.as_deref()),
            ],
        )
    }

    /// The filters that are on.
    pub(super) fn active(&self) -> Vec<Active> {
        let all = self.latest();
        let filter = |title, value: Option<String>, rest: Self| {
            value.map(|value| Active { title, value, without: rest.href() })
        };
        let repository = self.repository.as_ref().map(Named::text);
        let state = self.state.map(|state| state.title().to_owned());
        let verdict = self.verdict.map(|verdict| verdict.title().to_owned());
        [
            filter("Repository", repository, Self { repository: None, ..all.clone() }),
            filter("State", state, Self { state: None, ..all.clone() }),
            filter("Latest review", verdict, Self { verdict: None, ..all.clone() }),
            filter("Title", self.title.clone(), Self { title: None, ..all }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_asks_for_what_it_was_made_from() {
        let given = |text: &str| Some(text.to_owned());
        let parameters = Parameters {
            repository: given(" octo/app "),
            state: given("merged"),
            verdict: given("none"),
            title: given("a&b=\"%_é"),
            before: given("1790000000000000007-9"),
        };
        let asked = Asked::try_from(parameters).expect("well formed");
        let href = asked.href();
        let query = href.strip_prefix("/changes?").expect("the page");
        let [repository, state, verdict, title, before] =
            url::form_urlencoded::parse(query.as_bytes())
                .map(|(_, value)| Some(value.into_owned()))
                .collect::<Vec<_>>()
                .try_into()
                .expect("five parameters");
        let again = Parameters { repository, state, verdict, title, before };
        assert_eq!(Asked::try_from(again).expect("well formed"), asked);
        let active = asked.active();
        assert_eq!(active.len(), 4);
        assert!(active.iter().all(|filter| !filter.without.contains("before")));
        assert_eq!(Asked::default().href(), "/changes");
    }
}
