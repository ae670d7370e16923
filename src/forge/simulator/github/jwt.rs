//! The App's JSON web token: RS256 over three claims.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_2048_8192_SHA256;
use serde_json::Value;

use super::super::APP_PRIVATE_KEY;

/// The platform's clock and the App's may differ by this much.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// Longest life of a token.
const LONGEST: TimeDelta = TimeDelta::minutes(10);

/// Whether the App (by one of its names) signed this token, and whether it holds now. The error is GitHub's text.
pub(super) fn verify(jwt: &str, names: &[String], now: DateTime<Utc>) -> Result<(), &'static str> {
    const UNREADABLE: &str = "A JSON web token could not be decoded";
    let (signed, signature) = jwt.rsplit_once('.').ok_or(UNREADABLE)?;
    let (header, claims) = signed.split_once('.').ok_or(UNREADABLE)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| UNREADABLE)?;
    let header = part(header).ok_or(UNREADABLE)?;
    let claims = part(claims).ok_or(UNREADABLE)?;
    if header["alg"] != "RS256" {
        return Err(UNREADABLE);
    }
    public_key()
        .and_then(|key| key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).ok())
        .ok_or(UNREADABLE)?;
    let issued = time(&claims["iat"]).ok_or("Missing 'issued at' claim ('iat') in assertion")?;
    if issued > now + SKEW {
        return Err(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        );
    }
    let expires = time(&claims["exp"])
        .filter(|expires| *expires > now)
        .ok_or("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")?;
    if expires > now + LONGEST || expires > issued + LONGEST + SKEW {
        return Err("'Expiration time' claim ('exp') is too far in the future");
    }
    let issuer = match &claims["iss"] {
        Value::String(name) => name.clone(),
        Value::Number(id) => id.to_string(),
        _ => return Err("Missing 'issuer' claim ('iss') in assertion"),
    };
    names.contains(&issuer).then_some(()).ok_or("Integration not found")
}

fn part(encoded: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

fn time(claim: &Value) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(claim.as_i64()?, 0)
}

fn public_key() -> Option<PublicKeyComponents<Vec<u8>>> {
    Some(PublicKeyComponents::from(key_pair()?.public()))
}

fn key_pair() -> Option<KeyPair> {
    let lines = APP_PRIVATE_KEY.lines().skip_while(|line| !line.starts_with("-----BEGIN"));
    let base64: String = lines.filter(|line| !line.starts_with("-----")).collect();
    KeyPair::from_der(&STANDARD.decode(base64).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::RSA_PKCS1_SHA256;
    use serde_json::json;

    use super::*;

    fn sign(header: &Value, claims: &Value) -> String {
        let pair = key_pair().unwrap();
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn only_a_token_of_the_app_that_holds_now_is_taken() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let names = ["Iv1.abc".to_owned(), "7".to_owned()];
        let try_with = |algorithm: &str, iat: i64, exp: i64, iss: Value| {
            let at = now.timestamp();
            let claims = json!({ "iat": at + iat, "exp": at + exp, "iss": iss });
            verify(&sign(&json!({ "alg": algorithm, "typ": "JWT" }), &claims), &names, now)
        };
        assert_eq!(try_with("RS256", -60, 540, json!("Iv1.abc")), Ok(()));
        assert_eq!(try_with("RS256", -60, 540, json!(7)), Ok(()));
        for (algorithm, iat, exp, iss, says) in [
            ("none", -60, 540, json!(7), "could not be decoded"),
            ("RS256", -60, 661, json!(7), "too far in the future"),
            ("RS256", -600, -1, json!(7), "('exp') must be"),
            ("RS256", 120, 540, json!(7), "('iat') must be"),
            ("RS256", -60, 540, json!(8), "Integration not found"),
            ("RS256", -60, 540, json!(null), "'issuer' claim"),
        ] {
            let refusal = try_with(algorithm, iat, exp, iss).expect_err(says);
            assert!(refusal.contains(says), "{refusal}");
        }
        let mut forged = sign(&json!({ "alg": "RS256" }), &json!({ "iss": 7 }));
        forged.replace_range(0..1, "f");
        assert!(verify(&forged, &names, now).is_err());
    }
}
