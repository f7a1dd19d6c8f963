(plain_item kind: _ @context name: (_) @name) @item
(addon "addon" @context name: (_) @name) @item
(source "source" @context name: (_) @name) @item
(manifest "manifest" @context name: (_) @name) @item
(rule "rule" @context name: (_) @name) @item
(override "override" @context target: (_) @name) @item
(inventory "inventory" @context name: (_) @name) @item
(type_item "type" @context name: (_) @name) @item
(function "fn" @context name: (_) @name) @item
(let "let" @context name: (_) @name) @item
(doc_comment) @annotation
