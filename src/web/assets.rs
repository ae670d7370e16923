//! What pages need beside themselves, in the binary: a style sheet and a script, each under a name that changes with its
//! content, so that browsers may keep it for ever.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use sha2::{Digest, Sha256};

/// A file.
struct Asset {
    path: String,
    kind: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(name: &str, ending: &str, kind: &'static str, text: &'static str) -> Self {
        let digest = hex::encode(Sha256::digest(text));
        let path = format!("/assets/{name}-{}.{ending}", digest.get(..12).unwrap_or_default());
        Self { path, kind, text }
    }

    fn answer(&'static self) -> impl IntoResponse {
        let headers = [
            (header::CONTENT_TYPE, self.kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ];
        (headers, self.text)
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("style", "css", "text/css; charset=utf-8", include_str!("../../templates/style.css"))
});
static LIVE: LazyLock<Asset> = LazyLock::new(|| {
    let kind = "text/javascript; charset=utf-8";
    Asset::new("live", "js", kind, include_str!("../../templates/live.js"))
});

/// Their routes.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    [&STYLE, &LIVE].into_iter().fold(Router::new(), |router, asset| {
        router.route(&asset.path, get(|| async { asset.answer() }))
    })
}

/// Where the style sheet is.
pub(crate) fn style_path() -> &'static str {
    &STYLE.path
}

/// Where the script is that keeps pages current.
pub(crate) fn live_path() -> &'static str {
    &LIVE.path
}
