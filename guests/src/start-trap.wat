;; Cannot be instantiated: its start function traps.
(module
  (memory (export "memory") 1)
  (func $start unreachable)
  (start $start)
  (func (export "handle") (param i32) (result i32) (i32.const 0)))
