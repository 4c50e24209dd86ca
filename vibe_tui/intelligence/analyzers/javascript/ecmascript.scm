; What JavaScript, TypeScript and TSX share.

[
  (function_declaration)
  (generator_function_declaration)
  (function_expression)
  (generator_function)
  (arrow_function)
  (method_definition)
] @function

[
  (class_declaration)
  (class)
] @class

(variable_declarator
  name: (identifier) @name
  value: [
    (arrow_function)
    (function_expression)
    (generator_function)
    (class)
  ] @named) @whole

(assignment_expression
  left: [(identifier) (member_expression)] @name
  right: [
    (arrow_function)
    (function_expression)
    (generator_function)
    (class)
  ] @named) @whole

(export_statement
  value: [
    (arrow_function)
    (function_expression)
    (generator_function)
    (class)
  ] @named) @whole

(import_statement source: (string (string_fragment) @import))
(export_statement source: (string (string_fragment) @import))

(call_expression
  function: (identifier) @callee
  arguments: (arguments . (string (string_fragment) @import))
  (#eq? @callee "require"))

(call_expression
  function: (import)
  arguments: (arguments . (string (string_fragment) @import)))

[
  (if_statement)
  (for_statement)
  (for_in_statement)
  (while_statement)
  (do_statement)
  (switch_case)
  (catch_clause)
  (ternary_expression)
] @decision

(binary_expression operator: ["&&" "||" "??"] @decision)
(augmented_assignment_expression operator: ["&&=" "||=" "??="] @decision)

(comment) @comment
