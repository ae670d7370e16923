//! What addresses of the overview ask for, and the addresses that ask for a little more or less.

use serde::Deserialize;

use super::super::asked::{Active, Choice, href, one_of, text};
use crate::analysis::Severity;
use crate::forge::ForgeKind;
use crate::store::trends::{Like, Order, Sort};
use crate::web::WebError;

/// The page's path.
const PAGE: &str = "/";

/// The parameters as they come; a form sends the empty ones, too.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web::dashboard) struct Parameters {
    name: Option<String>,
    platform: Option<String>,
    severity: Option<String>,
    sort: Option<String>,
    page: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) like: Like,
    pub(super) order: Order,
    /// From 1 on; the first one when it isn't said.
    pub(super) page: Option<u32>,
}

const SORTS: [Sort; 4] = [Sort::LastReview, Sort::Open, Sort::Name, Sort::Gate];

fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::LastReview => "last-review",
        Sort::Open => "open",
        Sort::Name => "name",
        Sort::Gate => "gate",
    }
}

/// An order as addresses say it.
fn order_word(order: Order) -> String {
    format!("{}{}", if order.reversed { "-" } else { "" }, word(order.by))
}

/// An order as the form says it.
fn title(order: Order) -> &'static str {
    match (order.by, order.reversed) {
        (Sort::LastReview, false) => "Latest review",
        (Sort::LastReview, true) => "Earliest review",
        (Sort::Open, false) => "Most open findings",
        (Sort::Open, true) => "Fewest open findings",
        (Sort::Name, false) => "Name",
        (Sort::Name, true) => "Name, from Z on",
        (Sort::Gate, false) => "Gate passed least",
        (Sort::Gate, true) => "Gate passed most",
    }
}

/// How the form says that there are findings so bad, or worse.
pub(super) fn or_worse(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High or worse",
        Severity::Medium => "Medium or worse",
        Severity::Low => "Any severity",
    }
}

impl TryFrom<Parameters> for Asked {
    type Error = WebError;

    fn try_from(parameters: Parameters) -> Result<Self, WebError> {
        let Parameters { name, platform, severity, sort, page } = parameters;
        let sort = text("sort", sort)?;
        let reversed = sort.as_deref().is_some_and(|sort| sort.starts_with('-'));
        let by = sort.map(|sort| sort.strip_prefix('-').unwrap_or(&sort).to_owned());
        let by = one_of("sort", by, SORTS, word)?.unwrap_or_default();
        Ok(Self {
            like: Like {
                name: text("name", name)?,
                forge: one_of("platform", platform, ForgeKind::ALL, ForgeKind::as_str)?,
                worst: one_of("severity", severity, Severity::ALL, Severity::as_str)?,
            },
            order: Order { by, reversed },
            // One that is none is the first one: nobody types it.
            page: page.and_then(|page| page.parse().ok()),
        })
    }
}

impl Asked {
    /// The address that asks for this.
    pub(super) fn href(&self) -> String {
        let order = (self.order != Order::default()).then(|| order_word(self.order));
        let page = self.page.map(|page| page.to_string());
        href(
            PAGE,
            [
                ("name", self.like.name.as_deref()),
                ("platform", self.like.forge.map(ForgeKind::as_str)),
                ("severity", self.like.worst.map(Severity::as_str)),
                ("sort", order.as_deref()),
                ("page", page.as_deref()),
            ],
        )
    }

    /// Another part of the same list.
    pub(super) fn at(&self, page: i64) -> Self {
        Self { page: u32::try_from(page).ok(), ..self.clone() }
    }

    /// What the head of a column leads to: its order, or the same the other way round.
    pub(super) fn column(&self, by: Sort) -> Column {
        let sorted = self.order.by == by;
        let order = Order { by, reversed: sorted && !self.order.reversed };
        let direction = if self.order.is_descending() { "descending" } else { "ascending" };
        Column {
            href: Self { order, page: None, ..self.clone() }.href(),
            direction: sorted.then_some(direction),
            hint: title(order),
        }
    }

    /// The filters that are on.
    pub(super) fn active(&self) -> Vec<Active> {
        let without = |like: Like| Self { like, page: None, ..self.clone() }.href();
        let like = &self.like;
        let filter = |title, value: Option<&str>, rest: Like| {
            value.map(|value| Active { title, value: value.to_owned(), without: without(rest) })
        };
        let name = like.name.as_deref();
        [
            filter("Name", name, Like { name: None, ..like.clone() }),
            filter(
                "Platform",
                like.forge.map(ForgeKind::title),
                Like { forge: None, ..like.clone() },
            ),
            filter("Open findings", like.worst.map(or_worse), Like { worst: None, ..like.clone() }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The orders that the form offers, and the one that is asked for.
    pub(super) fn orders(&self) -> Vec<Choice> {
        let offered = SORTS.map(|by| Order { by, reversed: false });
        let asked = self.order.reversed.then_some(self.order);
        let choice = |order: Order| Choice {
            value: order_word(order),
            title: title(order).to_owned(),
            chosen: order == self.order,
        };
        offered.into_iter().chain(asked).map(choice).collect()
    }
}

/// The head of a column that the list can be sorted by.
pub(super) struct Column {
    pub(super) href: String,
    /// In which direction the list is sorted by it, if it is.
    pub(super) direction: Option<&'static str>,
    /// What following the link does.
    pub(super) hint: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<Asked, WebError> {
        let mut parameters = Parameters::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
            let place = match name.as_str() {
                "name" => &mut parameters.name,
                "platform" => &mut parameters.platform,
                "severity" => &mut parameters.severity,
                "sort" => &mut parameters.sort,
                "page" => &mut parameters.page,
                other => panic!("{other}"),
            };
            *place = Some(value);
        }
        Asked::try_from(parameters)
    }

    #[test]
    fn an_address_asks_for_what_it_was_made_from() {
        let platform = ForgeKind::ALL[1].as_str();
        for query in [
            "",
            "page=3",
            "sort=open",
            "sort=-last-review",
            "name=a%26b+%22&severity=high&sort=-gate&page=2",
            &format!("platform={platform}"),
        ] {
            let asked = asked(query).expect("well formed");
            let expected = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
            assert_eq!(asked.href(), expected);
        }
        for query in ["sort=stars", "sort=--name", "severity=bad", "platform=none"] {
            assert!(asked(query).is_err(), "{query}");
        }
        assert_eq!(asked("page=x").expect("well formed").href(), "/");
    }

    #[test]
    fn a_column_s_head_sorts_by_it_and_then_the_other_way_round() {
        let asked = asked("name=app&sort=open&page=2").expect("well formed");
        let open = asked.column(Sort::Open);
        assert_eq!(
            (open.href.as_str(), open.direction),
            ("/?name=app&sort=-open", Some("descending"))
        );
        let name = asked.column(Sort::Name);
        assert_eq!((name.href.as_str(), name.direction), ("/?name=app&sort=name", None));
        assert_eq!(asked.column(Sort::LastReview).href, "/?name=app");
        let back =
            Asked { order: Order { by: Sort::Open, reversed: true }, ..asked }.column(Sort::Open);
        assert_eq!(
            (back.href.as_str(), back.direction),
            ("/?name=app&sort=open", Some("ascending"))
        );
    }

    #[test]
    fn a_filter_can_be_taken_away_alone() {
        let asked = asked("name=app&severity=low&sort=name&page=4").expect("well formed");
        let without: Vec<_> = asked.active().into_iter().map(|filter| filter.without).collect();
        assert_eq!(without, ["/?severity=low&sort=name", "/?name=app&sort=name"]);
    }
}
