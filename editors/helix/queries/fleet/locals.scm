[(block) (function) (list_for) (map_for)] @local.scope
(parameter name: (name) @local.definition.variable.parameter)
(list_for variable: (name) @local.definition.variable)
(map_for variable: (name) @local.definition.variable)
(variable) @local.reference
