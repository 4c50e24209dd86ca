[
  (function_declaration)
  (method_declaration)
  (func_literal)
] @function

[
  (type_spec)
  (type_alias)
] @class

(import_spec path: (interpreted_string_literal (interpreted_string_literal_content) @import))
(import_spec path: (raw_string_literal (raw_string_literal_content) @import))

[
  (if_statement)
  (for_statement)
  (expression_case)
  (type_case)
  (communication_case)
] @decision

(binary_expression operator: ["&&" "||"] @decision)

(comment) @comment
