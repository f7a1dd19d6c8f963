; Generated from editors/tree-sitter/queries/highlights.scm.
(comment) @comment.line
(doc_comment) @comment.block.documentation
(string) @string
(raw_string) @string
(escape) @constant.character.escape
(interpolation ["\\(" ")"] @punctuation.special)
(number) @constant.numeric
(boolean) @constant.builtin.boolean
(null) @constant.builtin

["fleet" "catalogue" "application" "group" "cluster" "tenant" "repository" "baseline" "namespace" "kustomize" "addon"
 "source" "manifest" "external" "rule" "override" "check" "inventory" "moved" "type" "let"] @keyword.storage.type
"fn" @keyword.function
"import" @keyword.control.import
["optional" "final"] @keyword.storage.modifier
["use" "drop" "attach" "detach" "unset" "rings" "patch"] @keyword.directive
["when" "where" "from" "as"] @keyword.control
"in" @keyword.operator
["if" "then" "else" "match"] @keyword.control.conditional
"for" @keyword.control.repeat
["and" "or" "not"] @keyword.operator
(source_kind) @type.builtin

(plain_item name: (name) @type)
(addon name: (name) @type)
(source name: (name) @type)
(manifest name: (name) @type)
(rule name: (name) @type)
(inventory name: (name) @type)
(type_item name: (name) @type)
(let name: (name) @variable)
(function name: (name) @function)
(parameter name: (name) @variable.parameter)
(target (name) @type)
(import path: (name) @namespace)

(path_segment (key_name) @variable.other.member)
(field name: (key_name) @variable.other.member)
(member name: (key_name) @variable.other.member)
(type_name) @type
; The last of several patterns holds.
(variable) @variable
((variable) @variable.builtin (#any-of? @variable.builtin "cluster" "params" "fleet" "irsa" "it"))
(call function: (variable) @function)
(call function: (member name: (key_name) @function))

["=" "+=" "==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "??" "?." "=>" "|" "?" "..."] @operator
["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter
