//! Text in other clothes: base64, JSON, YAML, URLs.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::call::Call;
use crate::eval::env::Env;
use crate::eval::problems;
use crate::source::noncharacter;
use crate::value::yaml::{Style, Writer};
use crate::value::{Value, json};

/// RFC 3986, 2.3: what never has to be encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    Some(Value::Text(match (it.name, it.texts) {
        ("base64", [text]) => BASE64_STANDARD.encode(text.as_bytes()).into(),
        ("base64-decode", [text]) => {
            let decoded = BASE64_STANDARD.decode(text.trim().as_bytes()).ok().and_then(|it| String::from_utf8(it).ok());
            match decoded {
                Some(it) if noncharacter(&it).is_none() => it.into(),
                _ => return Some(env.report(problems::fails(it.origin, "this is no base64 of UTF-8 text"))),
            }
        }
        ("url-encode", [text]) => utf8_percent_encode(text, RESERVED).to_string().into(),
        ("to-json", _) => json(it.args.first()?).to_string().into(),
        ("to-yaml", _) => {
            let mut writer = Writer::new(Style::File);
            writer.document(it.args.first()?);
            writer.finish().into()
        }
        _ => return None,
    }))
}
