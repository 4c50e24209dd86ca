[
  (function_signature)
  (method_signature)
  (abstract_method_signature)
] @function

[
  (abstract_class_declaration)
  (interface_declaration)
  (enum_declaration)
  (type_alias_declaration)
] @class

(public_field_definition
  name: (_) @name
  value: [(arrow_function) (function_expression)] @named) @whole

(import_require_clause source: (string (string_fragment) @import))
