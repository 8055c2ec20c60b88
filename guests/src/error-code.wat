;; Answers with an error code of wasi:http in place of a response.
(module
  (import "plumbline" "task_return_error" (func $task_return_error (param i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "DNS-timeout")
  (func (export "handle") (param $task i32) (result i32)
    (call $task_return_error (local.get $task) (i32.const 0) (i32.const 11) (i32.const 0) (i32.const 0))
    (i32.const 0)))
