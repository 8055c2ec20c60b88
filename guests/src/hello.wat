;; The simplest guest there is: synchronous, and its whole answer is one call.
(module
  (import "plumbline" "task_return" (func $task_return (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "hello")
  (func (export "handle") (param $task i32) (result i32)
    (call $task_return (local.get $task) (i32.const 200) (i32.const 0) (i32.const 5))
    (i32.const 0)))
