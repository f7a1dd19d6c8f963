//! What can go wrong while values are computed and joined.

use ecow::{EcoString, eco_format};

use super::select::Pins;
use crate::diagnostic::{Diagnostic, code, listed};
use crate::source::{Db, Kind, Origin};
use crate::syntax::{self, ast::BinaryOp};
use crate::types::{self, RecordType, Type, Written};
use crate::value::{Conflict, Node, Value};

pub(super) fn budget(at: Origin, limit: u64) -> Diagnostic {
    Diagnostic::new(code::BUDGET, eco_format!("evaluating this takes more than {limit} steps"), at, "stopped here")
        .help("compute less: comprehensions inside comprehensions multiply")
}

pub(super) fn too_deep(at: Origin, limit: u32) -> Diagnostic {
    Diagnostic::new(code::BUDGET, eco_format!("functions call each other more than {limit} deep"), at, "stopped here")
        .help("call fewer functions inside each other, or go through a list with a comprehension")
}

pub(super) fn too_many_links(at: Origin, limit: usize) -> Diagnostic {
    let what = eco_format!("this begins a chain of more than {limit} values, each of which refers to the next");
    Diagnostic::new(code::BUDGET, what, at, "one too many").help("write the values of some of them out")
}

pub(super) fn value_too_deep(at: Origin, limit: usize) -> Diagnostic {
    Diagnostic::new(code::BUDGET, eco_format!("this value is nested more than {limit} levels deep"), at, "too deep")
        .help("put fewer lists and objects inside each other")
}

pub(super) fn fails(at: Origin, reason: &str) -> Diagnostic {
    Diagnostic::new(code::FUNCTION_FAILS, EcoString::from(reason), at, "called here")
        .help("call it with other values, or test them first")
}

pub(super) fn cannot_use<'a>(at: Origin, signature: &str, found: impl Iterator<Item = &'a str>) -> Diagnostic {
    let found: Vec<&str> = found.collect();
    Diagnostic::new(
        code::FUNCTION_FAILS,
        eco_format!("this function cannot use {}", found.join(" and ")),
        at,
        "called here",
    )
    .help(eco_format!("its signature is `{signature}`"))
}

pub(super) fn no_number(at: Origin, found: &Node, what: &str) -> Diagnostic {
    // The text is what has to change, wherever it is used.
    Diagnostic::new(code::FUNCTION_FAILS, eco_format!("{} is no {what}", found.value.show()), found.origin, "this text")
        .label(at, "it is asked for here")
        .help(eco_format!("write a {what} there"))
}

pub(super) fn no_such_key(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(code::FUNCTION_FAILS, eco_format!("an element has nothing to use at `{key}`"), at, "called here")
        .help("leave such elements out first: `[for it in … if it.key != null => it]`")
}

pub(super) fn not_ordered(at: Origin) -> Diagnostic {
    Diagnostic::new(code::FUNCTION_FAILS, "only numbers, or only strings, have an order", at, "called here")
        .help("give it elements of one kind")
}

pub(super) fn not_bool(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::CONDITION, "a condition is true or false", at, eco_format!("this is {}", found.noun()))
        .help("compare it with something: `… == …`")
}

pub(super) fn no_arm(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::NO_ARM, eco_format!("no line of this `match` is for {}", found.show()), at, "no line fits")
        .help("add a line for it, or `_ => …` for all others")
}

pub(super) fn interpolated(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(
        code::INTERPOLATED,
        "only strings, numbers and booleans can be interpolated",
        at,
        eco_format!("this is {}", found.noun()),
    )
    .help("give a value for when it is absent: `\\(… ?? \"…\")`")
}

pub(super) fn no_member(at: Origin, found: &Value, name: &str) -> Diagnostic {
    Diagnostic::new(code::NO_MEMBER, eco_format!("{} has no `{name}`", found.noun()), at, "read here")
        .help("only objects and maps have members")
}

pub(super) fn out_of_range(at: Origin, index: i64, length: usize) -> Diagnostic {
    Diagnostic::new(
        code::OUT_OF_RANGE,
        eco_format!("there is no element {index} in a list of {length}"),
        at,
        "read here",
    )
    .help("elements are counted from 0")
}

pub(super) fn bad_index(at: Origin, owner: &Value, by: &Value) -> Diagnostic {
    Diagnostic::new(code::INDEX, eco_format!("{} cannot be indexed by {}", owner.noun(), by.noun()), at, "read here")
        .help("index a list by number or a map by key")
}

