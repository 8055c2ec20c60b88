;; Never answers, and never returns either: it waits for an event that does not come.
(module
  (memory (export "memory") 1)
  (func (export "handle") (param i32) (result i32) (i32.const 2))
  (func (export "callback") (param i32 i32 i32) (result i32) (i32.const 2)))
