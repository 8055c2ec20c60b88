// The ABI between guest and host for freestanding C; ABI.md is its description.
#ifndef PLUMBLINE_H
#define PLUMBLINE_H

typedef unsigned int u32;
typedef int i32;
typedef unsigned long long u64;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
#define HOST(name) IMPORT("plumbline", name)

enum status { EXIT = 0, YIELD = 1, WAIT = 2 };
enum event { NONE = 0, TIMER = 1, READ = 2, WRITE = 3, EMBEDDER = 4 };
enum result { BLOCKED = -1, FAILED = -2, ABSENT = -1, REFUSED = -1 };

HOST("request_method") u32 request_method(u32 task, void *to, u32 room);
HOST("request_target") u32 request_target(u32 task, void *to, u32 room);
HOST("request_authority") u32 request_authority(u32 task, void *to, u32 room);
HOST("request_header") i32 request_header(u32 task, const void *name, u32 name_length, void *to, u32 room);
HOST("request_headers") u32 request_headers(u32 task, void *to, u32 room);
HOST("request_read") i32 request_read(u32 task, void *to, u32 room);
HOST("response_header")
i32 response_header(u32 task, const void *name, u32 name_length, const void *value, u32 value_length);
HOST("task_return") void task_return(u32 task, u32 status, const void *body, u32 length);
HOST("task_return_head") void task_return_head(u32 task, u32 status);
HOST("task_return_error")
void task_return_error(u32 task, const void *code, u32 code_length, const void *message, u32 message_length);
HOST("response_write") i32 response_write(u32 task, const void *data, u32 length);
HOST("response_end") void response_end(u32 task);
HOST("response_fail") void response_fail(u32 task, const void *message, u32 length);
HOST("timer_start") u32 timer_start(u32 task, u64 nanoseconds);
HOST("backpressure_inc") void backpressure_inc(void);
HOST("backpressure_dec") void backpressure_dec(void);

#define TEXT(literal) literal, sizeof(literal) - 1

#endif