pub(super) fn overflow(at: Origin) -> Diagnostic {
    Diagnostic::new(code::OVERFLOW, "this number does not fit into 64 bits", at, "computed here")
        .help("use smaller numbers")
}

pub(super) fn division_by_zero(at: Origin) -> Diagnostic {
    Diagnostic::new(code::OVERFLOW, "this divides by zero", at, "computed here").help("test the divisor first")
}

pub(super) fn operand(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::OPERATOR, eco_format!("this operator cannot take {}", found.noun()), at, "computed here")
        .help("give it a number, or a Bool for `not`")
}

pub(super) fn operands(at: Origin, op: BinaryOp, a: &Value, b: &Value) -> Diagnostic {
    Diagnostic::new(
        code::OPERATOR,
        eco_format!("`{}` cannot join {} and {}", op.sign(), a.noun(), b.noun()),
        at,
        "these do not go together",
    )
    .help("give both sides the same type: nothing is converted silently")
}

pub(super) fn spread_in_list(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(
        code::SPREAD,
        "`...` spreads the elements of a list here",
        at,
        eco_format!("this is {}", found.noun()),
    )
    .help("spread a list")
}

pub(super) fn spread_what(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(
        code::SPREAD,
        "`...` spreads the entries of an object here",
        at,
        eco_format!("this is {}", found.noun()),
    )
    .help("spread an object or a map")
}

pub(super) fn spreads_differ(at: Origin, key: &str, first: Origin) -> Diagnostic {
    Diagnostic::new(code::SPREADS_DIFFER, eco_format!("two spreads set `{key}` to different values"), at, "spread here")
        .label(first, "and here")
        .help(eco_format!("write `{key} = …` in the block: its own entries beat its spreads"))
}

pub(super) fn iterate(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::ITERATE, eco_format!("{} has nothing to go through", found.noun()), at, "not a list or map")
        .help("go through a list, a map or an object")
}

pub(super) fn twice(at: Origin, key: &str, first: Origin) -> Diagnostic {
    Diagnostic::new(code::KEY_TWICE, eco_format!("this comprehension makes `{key}` twice"), at, "made again")
        .label(first, "the first value comes from here")
        .help("add a condition, or make the key from more of what is gone through")
}

pub(super) fn not_a_key(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::MAP_KEY, "a key is a string", at, eco_format!("this is {}", found.noun()))
        .help("make a string of it: `\"\\(…)\"`")
}

pub(super) fn append_what(at: Origin, found: &Value) -> Diagnostic {
    Diagnostic::new(code::APPEND, "`+=` appends the elements of a list", at, eco_format!("this is {}", found.noun()))
        .help("write the elements between brackets")
}

pub(super) fn append_to(at: Origin, key: &str, found: &Value, below: Origin) -> Diagnostic {
    Diagnostic::new(code::APPEND, eco_format!("`{key}` is {}, not a list", found.noun()), at, "appended to here")
        .label(below, "set here")
        .help("write `=`")
}

pub(super) fn append_to_nothing(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(
        code::APPEND_NOTHING,
        eco_format!("there is no list `{key}` below this layer"),
        at,
        "nothing to append to",
    )
    .note("the chart's own list is not visible")
    .help("write `=`, with the whole list")
}

pub(super) fn amend_scalar(at: Origin, key: &str, found: &Value, below: Origin) -> Diagnostic {
    Diagnostic::new(
        code::AMEND_SCALAR,
        eco_format!("`{key}` is {}: there is nothing inside to amend", found.noun()),
        at,
        "a block",
    )
    .label(below, "set here")
    .help(eco_format!("replace it: `{key} = {{ … }}`"))
}

pub(super) fn select_in(at: Origin, key: &str, found: &Value, below: Origin) -> Diagnostic {
    Diagnostic::new(
        code::SELECT,
        eco_format!("`{key}` is {}, not a list", found.noun()),
        at,
        "an element is selected here",
    )
    .label(below, "set here")
    .help("remove the brackets")
}

pub(super) fn select_in_nothing(at: Origin, key: &str) -> Diagnostic {
    Diagnostic::new(
        code::SELECT_NOTHING,
        eco_format!("there is no list `{key}` below this layer"),
        at,
        "nothing to select from",
    )
    .note("the chart's own list is not visible")
    .help("write `=`, with the whole list")
}

