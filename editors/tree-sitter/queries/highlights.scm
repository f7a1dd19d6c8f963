(comment) @comment
(doc_comment) @comment.documentation
(string) @string
(raw_string) @string
(escape) @string.escape
(interpolation ["\\(" ")"] @punctuation.special)
(number) @number
(boolean) @boolean
(null) @constant.builtin

["fleet" "catalogue" "application" "group" "cluster" "tenant" "repository" "baseline" "namespace" "kustomize" "addon"
 "source" "manifest" "external" "rule" "override" "check" "inventory" "moved" "type" "let"] @keyword.type
"fn" @keyword.function
"import" @keyword.import
["optional" "final"] @keyword.modifier
["use" "drop" "attach" "detach" "unset" "rings" "patch"] @keyword.directive
["when" "where" "from" "as"] @keyword
"in" @keyword.operator
["if" "then" "else" "match"] @keyword.conditional
"for" @keyword.repeat
["and" "or" "not"] @keyword.operator
(source_kind) @type.builtin

(plain_item name: (name) @type)
(addon name: (name) @type)
(source name: (name) @type)
(manifest name: (name) @type)
(rule name: (name) @type)
(inventory name: (name) @type)
(type_item name: (name) @type.definition)
(let name: (name) @variable)
(function name: (name) @function)
(parameter name: (name) @variable.parameter)
(target (name) @type)
(import path: (name) @module)

(path_segment (key_name) @property)
(field name: (key_name) @property)
(member name: (key_name) @property)
(type_name) @type
; The last of several patterns holds.
(variable) @variable
((variable) @variable.builtin (#any-of? @variable.builtin "cluster" "params" "fleet" "irsa" "it"))
(call function: (variable) @function.call)
(call function: (member name: (key_name) @function.call))

["=" "+=" "==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "??" "?." "=>" "|" "?" "..."] @operator
["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," "." ":"] @punctuation.delimiter
