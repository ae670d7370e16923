//! Addresses that GitLab shows as they were typed.

use url::Url;

/// Whether two addresses lead to the same place, whatever their queries say.
pub(super) fn is_same_address(one: &str, other: &str) -> bool {
    let parts = |text: &str| {
        let url = Url::parse(text.trim()).ok()?;
        let path = url.path().trim_end_matches('/').to_owned();
        Some((
            url.scheme().to_owned(),
            url.host_str()?.to_owned(),
            url.port_or_known_default(),
            path,
        ))
    };
    parts(one).is_some_and(|place| parts(other) == Some(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_by_where_they_lead() {
        let own = "https://warden.example.com/webhooks/gitlab";
        for (other, same) in [
            (own, true),
            ("https://Warden.example.com:443/webhooks/gitlab/", true),
            ("https://warden.example.com/webhooks/gitlab?check=1", true),
            ("http://warden.example.com/webhooks/gitlab", false),
            ("https://warden.example.com/webhooks", false),
            ("https://other.example.com/webhooks/gitlab", false),
            ("https://warden.example.com:8443/webhooks/gitlab", false),
            (" https://warden.example.com/webhooks/gitlab", true),
            ("{host}/x", false),
            ("", false),
        ] {
            assert_eq!(is_same_address(own, other), same, "{other}");
        }
    }
}
