//! A GitHub App is made: on the service's page, and by the command.

mod command;
mod page;
mod private_authority;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use asyncwarden::forge::simulator::{APP_PRIVATE_KEY, WEBHOOK_SECRET};
use serde_json::Value;

/// What must be in no page, no log and no message.
const SECRETS: [&str; 3] = ["simulated-client-secret", WEBHOOK_SECRET, "-----BEGIN"];

/// A browser as far as forms need one; it follows redirections only when told to.
struct Browser(reqwest::Client);

impl Browser {
    fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self(client.build().unwrap())
    }

    async fn get(&self, url: &str) -> Page {
        Page::of(self.0.get(url).send().await.unwrap()).await
    }

    async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from(url, fields, &[]).await
    }

    async fn post_from(
        &self,
        url: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        let mut request = self.0.post(url).body(body);
        request = request.header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Page::of(request.send().await.unwrap()).await
    }

    /// Presses the button of a page that leads to GitHub. Returns where GitHub leads on to.
    async fn confirm(&self, page: &Page) -> String {
        let (action, manifest) = page.manifest_form();
        let confirmed = self.post(&action, &[("manifest", &manifest)]).await;
        assert_eq!(confirmed.status, 302, "{}", confirmed.text);
        confirmed.location
    }
}

struct Page {
    status: u16,
    policy: String,
    location: String,
    text: String,
}

impl Page {
    async fn of(response: reqwest::Response) -> Self {
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let (policy, location) = (header("content-security-policy"), header("location"));
        let status = response.status().as_u16();
        let page = Self { status, policy, location, text: response.text().await.unwrap() };
        for secret in SECRETS {
            assert!(!page.text.contains(secret), "a secret is in\n{}", page.text);
        }
        page
    }

    /// Where the form goes, and what it holds.
    fn manifest_form(&self) -> (String, String) {
        let between = |from: &str| {
            let (_, rest) = self.text.split_once(from).unwrap_or_else(|| panic!("{}", self.text));
            let text = rest.split('"').next().unwrap();
            text.replace("&#34;", "\"").replace("&#38;", "&").replace("&#39;", "'")
        };
        (between("method=\"post\" action=\""), between("name=\"manifest\" value=\""))
    }
}

/// The files in a folder, which nobody else may read.
fn private_files(folder: &Path) -> BTreeMap<String, String> {
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap().trim_end().to_owned())
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

fn assert_credentials(files: &BTreeMap<String, String>, api: &str, slug: &str) {
    let has = |name: &str| files.get(name).map(String::as_str);
    assert_eq!(has("app-id"), Some("4711"));
    assert_eq!(has("private-key.pem"), Some(APP_PRIVATE_KEY.trim_end()));
    assert_eq!(has("webhook-secret"), Some(WEBHOOK_SECRET));
    assert_eq!(has("client-id"), Some("Iv23simulatedapp4711"));
    assert_eq!(has("client-secret"), Some("simulated-client-secret"));
    assert_eq!(has("slug"), Some(slug));
    assert_eq!(has("api-url"), Some(api));
    assert_eq!(files.len(), 7, "{:?}", files.keys());
}

/// The permissions of a manifest: name and level.
fn permissions(manifest: &str) -> BTreeMap<String, String> {
    let manifest: Value = serde_json::from_str(manifest).unwrap();
    serde_json::from_value(manifest["default_permissions"].clone()).unwrap()
}
