;; Wants 4 GiB from the start, all that a memory can have.
(module
  (memory (export "memory") 65536)
  (func (export "handle") (param i32) (result i32) (i32.const 0)))
