(function) @function.around
[(plain_item body: (block) @class.inside) (addon body: (block) @class.inside)] @class.around
(parameter) @parameter.around
(entry value: (_) @entry.inside) @entry.around
[(comment) (doc_comment)] @comment.inside
[(comment) (doc_comment)]+ @comment.around
