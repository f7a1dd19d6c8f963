//! Files of the project, and text that stands for a value.

use super::call::Call;
use crate::data::{self, Document, Format};
use crate::eval::env::Env;
use crate::eval::problems;
use crate::source::noncharacter;
use crate::value::Value;

pub(super) fn call(env: &mut Env<'_>, it: &Call<'_>) -> Option<Value> {
    Some(match (it.name, it.texts) {
        ("secret", [name]) => Value::Text(name.clone()),
        ("file", [path]) => {
            if !is_inside(path) {
                return Some(env.report(problems::outside(it.origin, path)));
            }
            if is_hidden(path) {
                return Some(env.report(problems::hidden(it.origin, path)));
            }
            match env.db.data_file(&data::path_of(env.db, env.anchor, path)).text(env.db) {
                Ok(text) => match noncharacter(text) {
                    Some(_) => env.report(problems::unreadable(it.origin, path, "it has a noncharacter of Unicode")),
                    None => Value::Text(text.as_ref().into()),
                },
                Err(reason) => env.report(problems::unreadable(it.origin, path, reason)),
            }
        }
        ("yaml" | "json" | "csv", [path]) => {
            if !is_inside(path) {
                return Some(env.report(problems::outside(it.origin, path)));
            }
            if is_hidden(path) {
                return Some(env.report(problems::hidden(it.origin, path)));
            }
            if let Err(reason) = env.db.data_file(&data::path_of(env.db, env.anchor, path)).text(env.db) {
                return Some(env.report(problems::unreadable(it.origin, path, reason)));
            }
            let format = Format::named(it.name)?;
            let document = data::document(env.db, data::anchor(env.db, env.anchor, path, format));
            used(env, it, document, path, format)
        }
        ("from-json" | "from-yaml", [text]) => {
            let format = if it.name == "from-json" { Format::Json } else { Format::Yaml };
            // A value may be as short as a sign and a comma: what it comes to is weighed where it is known.
            if !env.spend_text(text.len() as u64, it.origin) {
                return Some(Value::Unknown);
            }
            used(env, it, &data::inline(format, text, it.origin), "this text", format)
        }
        _ => return None,
    })
}

fn is_inside(path: &str) -> bool {
    !path.starts_with('/')
        && !path.contains('\\')
        && path.split('/').all(|it| !it.is_empty() && it != "." && it != "..")
}

/// Whether a file or directory is a program's own: `.git/config`, `.env`.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|it| it.starts_with('.'))
}

fn used(env: &mut Env<'_>, it: &Call<'_>, document: &Document, path: &str, format: Format) -> Value {
    for problem in &document.problems {
        env.report(problem.clone());
    }
    if !env.spend(document.size, it.origin) {
        return Value::Unknown;
    }
    match &document.node {
        Ok(node) => node.value.clone(),
        Err(reason) => env.report(problems::unparsable(it.origin, path, format.name(), reason)),
    }
}