pub(super) fn selects(at: Origin, key: &str, pins: &Pins, hits: usize, list: &[Node], below: Origin) -> Diagnostic {
    let wanted = super::select::selector_text(pins);
    let message = if hits == 0 {
        eco_format!("no element of `{key}` has {wanted}")
    } else {
        eco_format!("{hits} elements of `{key}` have {wanted}")
    };
    let known: Vec<EcoString> = pins
        .first()
        .map(|(path, _)| {
            let path: Vec<&str> = path.iter().map(EcoString::as_str).collect();
            list.iter().filter_map(|it| it.at(&path).map(|it| it.value.show())).collect()
        })
        .unwrap_or_default();
    let diagnostic =
        Diagnostic::new(code::SELECT_NOTHING, message, at, "must be exactly one").label(below, "the list is set here");
    if hits > 0 {
        return diagnostic.help("add another key to the brackets");
    }
    let given = pins.first().map(|(_, it)| it.show()).unwrap_or_default();
    diagnostic
        .did_you_mean(&given, known.iter().map(EcoString::as_str))
        .or_help(|| (!known.is_empty()).then(|| eco_format!("it has {}", listed(known))))
        .or_help(|| Some("append it with `+=`".into()))
}

pub(super) fn is_final(at: Origin, path: &[EcoString], set: Origin) -> Diagnostic {
    Diagnostic::new(code::FINAL, eco_format!("`{}` is final", path.join(".")), at, "a higher layer touches it")
        .label(set, "made final here")
        .help("remove this entry, or the keyword `final` there")
}

pub(super) fn near_miss(at: Origin, key: &str, sibling: &str, declared: Origin) -> Diagnostic {
    Diagnostic::new(code::NEAR_MISS, eco_format!("no lower layer has `{key}`, but `{sibling}`"), at, "a new key")
        .label(declared, "the sibling is set here")
        .help(eco_format!("did you mean `{sibling}`? Otherwise give the values a type"))
        .instead_of(key, sibling)
}

/// Two layers of one rank that nothing higher settles.
#[must_use]
pub fn conflict(conflict: &Conflict, item: &str) -> Diagnostic {
    let path = conflict.path.join(".");
    let (a, b) = (&conflict.a, &conflict.b);
    let diagnostic = Diagnostic::new(
        code::CONFLICT,
        eco_format!("two layers of one rank set `{path}` of {item} differently"),
        b.0,
        eco_format!("{} here", says(&b.1)),
    )
    .label(a.0, eco_format!("{} here", says(&a.1)));
    if conflict.same_block {
        return diagnostic.help("let only one of the two conditions hold");
    }
    diagnostic.help(
        "put one rule into a higher layer (`in …`), narrow one `when`, or set the value in a group or the cluster",
    )
}

fn says(value: &Value) -> EcoString {
    match value {
        Value::Absent => "unset".into(),
        Value::Unknown => "changed".into(),
        it => it.show(),
    }
}

pub(super) fn mismatch(node: &Node, expected: &Type, asked: Option<Origin>) -> Diagnostic {
    if let Value::Text(text) = &node.value
        && let Some(problem) = types::no_choice(node.origin, text, expected, asked)
    {
        return problem;
    }
    let found = node.value.show();
    let diagnostic = Diagnostic::new(
        code::MISMATCH,
        eco_format!("expected {expected}, found {found}"),
        node.origin,
        eco_format!("this evaluates to {found}"),
    )
    .label_if(asked, eco_format!("{expected} is asked for here"))
    .help(eco_format!("write a value that is {expected}"));
    match &node.value {
        Value::Text(text) => diagnostic.did_you_mean(text, expected.choices()),
        _ => diagnostic,
    }
}

pub(super) fn unknown_field(at: Origin, record: &RecordType, key: &str) -> Diagnostic {
    Diagnostic::new(code::UNKNOWN_FIELD, eco_format!("{} has no field `{key}`", record.noun()), at, "no such field")
        .label_if(record.declared_at(), "declared here")
        .did_you_mean(key, record.fields.keys().map(EcoString::as_str))
}

