//! What lists have in common: parameters of their addresses, the filters that are on, what may be chosen in their forms.

use chrono::Utc;
use url::form_urlencoded::Serializer;

use crate::forge::ForgeKind;
use crate::store::{Sees, StoreError, Transaction, repositories, trends};
use crate::web::WebError;

/// Most bytes of what is asked for in words.
pub(super) const LONGEST: usize = 500;

/// A repository as people name it, with the platform unless they left it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) forge: Option<ForgeKind>,
    pub(super) full_name: String,
}

impl Named {
    pub(super) fn new(forge: ForgeKind, full_name: &str) -> Self {
        Self { forge: Some(forge), full_name: full_name.to_owned() }
    }

    pub(super) fn parse(text: &str) -> Result<Self, WebError> {
        let Some((forge, full_name)) = text.split_once(':') else {
            return Ok(Self { forge: None, full_name: text.to_owned() });
        };
        let forge = ForgeKind::from_name(forge)
            .ok_or_else(|| malformed("`repository` is `platform:full/name`, or `full/name`"))?;
        Ok(Self { forge: Some(forge), full_name: full_name.to_owned() })
    }

    /// As addresses say it.
    pub(super) fn text(&self) -> String {
        match self.forge {
            Some(forge) => format!("{}:{}", forge.as_str(), self.full_name),
            None => self.full_name.clone(),
        }
    }

    /// Its row, by the name that it has or had, which becomes the one that it has; of a name without a platform, on the
    /// first that has one.
    pub(super) async fn find(
        &mut self,
        tx: &mut Transaction,
        sees: Sees,
    ) -> Result<Option<i64>, StoreError> {
        let (name, today) = (self.full_name.clone(), Utc::now().date_naive());
        let forges = self.forge.map_or(ForgeKind::ALL.to_vec(), |forge| vec![forge]);
        for forge in forges {
            let mut found = trends::repository(tx, sees, today, forge, &name).await?;
            if found.is_none()
                && let Some(new) = repositories::renamed(tx, sees, forge, &name).await?
            {
                found = trends::repository(tx, sees, today, forge, &new).await?;
            }
            if let Some(found) = found {
                *self = Self::new(forge, &found.full_name);
                return Ok(Some(found.id));
            }
        }
        Ok(None)
    }
}

pub(super) fn malformed(problem: impl Into<String>) -> WebError {
    WebError::Malformed(problem.into())
}

/// What was given, if anything was.
pub(super) fn text(name: &str, given: Option<String>) -> Result<Option<String>, WebError> {
    let Some(given) = given.map(|given| given.trim().to_owned()).filter(|given| !given.is_empty())
    else {
        return Ok(None);
    };
    if given.len() > LONGEST {
        return Err(malformed(format!("`{name}` is longer than {LONGEST} bytes")));
    }
    if given.contains('\0') {
        return Err(malformed(format!("`{name}` holds a NUL")));
    }
    Ok(Some(given))
}

pub(super) fn one_of<T: Copy, const N: usize>(
    name: &str,
    given: Option<String>,
    all: [T; N],
    word: impl Fn(T) -> &'static str,
) -> Result<Option<T>, WebError> {
    let Some(given) = text(name, given)? else { return Ok(None) };
    let found = all.into_iter().find(|one| word(*one) == given);
    let problem = || malformed(format!("`{name}` is one of {}", all.map(&word).join(", ")));
    found.map(Some).ok_or_else(problem)
}

/// An address with the parameters that have a value.
pub(super) fn href<'a>(
    page: &str,
    parameters: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => page.to_owned(),
        query => format!("{page}?{query}"),
    }
}

/// A filter that is on, and the address without it.
pub(super) struct Active {
    pub(super) title: &'static str,
    pub(super) value: String,
    pub(super) without: String,
}

/// What may be chosen in the form.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) title: String,
    pub(super) chosen: bool,
}

impl Choice {
    /// One for each, by its name in addresses and its name for people.
    pub(super) fn among<T: Copy + PartialEq>(
        all: impl IntoIterator<Item = T>,
        asked: Option<T>,
        word: impl Fn(T) -> &'static str,
        title: impl Fn(T) -> &'static str,
    ) -> Vec<Self> {
        let choice = |one| Self {
            value: word(one).to_owned(),
            title: title(one).to_owned(),
            chosen: asked == Some(one),
        };
        all.into_iter().map(choice).collect()
    }
}
