(block) @local.scope
(function) @local.scope
(list_for) @local.scope
(map_for) @local.scope

(let name: (name) @local.definition)
(parameter name: (name) @local.definition)
(list_for variable: (name) @local.definition)
(map_for variable: (name) @local.definition)

(variable) @local.reference
