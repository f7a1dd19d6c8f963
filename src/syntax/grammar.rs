//! The generated parser, and what it says of text that it cannot read.

use std::collections::BTreeSet;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;
use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../grammar/fleet.pest"]
struct FleetParser;

/// The pairs of one chunk; `None` only where the text is nested past the
/// parser's stack.
pub(super) fn chunk(text: &str) -> Option<Pair<'_, Rule>> {
    FleetParser::parse(Rule::chunk, text).ok()?.next()
}

/// Whether a pair is a comment, or what could not be read.
pub(super) fn is_noted(pair: &Pair<'_, Rule>) -> bool {
    pair.as_rule() == Rule::comment || is_bad(pair)
}

/// Whether a pair is what could not be read.
pub(super) fn is_bad(pair: &Pair<'_, Rule>) -> bool {
    matches!(pair.as_rule(), Rule::bad | Rule::bad_top | Rule::missing_close)
}

/// What a line was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A declaration at the top level.
    Top,
    /// A member of a block.
    Member,
    /// A condition of a check.
    Condition,
}

/// Where reading `text` as one line stops, and what could have stood there.
pub(super) fn expected(text: &str, line: Line) -> Option<(usize, Vec<&'static str>)> {
    let rule = match line {
        Line::Top => Rule::one_top,
        Line::Member => Rule::one,
        Line::Condition => Rule::one_condition,
    };
    let error = FleetParser::parse(rule, text).err()?;
    let at = match error.location {
        InputLocation::Pos(it) | InputLocation::Span((it, _)) => it,
    };
    let ErrorVariant::ParsingError { positives, .. } = error.variant else { return Some((at, Vec::new())) };
    let phrases: BTreeSet<&'static str> = positives.iter().filter_map(|it| phrase(*it)).collect();
    Some((at, phrases.into_iter().collect()))
}

/// What a rule is called in "expected …"; `None` for what would only be noise.
#[expect(clippy::wildcard_enum_match_arm, reason = "most rules never head a message")]
const fn phrase(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::expr
        | Rule::number
        | Rule::boolean
        | Rule::null
        | Rule::variable
        | Rule::list
        | Rule::object
        | Rule::if_
        | Rule::match_
        | Rule::paren
        | Rule::neg
        | Rule::not
        | Rule::list_for
        | Rule::map_for => "a value",
        Rule::string | Rule::plain_string | Rule::text_string | Rule::raw_string => "a string",
        Rule::block | Rule::amend => "`{`",
        Rule::typed => "`:`",
        Rule::assign => "`=`",
        Rule::append => "`+=`",
        Rule::name | Rule::item_name | Rule::key_name | Rule::target_part | Rule::target => "a name",
        Rule::path | Rule::segment | Rule::entry => "a key",
        Rule::type_ | Rule::union | Rule::optional | Rule::named_type | Rule::type_name => "a type",
        Rule::kw_when | Rule::when => "`when`",
        Rule::kw_then => "`then`",
        Rule::kw_else => "`else`",
        Rule::kw_in => "`in`",
        Rule::kw_from => "`from`",
        Rule::arm | Rule::pattern => "`value => result`",
        Rule::source_kw => "`helm`, `oci`, `git`, `bucket` or `external`",
        Rule::or
        | Rule::and
        | Rule::eq
        | Rule::ne
        | Rule::lt
        | Rule::le
        | Rule::gt
        | Rule::ge
        | Rule::in_
        | Rule::add
        | Rule::sub
        | Rule::mul
        | Rule::div
        | Rule::rem
        | Rule::coalesce => "an operator",
        Rule::close => "`}`",
        _ => return None,
    })
}
