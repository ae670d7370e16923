//! The App's private key, and the short-lived word that it signs.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::forge::{ForgeError, ForgeKind};

/// How far our clock may run ahead of GitHub's.
const CLOCK_SKEW_S: i64 = 60;
/// How long the word is good; GitHub takes ten minutes at most.
const LIFE_S: i64 = 9 * 60;

/// Signs for the App.
pub(super) struct AppKey {
    app_id: String,
    key: RsaKeyPair,
}

impl AppKey {
    /// Reads a PEM with a PKCS#1 or PKCS#8 RSA key. Newlines may be written as `\n`, as environment files have them.
    pub(super) fn from_pem(app_id: &str, pem: &SecretString) -> Result<Self, ForgeError> {
        let pem = Zeroizing::new(pem.expose_secret().replace("\\n", "\n"));
        let der = PrivateKeyDer::from_pem_slice(pem.trim().as_bytes())
            .map_err(|_| setup("the private key is no PEM with a private key"))?;
        let key = match &der {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            _ => return Err(setup("the private key is no RSA key")),
        };
        let key = key.map_err(|why| setup(&format!("the private key does not work: {why}")))?;
        Ok(Self { app_id: app_id.trim().to_owned(), key })
    }

    /// A JSON Web Token that says "I am the App", made at `now` (seconds since 1970).
    pub(super) fn token(&self, now: i64) -> Result<String, ForgeError> {
        let header = r#"{"alg":"RS256","typ":"JWT"}"#;
        let claims = serde_json::json!({
            "iat": now - CLOCK_SKEW_S,
            "exp": now + LIFE_S,
            "iss": self.app_id,
        });
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| setup("the private key does not sign"))?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }
}

fn setup(message: &str) -> ForgeError {
    ForgeError::Setup { forge: ForgeKind::GitHub, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    const PKCS1: &str = crate::forge::simulator::APP_PRIVATE_KEY;
    const PKCS8: &str = include_str!("testdata/demo-only-app-key.pkcs8.pem");

    fn verify(key: &AppKey, token: &str) -> serde_json::Value {
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64");
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.key.public_key().as_ref())
            .verify(signed.as_bytes(), &signature)
            .expect("the signature fits");
        let (header, claims) = signed.split_once('.').expect("two parts");
        let header = BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64");
        assert_eq!(header, br#"{"alg":"RS256","typ":"JWT"}"#);
        let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64");
        serde_json::from_slice(&claims).expect("JSON")
    }

    #[test]
    fn both_kinds_of_pem_sign_the_same() {
        let flat = PKCS8.replace('\n', "\\n");
        let tokens = [PKCS1, PKCS8, flat.as_str()].map(|pem| {
            let key = AppKey::from_pem("4711", &SecretString::from(pem)).expect("a key");
            let token = key.token(1_767_225_600).expect("signs");
            let claims = verify(&key, &token);
            assert_eq!(
                claims,
                serde_json::json!({"iat": 1_767_225_540, "exp": 1_767_226_140, "iss": "4711"})
            );
            token
        });
        assert_eq!(tokens[0], tokens[1]);
        assert_eq!(tokens[1], tokens[2]);
    }

    #[test]
    fn what_is_no_key_is_refused_without_showing_it() {
        for pem in
            ["", "hunter2", "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----"]
        {
            let error = AppKey::from_pem("1", &SecretString::from(pem)).err().expect("refused");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
