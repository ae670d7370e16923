//! Which secrets a webhook gets.

use secrecy::SecretString;

use crate::forge::gitlab::HookSecrets;
use crate::forge::gitlab::hooks::HookSecret;

/// What the calls of this project or group are to be made with: once any signing token counts for them, only signed ones
/// are taken. Of several, the newest of the narrowest scope.
pub(super) fn of_hook<'a>(hooks: &'a [HookSecrets], path: &str) -> Option<HookSecret<'a>> {
    let covering = covering(hooks, path);
    let signing = covering.iter().find_map(|hook| hook.signing_tokens.first());
    signing.map(HookSecret::Signing).or_else(|| of_check(hooks, path).map(HookSecret::Token))
}

/// What signs the calls of an external status check.
pub(super) fn of_check<'a>(hooks: &'a [HookSecrets], path: &str) -> Option<&'a SecretString> {
    covering(hooks, path).into_iter().find_map(|hook| hook.tokens.first())
}

/// Those that count for this path, the narrowest scope first.
fn covering<'a>(hooks: &'a [HookSecrets], path: &str) -> Vec<&'a HookSecrets> {
    let mut covering: Vec<_> = hooks.iter().filter(|hook| hook.covers(path)).collect();
    covering.sort_by_key(|hook| std::cmp::Reverse(hook.scope.as_ref().map(String::len)));
    covering
}

/// Scopes below this path for which only signed calls are taken.
pub(super) fn signed_below<'a>(hooks: &'a [HookSecrets], path: &str) -> Vec<&'a str> {
    let all = HookSecrets { scope: Some(path.to_owned()), ..HookSecrets::default() };
    let below = hooks.iter().filter(|hook| !hook.signing_tokens.is_empty());
    let scopes = below.filter_map(|hook| hook.scope.as_deref());
    scopes.filter(|scope| all.covers(scope) && !all.is_for(scope)).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn secrets(scope: Option<&str>, tokens: &[&str], signing: &[&str]) -> HookSecrets {
        let all = |texts: &[&str]| texts.iter().map(|text| SecretString::from(*text)).collect();
        HookSecrets {
            scope: scope.map(str::to_owned),
            tokens: all(tokens),
            signing_tokens: all(signing),
            former: Vec::new(),
        }
    }

    #[test]
    fn the_narrowest_scope_gives_the_secret_and_signing_goes_first() {
        let hooks = [
            secrets(None, &["all"], &[]),
            secrets(Some("a"), &["a-new", "a-old"], &[]),
            secrets(Some("a/b"), &["b"], &[]),
            secrets(Some("s"), &[], &["whsec_s"]),
            secrets(Some("s/t"), &["t"], &[]),
        ];
        let said = |path| match of_hook(&hooks, path) {
            Some(HookSecret::Token(secret)) => format!("token {}", secret.expose_secret()),
            Some(HookSecret::Signing(secret)) => format!("signing {}", secret.expose_secret()),
            None => String::new(),
        };
        assert_eq!(said("x/y"), "token all");
        assert_eq!(said("a/x"), "token a-new");
        assert_eq!(said("A/B/c"), "token b");
        assert_eq!(said("s/t/u"), "signing whsec_s");
        let check = of_check(&hooks, "s/t/u").expect("there is one");
        assert_eq!(check.expose_secret(), "t");
        assert!(of_hook(&hooks[1..2], "x/y").is_none());
        let below = [secrets(Some("g/p"), &[], &["whsec_p"]), secrets(Some("g"), &["g"], &[])];
        assert_eq!(signed_below(&below, "g"), ["g/p"]);
        assert!(signed_below(&below, "g/p").is_empty());
    }
}
