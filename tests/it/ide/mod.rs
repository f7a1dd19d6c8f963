//! What an editor asks: one file for each thing that it may ask, and the fleet that most of them ask about.

mod completion;
mod hover;
mod fixes;
mod names;
mod rename;
mod shape;

use fleetc::ide;
use fleetc::source::{FleetDatabase, SourceFile};

use crate::support::{database, files_of};

/// A project in which `$0` marks a place.
struct Marked {
    db: FleetDatabase,
    file: SourceFile,
    offset: usize,
}

fn marked(text: &str) -> Marked {
    let mut place = None;
    let files: Vec<(String, String)> = files_of(text)
        .into_iter()
        .map(|(path, text)| {
            if let Some(offset) = text.find("$0") {
                place = Some((path.clone(), offset));
            }
            (path, text.replace("$0", ""))
        })
        .collect();
    let db = database(&files);
    let (path, offset) = place.expect("a `$0`");
    let file = db.file(&path).expect("the file");
    Marked { db, file, offset }
}

const FLEET: &str = r#"
fleet f {
  /// Where pods may run.
  facts { environment: "test" | "production", zones: Int = 1 }
}
/// Three letters.
type Code = String where length(it) == 3
let home: Code = "abc"
fn twice(text: String): String = "\(text)\(text)"
catalogue addons {
  source charts = helm "https://charts.example.com"
  /// Serves pages.
  addon web {
    source  = charts
    version = "1.0.0"
    params {
      /// How many pods.
      size: Int = 2
    }
    values {
      replicas = params.size
      zones    = cluster.zones
      names    = [for name in ["a", "b"] => twice(name)]
      code     = home
    }
  }
  addon db { source = charts, version = "2.0.0", requires = [web] }
}
rule big when cluster.environment == "production" { override web { params.size = 5 } }
cluster one {
  environment = "production"
  use addons
  override addons.web { values.log = "debug" }
}
cluster two {
  environment = "test"
  use addons
  drop addons.db
}
"#;

/// The fleet with `$0` in front of the nth occurrence of a text, and so many bytes behind it.
fn at(text: &str, nth: usize) -> Marked {
    let (offset, _) = FLEET.match_indices(text).nth(nth).unwrap_or_else(|| panic!("no {text}"));
    let mut marked_text = FLEET.to_owned();
    marked_text.insert_str(offset + 1, "$0");
    marked(&marked_text)
}

/// The lines on which something is named, each with the name.
fn lines(it: &Marked) -> Vec<String> {
    let Some((named, _)) = ide::occurrence_at(&it.db, it.file, it.offset) else { return vec!["nothing".into()] };
    ide::references(&it.db, &named.symbol)
        .into_iter()
        .map(|(named, place)| {
            let text = place.file.text(&it.db);
            assert_eq!(&text[place.range.clone()], named.name.as_str(), "the place of a name is its name");
            let line = text[..place.range.start].matches('\n').count() + 1;
            format!("{}{line}", if named.defines { "=" } else { "" })
        })
        .collect()
}

/// A text with several edits, each of which was made for the text as it was.
fn edited(text: &str, edits: &[ide::Edit]) -> String {
    let mut edits: Vec<&ide::Edit> = edits.iter().collect();
    edits.sort_by_key(|it| std::cmp::Reverse(it.range.start));
    let mut new = text.to_owned();
    for it in edits {
        new.replace_range(it.range.clone(), &it.text);
    }
    new
}
