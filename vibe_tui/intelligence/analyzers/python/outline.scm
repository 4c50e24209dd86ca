; For files that Python's own parser refuses.

(function_definition) @function
(class_definition) @class

(import_statement name: (dotted_name) @import)
(import_statement name: (aliased_import name: (dotted_name) @import))
(import_from_statement module_name: (_) @import)

[
  (if_statement)
  (elif_clause)
  (for_statement)
  (while_statement)
  (except_clause)
  (conditional_expression)
  (boolean_operator)
  (assert_statement)
  (case_clause)
  (for_in_clause)
  (if_clause)
] @decision
