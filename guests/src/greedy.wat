;; Takes of the host what it can: timers without end, or, if the request's method has more than four letters, headers.
(module
  (import "plumbline" "request_method" (func $method (param i32 i32 i32) (result i32)))
  (import "plumbline" "timer_start" (func $timer_start (param i32 i64) (result i32)))
  (import "plumbline" "response_header" (func $response_header (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "name value")
  (func (export "handle") (param $task i32) (result i32)
    (if (i32.gt_u (call $method (local.get $task) (i32.const 16) (i32.const 16)) (i32.const 4))
      (then (loop $more
        (drop (call $response_header (local.get $task) (i32.const 0) (i32.const 4) (i32.const 5) (i32.const 5)))
        (br $more))))
    (loop $more
      (drop (call $timer_start (local.get $task) (i64.const 3600000000000)))
      (br $more))
    unreachable)
  (func (export "callback") (param i32 i32 i32) (result i32) (i32.const 2)))
