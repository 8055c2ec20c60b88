// Answers with the body of the request, streamed both ways: no more of it is held than one buffer. It shows how to wait
// for either side.
#include "plumbline.h"

enum { TASKS = 16, ROOM = 4096 };

// One task. A guest of this size has a place for each of a few at a time, and back-pressure for the rest.
static struct echo {
	u32 task; // 0: free
	u32 from, to; // what is read and not written
	char data[ROOM];
} echoes[TASKS];

static u32 free_places = TASKS;

static u32 leave(struct echo *e) {
	e->task = 0;
	if (free_places++ == 0)
		backpressure_dec();
	return EXIT;
}

static u32 go_on(struct echo *e) {
	for (;;) {
		while (e->from < e->to) {
			i32 written = response_write(e->task, e->data + e->from, e->to - e->from);
			if (written == BLOCKED)
				return WAIT;
			if (written == FAILED)
				return leave(e);
			e->from += written;
		}
		i32 read = request_read(e->task, e->data, ROOM);
		if (read == BLOCKED)
			return WAIT;
		if (read == FAILED) {
			response_fail(e->task, TEXT("the request's body failed"));
			return leave(e);
		}
		if (read == 0) {
			response_end(e->task);
			return leave(e);
		}
		e->from = 0;
		e->to = read;
	}
}

static struct echo *find(u32 task) {
	for (u32 i = 0; i < TASKS; i++)
		if (echoes[i].task == task)
			return &echoes[i];
	__builtin_trap();
}

EXPORT("handle") u32 handle(u32 task) {
	struct echo *e = find(0);
	if (--free_places == 0)
		backpressure_inc();
	e->task = task;
	e->from = e->to = 0;
	i32 length = request_header(task, TEXT("content-type"), e->data, ROOM);
	if (length > 0 && length <= ROOM)
		response_header(task, TEXT("content-type"), e->data, length);
	task_return_head(task, 200);
	return go_on(e);
}

EXPORT("callback") u32 callback(u32 task, u32 event, u32 payload) { return go_on(find(task)); }
