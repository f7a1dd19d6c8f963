// The fleet language for tree-sitter. `grammar/fleet.pest` is what the compiler reads; a test holds
// both against all examples.

/// Words that head a declaration: names may be any of them, too.
const DECLARATIONS = ["fleet", "catalogue", "application", "group", "cluster", "tenant", "repository", "baseline",
  "namespace", "kustomize"];
const CONTEXTUAL = [...DECLARATIONS, "addon", "source", "manifest", "external", "rule", "override", "check", "import",
  "inventory", "moved", "type", "fn", "let", "optional", "final", "use", "drop", "attach", "detach", "unset", "rings",
  "patch", "helm", "oci", "git", "bucket", "from", "as", "where", "when", "in"];

const sep = (rule) => repeat(seq(rule, optional(",")));
const list1 = (rule) => seq(rule, repeat(seq(",", rule)));

module.exports = grammar({
  name: "fleet",
  word: ($) => $.name,
  extras: ($) => [/\s/, $.comment, $.doc_comment],
  conflicts: ($) => [
    [$.entry, $.key_name],
    [$.unset, $.key_name],
    [$.moved, $.key_name],
    [$.use],
    [$.drop],
  ],
  supertypes: ($) => [$.expression, $.declaration, $.statement],
  rules: {
    source_file: ($) => repeat($.declaration),

    declaration: ($) => choice($.plain_item, $.addon, $.source, $.manifest, $.external, $.rule, $.override, $.check,
      $.import, $.inventory, $.moved, $.type_item, $.let, $.function),

    plain_item: ($) => seq(field("kind", choice(...DECLARATIONS)), field("name", $._item_name), optional($._from),
      field("body", $.block)),
    addon: ($) => prec.right(seq(optional("optional"), "addon", field("name", $._item_name), optional($._from),
      optional(field("body", $.block)))),
    source: ($) => prec.right(seq("source", field("name", $._item_name), "=", field("kind", $.source_kind), $.expression,
      optional(field("body", $.block)))),
    source_kind: () => choice("helm", "oci", "git", "bucket", "external"),
    manifest: ($) => seq("manifest", field("name", $._item_name), choice(seq("=", $.expression), field("body", $.block))),
    external: ($) => prec.right(seq("external", field("kind", $.name), field("name", $.target), optional($.block))),
    rule: ($) => seq("rule", field("name", $._item_name), optional(seq("in", $.name)), optional($.when_clause),
      field("body", $.block)),
    override: ($) => seq("override", optional(field("kind", choice("source", "cluster", "baseline", "namespace"))),
      field("target", $.target), optional($.when_clause), field("body", $.block)),
    check: ($) => seq("check", field("name", $.string), optional($.when_clause), "{", sep($.expression), "}"),
    import: ($) => prec.right(seq("import", field("path", $.name), repeat(seq(".", field("path", $.name))),
      optional(seq(".", "{", sep($.import_name), "}")))),
    import_name: ($) => prec.right(seq($.name, optional(seq("as", field("alias", $.name))))),
    inventory: ($) => seq("inventory", field("name", $._item_name), "from", $.expression, "as", list1($.name),
      optional(seq(":", $._type)), field("body", $.block)),
    moved: ($) => seq("moved", field("body", $.block)),
    type_item: ($) => seq("type", field("name", $.name), choice(seq("=", $._type), $.record)),
    record: ($) => seq("{", sep(choice($.field, "...")), "}"),
    field: ($) => prec.right(seq(field("name", choice($.key_name, $.string)), ":", $._type,
      optional(seq("=", $.expression)))),
    let: ($) => prec.right(seq("let", field("name", $.name), optional(seq(":", $._type)), "=", $.expression)),
    function: ($) => prec.right(seq("fn", field("name", $.name), "(", sep($.parameter), ")", ":", $._type, "=",
      $.expression)),
    parameter: ($) => seq(field("name", $.name), ":", $._type, optional(seq("=", $.expression))),
    _item_name: ($) => choice($.name, $.string),
    _from: ($) => seq("from", field("base", $.target)),

    block: ($) => seq("{", sep($._member), "}"),
    _member: ($) => choice($.entry, $.declaration, $.statement),
    statement: ($) => choice($.use, $.drop, $.unset, $.rings, $.patch, $.spread),
    // A name behind a comma goes on with these, where it is not an entry of its own: `use a, zones = 3`.
    use: ($) => seq("use", list1($.target), optional($.block)),
    drop: ($) => seq(choice("drop", "attach", "detach"), list1($.target)),
    unset: ($) => prec.right(seq("unset", $.path, optional($.when_clause))),
    rings: ($) => seq("rings", $.name, "=", $.expression),
    patch: ($) => seq("patch", $.name, choice($.name, $.string), optional(seq("in", choice($.name, $.string))), $.block),
    spread: ($) => prec.right(seq("...", $.expression, optional($.when_clause))),
    when_clause: ($) => prec.right(seq("when", $.expression)),

    entry: ($) => prec.right(seq(optional("final"), field("key", $.path), choice(
      seq(choice("=", "+="), field("value", $.expression), optional($.when_clause)),
      seq(":", $._type, optional(choice(seq("=", $.expression, optional($.when_clause)), $.block))),
      seq(optional($.when_clause), field("value", $.block))))),
    path: ($) => prec.right(seq($.path_segment, repeat(seq(".", $.path_segment)))),
    path_segment: ($) => prec.right(seq(choice($.key_name, $.string), repeat($.selector))),
    selector: ($) => seq("[", list1(seq($._dotted, "=", $.expression)), "]"),
    _dotted: ($) => seq(choice($.key_name, $.string), repeat(seq(".", choice($.key_name, $.string)))),
    key_name: ($) => choice($.name, ...CONTEXTUAL.map((it) => alias(it, $.name))),
    target: ($) => prec.right(seq($._target_part, repeat(seq(".", $._target_part)))),
    _target_part: ($) => choice($.name, $.string, "*"),

    _type: ($) => choice($.union_type, $.where_type, $._plain_type),
    where_type: ($) => prec.right(1, seq(choice($.union_type, $._plain_type, $.where_type), "where", $.expression)),
    union_type: ($) => prec.left(2, seq(choice($._plain_type, $.union_type), "|", $._plain_type)),
    _plain_type: ($) => choice($.optional_type, $.list_type, $.map_type, $.paren_type, $.literal_type, $.type_name),
    optional_type: ($) => prec(3, seq($._plain_type, "?")),
    list_type: ($) => seq("[", $._type, "]"),
    map_type: ($) => seq("{", $._type, ":", $._type, "}"),
    paren_type: ($) => seq("(", $._type, ")"),
    literal_type: ($) => choice($.string, seq(optional("-"), $.number), $.boolean),
    type_name: ($) => prec.right(seq($.name, repeat(seq(".", $.name)))),

    expression: ($) => choice($.binary, $.unary, $.if, $.match, $.call, $.member, $.index, $.string, $.number, $.boolean,
      $.null, $.variable, $.list, $.list_for, $.map_for, $.object, $.paren),
    binary: ($) => choice(...[["??", 1], ["or", 2], ["and", 3], ["==", 4], ["!=", 4], ["<", 4], ["<=", 4], [">", 4],
      [">=", 4], ["in", 4], ["+", 5], ["-", 5], ["*", 6], ["/", 6], ["%", 6]].map(([sign, level]) =>
      prec.left(level, seq($.expression, field("operator", sign), $.expression)))),
    unary: ($) => prec(7, seq(choice("-", "not"), $.expression)),
    member: ($) => prec.left(9, seq($.expression, choice(".", "?."), field("name", choice($.key_name, $.string)))),
    index: ($) => prec.left(9, seq($.expression, token.immediate("["), $.expression, "]")),
    call: ($) => prec(9, seq(field("function", choice($.variable, $.member)), token.immediate("("), sep($.expression), ")")),
    if: ($) => prec.right(seq("if", $.expression, "then", $.expression, "else", $.expression)),
    match: ($) => seq("match", $.expression, "{", sep($.arm), "}"),
    arm: ($) => seq(list_of($.pattern), "=>", $.expression),
    pattern: ($) => choice("_", $.literal_type, $.null),
    list: ($) => seq("[", sep(choice($.expression, $.spread)), "]"),
    list_for: ($) => seq("[", $._for, "=>", $.expression, "]"),
    map_for: ($) => seq("{", $._for, "=>", $.map_key, "=", $.expression, "}"),
    map_key: ($) => choice($.name, $.string, seq("(", $.expression, ")")),
    _for: ($) => seq("for", field("variable", $.name), optional(seq(",", field("variable", $.name))), "in", $.expression,
      optional(seq("if", $.expression))),
    object: ($) => $.block,
    paren: ($) => seq("(", $.expression, ")"),
    variable: ($) => choice($.name, ...["fleet", "cluster", "source", "group", "git", "type"].map((it) => alias(it, $.name))),
    boolean: () => choice("true", "false"),
    null: () => "null",

    string: ($) => choice($._plain_string, $._text_string, $.raw_string),
    _plain_string: ($) => seq('"', repeat(choice(alias($._plain_text, $.string_text), $.escape, $.interpolation)),
      token.immediate('"')),
    _plain_text: () => token.immediate(prec(1, /[^"\\\n]+/)),
    _text_string: ($) => seq('"""', repeat(choice(alias($._text_text, $.string_text), $.escape, $.interpolation)),
      token.immediate('"""')),
    _text_text: () => token.immediate(prec(1, /([^"\\]|"[^"\\]|""[^"\\])+/)),
    raw_string: () => token(seq('#"', /([^"\n]|"[^#\n])*/, '"#')),
    escape: () => token.immediate(/\\([ntr"\\]|u\{[0-9A-Fa-f]{1,6}\})/),
    interpolation: ($) => seq(token.immediate("\\("), $.expression, ")"),

    number: () => /[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?/,
    name: () => /[A-Za-z_][A-Za-z0-9_]*(-+[A-Za-z0-9_]+)*/,
    comment: () => token(seq("//", /[^\n]*/)),
    doc_comment: () => token(prec(1, seq("///", /[^\n]*/))),
  },
});

function list_of(rule) {
  return seq(rule, repeat(seq("|", rule)));
}
