((comment) @injection.content (#set! injection.language "comment"))
((doc_comment) @injection.content (#set! injection.language "markdown_inline"))

; Patterns of `matches` and its like.
((call function: (variable) @_function (string (raw_string) @injection.content))
 (#any-of? @_function "matches" "captures" "replace-pattern")
 (#offset! @injection.content 0 2 0 -2)
 (#set! injection.language "regex"))
