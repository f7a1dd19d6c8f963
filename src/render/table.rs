//! Tables: columns for a person, rows as objects for a program.

use serde_json::{Map, Value as Json};

use crate::inspect::{Cell, Heading, Table};
use crate::source::{Anchor, Origin};
use crate::value::{Node, Value};

/// Columns as wide as what stands in them; numbers stand to the right.
#[must_use]
pub fn table_text(table: &Table) -> String {
    let mut lines: Vec<Vec<String>> = vec![table.head.iter().map(|it| title(it, &table.head)).collect()];
    lines.extend(table.rows.iter().map(|row| row.iter().map(|it| in_a_line(&text(it))).collect()));
    let width = |nth: usize| lines.iter().filter_map(|it| it.get(nth)).map(|it| it.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..table.head.len()).map(width).collect();
    let is_number = |nth: usize| table.rows.iter().any(|row| matches!(row.get(nth), Some(Cell::Number(_))));
    let numbers: Vec<bool> = (0..table.head.len()).map(is_number).collect();
    let mut out = String::new();
    for line in &lines {
        let columns = line.iter().zip(&widths).zip(&numbers);
        let cells: Vec<String> = columns
            .map(|((it, width), is_number)| if *is_number { format!("{it:>width$}") } else { format!("{it:width$}") })
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// What stands above a column; a fact may be called as another column is.
fn title(heading: &Heading, head: &[Heading]) -> String {
    let is_column = |name: &str| head.iter().any(|it| matches!(it, Heading::Of(of) if *of == name));
    match heading {
        Heading::Of(it) => it.to_uppercase(),
        Heading::Fact(it) if is_column(it) => format!("FACT {}", it.to_uppercase()),
        Heading::Fact(it) | Heading::Ring(it) => it.to_uppercase().to_string(),
    }
}

/// What would break the line is written as the language writes it.
fn in_a_line(text: &str) -> String {
    text.replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => "-".to_owned(),
        Cell::Text(it) => it.to_string(),
        Cell::Number(it) => it.to_string(),
        Cell::List(all) if all.is_empty() => "-".to_owned(),
        Cell::List(all) => all.join(", "),
        Cell::Value(Value::List(all)) => {
            let texts: Vec<String> = all.iter().map(|it| text(&Cell::Value(it.value.clone()))).collect();
            texts.join(", ")
        }
        Cell::Value(Value::Text(it)) => it.to_string(),
        Cell::Value(it) => it.show().to_string(),
    }
}

/// A row an object; what there is none of is null. Facts and rings, whose names are the fleet's own, are objects in it.
#[must_use]
pub fn table_json(table: &Table, at: Option<Anchor>) -> Json {
    let cell = |it: &Cell| match it {
        Cell::Nothing => Json::Null,
        Cell::Text(it) => it.as_str().into(),
        Cell::Number(it) => (*it).into(),
        Cell::List(all) => all.iter().map(|it| Json::from(it.as_str())).collect(),
        Cell::Value(it) => at.map_or(Json::Null, |at| crate::value::json(&Node::new(it.clone(), Origin::of(at)))),
    };
    let row = |row: &Vec<Cell>| {
        let mut object = Map::new();
        for (heading, it) in table.head.iter().zip(row) {
            let (within, name) = match heading {
                Heading::Of(title) => {
                    object.insert(camel_case(title), cell(it));
                    continue;
                }
                Heading::Fact(name) => ("facts", name),
                Heading::Ring(name) => ("rings", name),
            };
            let own = object.entry(within).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(own) = own {
                own.insert(name.to_string(), cell(it));
            }
        }
        Json::Object(object)
    };
    table.rows.iter().map(row).collect()
}

/// `add-ons` as programs write it: `addOns`.
fn camel_case(title: &str) -> String {
    let mut words = title.split(['-', ' ']);
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, it| {
        let (initial, rest) = it.split_at(it.chars().next().map_or(0, char::len_utf8));
        all + &initial.to_uppercase() + rest
    })
}
