//! Where the service listens, where people reach it, how it reaches others, and how people sign in.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::{TcpListener, lookup_host};
use url::Url;

use crate::app;
use crate::examination::{Examined, in_time, unreachable};
use crate::forge::{Authorities, look_at};
use crate::jobs::Platforms;
use crate::settings::Settings;

const LISTEN: &str = "service: address";
const PUBLIC: &str = "service: public URL";
const PROXY: &str = "network: proxy";
const SIGN_IN: &str = "sign-in";

/// What `/healthz` says.
const ALIVE: &str = "ok";
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];

pub(super) async fn examine(settings: &Settings) -> Vec<Examined> {
    let (listen, public) =
        tokio::join!(in_time(LISTEN, listen(&settings.listen)), in_time(PUBLIC, public(settings)),);
    listen.into_iter().chain(public).chain([proxy()]).collect()
}

/// Whether the address is free, or held by the service itself.
async fn listen(address: &str) -> Vec<Examined> {
    vec![match TcpListener::bind(address).await {
        Ok(_) => Examined::well(LISTEN, format!("{address} is free; the service doesn't run here")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => match own_service(address).await {
            true => Examined::well(LISTEN, format!("the service runs at {address}")),
            false => Examined::failed(
                LISTEN,
                format!("something else listens at {address}"),
                "stop it, or set ASYNCWARDEN_LISTEN",
            ),
        },
        Err(error) => Examined::failed(
            LISTEN,
            format!("nobody can listen at {address}: {error}"),
            "set ASYNCWARDEN_LISTEN to an address of this machine, and a port that its user may take",
        ),
    }]
}

async fn own_service(address: &str) -> bool {
    let Some(mut address) = lookup_host(address).await.ok().and_then(|mut all| all.next()) else {
        return false;
    };
    // It listens everywhere, so here, too.
    if address.ip().is_unspecified() {
        let here = match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        address.set_ip(here);
    }
    let Ok(url) = Url::parse(&format!("http://{address}/healthz")) else { return false };
    matches!(look_at(&url, &Authorities::default()).await, Ok((200, said)) if said.trim() == ALIVE)
}

/// Whether the service can be reached where people and platforms are told to.
async fn public(settings: &Settings) -> Vec<Examined> {
    let Some(url) = &settings.public_url else {
        let said = "it is not set";
        return vec![Examined::warning(PUBLIC, said, "set ASYNCWARDEN_PUBLIC_URL")];
    };
    let Ok(health) = Url::parse(&format!("{url}/healthz")) else {
        return vec![Examined::failed(
            PUBLIC,
            format!("{url} is none"),
            "set ASYNCWARDEN_PUBLIC_URL",
        )];
    };
    vec![match look_at(&health, &settings.authorities).await {
        Ok((200, said)) if said.trim() == ALIVE => {
            Examined::well(PUBLIC, format!("the service answers at {url}"))
        }
        Ok((status, _)) => Examined::failed(
            PUBLIC,
            format!("{health} answered {status}, and not as the service does"),
            "look at the proxy before the service: it has to pass everything on, or the service doesn't run",
        ),
        // Many networks let nobody inside go to their own outer address.
        Err(why) => Examined::warning(
            PUBLIC,
            format!("{url} can't be reached from here: {why}"),
            unreachable(&why),
        ),
    }]
}

/// Which proxies are used; they may be named with a password.
fn proxy() -> Examined {
    let set = |name: &&str| {
        [name.to_string(), name.to_lowercase()]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
    };
    let set: Vec<&str> = PROXIES.into_iter().filter(|name| set(name)).collect();
    Examined::well(
        PROXY,
        match set.is_empty() {
            true => "none is used".to_owned(),
            false => format!("set by {}", set.join(", ")),
        },
    )
}

/// Whether those who vouch for people can be asked.
pub(super) async fn sign_in(settings: &Settings, platforms: &Platforms) -> Vec<Examined> {
    let providers = match app::identities(settings, platforms) {
        Ok(providers) => providers,
        Err(error) => {
            let advice = "look at the settings of sign-in";
            return vec![Examined::failed(SIGN_IN, format!("{error:#}"), advice)];
        }
    };
    let back = settings.public_url.as_deref().unwrap_or("http://localhost");
    let Ok(back) = Url::parse(back) else { return Vec::new() };
    let mut found = Vec::new();
    for provider in providers {
        let title = provider.title();
        let asked = async {
            vec![match provider.begin(&back).await {
                Ok(_) => Examined::well(SIGN_IN, format!("people can be sent to {title}")),
                Err(error) => {
                    let said = format!("{title} can't be asked: {error}");
                    let advice = unreachable(&said);
                    Examined::failed(SIGN_IN, said, advice)
                }
            }]
        };
        found.extend(in_time(SIGN_IN, asked).await);
    }
    found
}
