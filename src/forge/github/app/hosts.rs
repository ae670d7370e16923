//! Where people reach a GitHub, and where its REST API is: the only place that derives one from the other.

use url::Url;

/// The address for people of the GitHub whose REST API is at `api`.
pub fn web_url(api: &Url) -> Url {
    let mut web = api.clone();
    web.set_query(None);
    let path = api.path().trim_end_matches('/');
    web.set_path(path.strip_suffix("/api/v3").unwrap_or(path));
    if let Some(host) = api.host_str().and_then(|host| host.strip_prefix("api."))
        && is_hosted(host)
    {
        // A part of a host's name is one, too.
        let _ = web.set_host(Some(host));
    }
    web
}

/// The base of the REST API of the GitHub that people reach at `web`.
pub fn api_url(web: &Url) -> Url {
    let mut api = web.clone();
    api.set_query(None);
    match web.host_str().filter(|host| is_hosted(host)) {
        Some(host) => {
            let _ = api.set_host(Some(&format!("api.{host}")));
            api.set_path("");
        }
        None => api.set_path(&format!("{}/api/v3", web.path().trim_end_matches('/'))),
    }
    api
}

/// Whether GitHub itself runs it: github.com, or a company's own with data residency.
fn is_hosted(host: &str) -> bool {
    host == "github.com" || host.ends_with(".ghe.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_leads_to_the_other() {
        for (web, api) in [
            ("https://github.com/", "https://api.github.com/"),
            ("https://acme.ghe.com/", "https://api.acme.ghe.com/"),
            ("https://git.example/", "https://git.example/api/v3"),
            ("https://api.example/", "https://api.example/api/v3"),
            ("http://127.0.0.1:81/", "http://127.0.0.1:81/api/v3"),
            ("https://notgithub.com/", "https://notgithub.com/api/v3"),
        ] {
            assert_eq!(api_url(&web.parse().expect("a URL")).as_str(), api);
            assert_eq!(web_url(&api.parse().expect("a URL")).as_str(), web);
        }
        let bare: Url = "http://127.0.0.1:81".parse().expect("a URL");
        assert_eq!(web_url(&bare).as_str(), "http://127.0.0.1:81/", "an API at the host's root");
    }
}
