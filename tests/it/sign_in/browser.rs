//! A browser as far as signing in needs one: it keeps cookies for each host, and follows where it is led.

use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use url::Url;

/// A browser.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    /// By `host:port`, which is stricter than browsers are.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// The last `Set-Cookie` of each cookie, whole.
    pub(crate) set: BTreeMap<String, String>,
}

/// What a page answers.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Where it leads.
    pub(crate) location: Option<Url>,
    pub(crate) url: Url,
    pub(crate) body: String,
}

impl Page {
    /// The value of the hidden field of its forms.
    pub(crate) fn form_token(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"form_token\" value=\"").expect("a form");
        rest.split('"').next().expect("a value").to_owned()
    }
}

impl Browser {
    pub(crate) fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([]);
        Self {
            client: client.build().expect("a client"),
            cookies: BTreeMap::new(),
            set: BTreeMap::new(),
        }
    }

    /// One request, not followed.
    pub(crate) async fn ask(&mut self, method: Method, url: &str, form: Option<&str>) -> Page {
        let url = Url::parse(url).expect("an address");
        let host = url.authority().to_owned();
        let mut request = self.client.request(method, url.clone()).header("accept", "text/html");
        if let Some(cookies) = self.cookies.get(&host).filter(|cookies| !cookies.is_empty()) {
            let text: Vec<_> =
                cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", text.join("; "));
        }
        if let Some(form) = form {
            let kind = "application/x-www-form-urlencoded";
            request = request.header("content-type", kind).body(form.to_owned());
        }
        let response = request.send().await.expect("an answer");
        for set in response.headers().get_all("set-cookie") {
            let set = set.to_str().expect("ASCII").to_owned();
            let (name, rest) = set.split_once('=').expect("a cookie");
            let value = rest.split(';').next().expect("a value").to_owned();
            let kept = self.cookies.entry(host.clone()).or_default();
            if value.is_empty() {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value);
            }
            self.set.insert(name.to_owned(), set.clone());
        }
        let location = response.headers().get("location").and_then(|to| to.to_str().ok());
        let location = location.map(|to| url.join(to).expect("an address"));
        let status = response.status().as_u16();
        Page { status, location, url, body: response.text().await.expect("a text") }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Page {
        self.ask(Method::GET, url, None).await
    }

    /// A page, wherever it leads in the end.
    pub(crate) async fn open(&mut self, url: &str) -> Page {
        let mut page = self.get(url).await;
        for _ in 0..10 {
            match &page.location {
                Some(location) => page = self.get(location.clone().as_str()).await,
                None => return page,
            }
        }
        panic!("led around in circles: {}", page.url)
    }

    pub(crate) async fn post(&mut self, url: &str, form: &str) -> Page {
        self.ask(Method::POST, url, Some(form)).await
    }

    /// Cookies of a host, to steal or to change.
    pub(crate) fn cookies(&mut self, base: &str) -> &mut BTreeMap<String, String> {
        let host = Url::parse(base).expect("an address").authority().to_owned();
        self.cookies.entry(host).or_default()
    }
}