pub(super) fn missing_field(at: Origin, record: &RecordType, name: &str, declared: Option<Origin>) -> Diagnostic {
    Diagnostic::new(
        code::MISSING_FIELD,
        eco_format!("`{name}` of {} has no value", record.noun()),
        at,
        "no layer sets it",
    )
    .label_if(declared, "asked for here")
    .help(eco_format!("write `{name} = …`, or give the field a default"))
}

pub(super) fn condition_fails(db: &dyn Db, node: &Node, name: Option<&EcoString>, condition: &Written) -> Diagnostic {
    let shown = node.value.show();
    let declared = condition.anchor;
    let required = super::requirement::requirement(&condition.expr);
    let message = match (name, &required) {
        (Some(name), None) => eco_format!("{shown} is not a valid `{name}`"),
        (None, None) => eco_format!("{shown} does not meet the condition of its type"),
        (_, Some(required)) => eco_format!("the value {required}, found {shown}"),
    };
    let label = required.map_or("this condition does not hold for it", |_| "required here");
    let diagnostic = Diagnostic::new(code::CONDITION_FAILS, message, node.origin, "this value");
    let condition = condition.origin();
    // What its author says of a type tells more than its condition does.
    let told = name.filter(|it| declared.kind(db) == Kind::Type && *it == declared.name(db));
    let Some(doc) = told.and_then(|_| syntax::declaration(db, declared).doc.as_ref()) else {
        return diagnostic.label(condition, label).help("change the value, or the condition");
    };
    let diagnostic = diagnostic.note(doc.lines().collect::<Vec<_>>().join(" "));
    if declared.is_standard(db) {
        return diagnostic.help("write it in that form");
    }
    diagnostic.label(condition, label).help("change the value, or the condition")
}

pub(super) fn pattern_fails(node: &Node, text: &str, pattern: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code::CONDITION_FAILS,
        eco_format!("{text:?} is not what Flux accepts here"),
        node.origin,
        "this value",
    )
    .note(eco_format!("Flux's schema asks for {pattern}"));
    match pattern {
        "^([0-9]+(\\.[0-9]+)?(ms|s|m))+$" => {
            diagnostic.help("write minutes: Flux accepts no hours here, so `60m` for an hour")
        }
        "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$" => {
            diagnostic.help("write a duration such as `30s`, `10m` or `1h30m`; there are no days")
        }
        "^(http|https|ssh)://.*$" => diagnostic.help("write a whole URL: `ssh://git@host/path`, not `git@host:path`"),
        _ => diagnostic.help("write a value that the pattern matches"),
    }
}

pub(super) fn length_fails(node: &Node, length: usize, min: Option<usize>, max: Option<usize>) -> Diagnostic {
    let bound = match (min, max) {
        (Some(min), _) if length < min => eco_format!("at least {min}"),
        (_, Some(max)) => eco_format!("at most {max}"),
        _ => "another length".into(),
    };
    Diagnostic::new(
        code::CONDITION_FAILS,
        eco_format!("the length of this is {length}, Flux accepts {bound}"),
        node.origin,
        "this value",
    )
    .help("shorten or complete it")
}

pub(super) fn bad_pattern(at: Origin, pattern: &str, reason: &str) -> Diagnostic {
    let last = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
    Diagnostic::new(code::BAD_PATTERN, eco_format!("`{pattern}` is no regular expression"), at, eco_format!("{last}"))
        .help("write it in a raw string, `#\"…\"#`, so that backslashes stay")
}

pub(super) fn outside(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(code::INPUT_FILE, eco_format!("`{path}` is not below the project's root"), at, "read here")
        .help("write a path from the project's root, with `/`, without `.` and `..`")
}

pub(super) fn hidden(at: Origin, path: &str) -> Diagnostic {
    Diagnostic::new(code::INPUT_FILE, eco_format!("`{path}` is hidden: a build does not read it"), at, "read here")
        .note("names that begin with a dot are those of programs (`.git/config`, `.env`), with what they keep for themselves")
        .help("copy what is needed into a file that the project has")
}

pub(super) fn unreadable(at: Origin, path: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(code::INPUT_FILE, eco_format!("`{path}` cannot be read: {reason}"), at, "read here")
        .help("the path is relative to the project's root")
}

pub(super) fn unparsable(at: Origin, path: &str, format: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(
        code::INPUT_FILE,
        eco_format!("`{path}` cannot be read as {}", format.to_uppercase()),
        at,
        eco_format!("{reason}"),
    )
    .help("fix it where it is written")
}
