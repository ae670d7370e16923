//! What an ID token says, once it is known to be the provider's, for us and of this sign-in: OpenID Connect Core 3.1.3.7.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use super::discovery::Discovery;
use super::{IdentityError, signatures};

/// Signatures that are taken. None that a client's secret makes: who has that could say anything.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// By how many seconds the clocks may differ.
const LEEWAY: u64 = 60;

/// Whose, for whom and of which sign-in it has to be.
pub(super) struct Wanted<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
}

/// What it says.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    nonce: Option<String>,
    azp: Option<String>,
    #[serde(flatten)]
    pub(super) others: Map<String, Value>,
}

/// The claims of a token that is as wanted.
pub(super) async fn claims(
    token: &str,
    wanted: &Wanted<'_>,
    discovery: &Discovery,
) -> Result<Claims, IdentityError> {
    signatures::install();
    let refuse = |problem: String| IdentityError::Untrusted(format!("the ID token: {problem}"));
    let header = decode_header(token).map_err(|error| refuse(error.to_string()))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refuse(format!("a signature by {:?} is not taken", header.alg)));
    }
    let key = discovery.key(header.kid.as_deref()).await?;
    let key = DecodingKey::from_jwk(&key).map_err(|error| refuse(error.to_string()))?;
    let mut validation = Validation::new(header.alg);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_audience(&[wanted.client_id]);
    validation.set_issuer(&[wanted.issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims: Claims =
        decode(token, &key, &validation).map_err(|error| refuse(error.to_string()))?.claims;
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(wanted.nonce.as_bytes())) {
        return Err(refuse("it is of another sign-in".to_owned()));
    }
    if claims.azp.as_deref().is_some_and(|azp| azp != wanted.client_id) {
        return Err(refuse("it was made for another client".to_owned()));
    }
    Ok(claims)
}
