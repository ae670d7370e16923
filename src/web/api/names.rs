//! What resources say of others, and counts.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::Forge;
use crate::forge::ForgeKind;
use crate::store::trends;
use crate::web::Web;
use crate::web::dashboard::{change_href, is_web, repository_href};

/// How many findings of each severity.
#[derive(Serialize, ToSchema)]
pub(super) struct Counts {
    critical: i64,
    high: i64,
    medium: i64,
    low: i64,
    /// All of them.
    total: i64,
}

impl From<trends::Counts> for Counts {
    fn from(counts: trends::Counts) -> Self {
        let trends::Counts { critical, high, medium, low } = counts;
        Self { critical, high, medium, low, total: counts.total() }
    }
}

/// A repository, by its names.
#[derive(Serialize, ToSchema)]
pub(super) struct RepositoryName {
    /// Its number in this API.
    id: i64,
    forge: Forge,
    /// Its full name on the platform.
    #[schema(example = "octo/app")]
    full_name: String,
    /// Its resource.
    #[schema(example = "/api/v1/repositories/1")]
    url: String,
    /// Its page.
    html_url: String,
}

impl RepositoryName {
    pub(super) fn new(web: &Web, id: i64, forge: ForgeKind, full_name: &str) -> Self {
        Self {
            id,
            forge: Forge(forge),
            full_name: full_name.to_owned(),
            url: format!("/api/v1/repositories/{id}"),
            html_url: page(web, &repository_href(forge, full_name)),
        }
    }
}

/// A change request (pull request, merge request), by its names.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeName {
    /// Its number in this API.
    id: i64,
    /// Its number in the repository.
    number: i64,
    title: String,
    /// Its resource.
    #[schema(example = "/api/v1/change-requests/1")]
    url: String,
    /// Its page.
    html_url: String,
    /// Where it is on the platform.
    forge_url: Option<String>,
}

impl ChangeName {
    pub(super) fn new(
        web: &Web,
        id: i64,
        (forge, repository, number): (ForgeKind, &str, i64),
        title: String,
        web_url: Option<String>,
    ) -> Self {
        Self {
            id,
            number,
            title,
            url: change_url(id),
            html_url: page(web, &change_href(forge, repository, number)),
            forge_url: web_url.filter(|url| is_web(url)),
        }
    }
}

/// The address of a change request's resource.
pub(super) fn change_url(id: i64) -> String {
    format!("/api/v1/change-requests/{id}")
}

/// A review, by its names.
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewName {
    /// Its name in this API.
    key: String,
    /// Commit that was reviewed.
    head_sha: String,
    /// Its resource.
    #[schema(example = "/api/v1/reviews/0197a3a1-8f55-7c52-9d1c-2f5d3b3f0a11")]
    url: String,
    /// Its page.
    html_url: String,
}

impl ReviewName {
    pub(super) fn new(web: &Web, key: String, head_sha: String) -> Self {
        Self {
            url: format!("/api/v1/reviews/{key}"),
            html_url: page(web, &format!("/reviews/{key}")),
            key,
            head_sha,
        }
    }
}

/// The address of a rule's page; of rules that this version has.
pub(super) fn rule_page(web: &Web, code: &str) -> Option<String> {
    crate::analysis::rule_by_code(code).map(|rule| page(web, &format!("/rules/{}", rule.code)))
}

/// The whole address of a page, where the service knows its own.
pub(super) fn page(web: &Web, path: &str) -> String {
    format!("{}{path}", web.settings.public_url.as_deref().unwrap_or_default())
}
