//! Keys whose values are credentials.

/// What the key of a credential ends with, without case and signs between words; the reference
/// lists them (`docs/reference/why.md`).
const ENDINGS: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "credentials",
    "connectionstring",
];

/// Keys that end so and name an object instead of holding what is in it.
const NAMES: [&str; 7] =
    ["existingsecret", "pullsecret", "tlssecret", "certsecret", "authsecret", "usesecret", "createsecret"];

/// Whether a key is called as credentials are: `adminPassword`, `api-key`, `DB_TOKEN`.
#[must_use]
pub fn is_credential(key: &str) -> bool {
    ENDINGS.iter().any(|it| ends_with(key, it)) && !NAMES.iter().any(|it| ends_with(key, it))
}

/// Whether the letters and digits of a key end so, whatever their case. Each key of each release is asked.
fn ends_with(key: &str, ending: &str) -> bool {
    let mut plain = key.bytes().rev().filter(u8::is_ascii_alphanumeric);
    ending.bytes().rev().all(|it| plain.next().is_some_and(|key| key.eq_ignore_ascii_case(&it)))
}

#[cfg(test)]
mod tests {
    use super::is_credential;

    #[test]
    fn keys_of_credentials_are_known_by_their_end() {
        for key in
            ["password", "adminPassword", "DB_TOKEN", "api-key", "clientSecret", "secretKey", "AWS_SECRET_ACCESS_KEY"]
        {
            assert!(is_credential(key), "{key}");
        }
        for key in [
            "secretName",
            "existingSecret",
            "imagePullSecret",
            "tokenTTL",
            "passwordPolicy",
            "key",
            "secretRef",
            "keys",
        ] {
            assert!(!is_credential(key), "{key}");
        }
    }
}
