//! The authorization code flow, the same for all providers: RFC 6749 with PKCE (RFC 7636).

use chrono::{DateTime, TimeDelta, Utc};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Begun, ClientCredentials, Grant, Http, IdentityError, Pending};

/// Where a provider's flow goes through.
#[derive(Debug, Clone)]
pub(in crate::forge) struct Endpoints {
    /// The page for people.
    pub(in crate::forge) authorize: Url,
    /// Where a code becomes a token.
    pub(in crate::forge) token: Url,
    /// Whether the secret goes in the body, not in a header.
    pub(in crate::forge) secret_in_body: bool,
}

/// What a provider is asked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::forge) struct Words {
    /// Scopes.
    pub(in crate::forge) scopes: &'static [&'static str],
    /// Whether an ID token is to name this sign-in.
    pub(in crate::forge) nonce: bool,
}

/// What a token's answer may hold beside the token.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::forge) struct Beside {
    /// Who it is of, by OpenID Connect.
    pub(in crate::forge) id_token: Option<String>,
}
impl ExtraTokenFields for Beside {}

type Answer = StandardTokenResponse<Beside, BasicTokenType>;
type Flow = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The service as a client of one provider.
#[derive(Debug, Clone)]
pub(in crate::forge) struct Client {
    credentials: ClientCredentials,
    http: Http,
}

/// A token and what came with it.
pub(in crate::forge) struct Granted {
    pub(in crate::forge) grant: Grant,
    pub(in crate::forge) id_token: Option<String>,
}

impl Client {
    /// The client of these credentials.
    pub(in crate::forge) fn new(credentials: ClientCredentials, http: Http) -> Self {
        Self { credentials, http }
    }

    /// Makes the address of the provider's page.
    pub(in crate::forge) fn begin(&self, at: &Endpoints, redirect: &Url, words: Words) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random();
        let flow = self.flow(at).set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
        let mut request = flow
            .authorize_url(CsrfToken::new_random)
            .add_scopes(words.scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(challenge);
        if words.nonce {
            request = request.add_extra_param("nonce", nonce.secret().clone());
        }
        let (url, state) = request.url();
        let pending = Pending {
            state: state.into_secret(),
            verifier: verifier.into_secret().into(),
            nonce: nonce.into_secret(),
        };
        Begun { url, pending }
    }

    /// Makes a token of the code that the browser came back with.
    pub(in crate::forge) async fn finish(
        &self,
        at: &Endpoints,
        redirect: &Url,
        pending: &Pending,
        code: &str,
    ) -> Result<Granted, IdentityError> {
        let flow = self.flow(at).set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
        let answer = flow
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.expose_secret().to_owned()))
            .request_async(&self.http)
            .await;
        answer.map(|answer| granted(&answer)).map_err(refused)
    }

    /// Makes another token of a grant; `None` where it has nothing for that.
    pub(in crate::forge) async fn renew(
        &self,
        at: &Endpoints,
        grant: &Grant,
    ) -> Result<Option<Grant>, IdentityError> {
        let Some(old) = &grant.refresh_token else { return Ok(None) };
        let token = RefreshToken::new(old.expose_secret().to_owned());
        let flow = self.flow(at);
        let request = flow.exchange_refresh_token(&token);
        let answer = request.request_async(&self.http).await;
        let mut grant = answer.map(|answer| granted(&answer)).map_err(refused)?.grant;
        // A provider that gives no new one leaves the old one as it is.
        grant.refresh_token = grant.refresh_token.or_else(|| Some(old.clone()));
        Ok(Some(grant))
    }

    fn flow(&self, at: &Endpoints) -> Flow {
        let kind = if at.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        oauth2::Client::new(ClientId::new(self.credentials.id.clone()))
            .set_client_secret(ClientSecret::new(
                self.credentials.secret.expose_secret().to_owned(),
            ))
            .set_auth_uri(AuthUrl::from_url(at.authorize.clone()))
            .set_token_uri(TokenUrl::from_url(at.token.clone()))
            .set_auth_type(kind)
    }
}

fn granted(answer: &Answer) -> Granted {
    let secret = |text: &String| SecretString::from(text.as_str());
    let life = answer.expires_in().and_then(|life| TimeDelta::from_std(life).ok());
    let expires_at: Option<DateTime<Utc>> =
        life.and_then(|life| Utc::now().checked_add_signed(life));
    let grant = Grant {
        access_token: secret(answer.access_token().secret()),
        refresh_token: answer.refresh_token().map(|token| secret(token.secret())),
        expires_at,
    };
    Granted { grant, id_token: answer.extra_fields().id_token.clone() }
}

/// A refusal as the standard has it, at whatever status it comes: some providers send it with 200.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

fn refused(error: RequestTokenError<IdentityError, BasicErrorResponse>) -> IdentityError {
    let say = |error: &str, description: Option<&str>| {
        IdentityError::Refused(match description {
            Some(description) => format!("{error}: {description}"),
            None => error.to_owned(),
        })
    };
    match error {
        RequestTokenError::ServerResponse(answer) => {
            say(answer.error().as_ref(), answer.error_description().map(String::as_str))
        }
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(error, body) => match serde_json::from_slice::<Refusal>(&body) {
            Ok(refusal) => say(&refusal.error, refusal.error_description.as_deref()),
            Err(_) => IdentityError::Untrusted(format!(
                "the token's answer has an unknown shape: {error}"
            )),
        },
        RequestTokenError::Other(error) => IdentityError::Untrusted(error),
    }
}
