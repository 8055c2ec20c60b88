;; Waits for an event of the embedder's, and answers then.
(module
  (import "plumbline" "task_return" (func $task_return (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "woken")
  (func (export "handle") (param i32) (result i32) (i32.const 2))
  (func (export "callback") (param $task i32) (param $event i32) (param i32) (result i32)
    (if (i32.ne (local.get $event) (i32.const 4)) (then (return (i32.const 2))))
    (call $task_return (local.get $task) (i32.const 200) (i32.const 0) (i32.const 5))
    (i32.const 0)))
