;; Traps in every request.
(module
  (memory (export "memory") 1)
  (func (export "handle") (param i32) (result i32) unreachable))
