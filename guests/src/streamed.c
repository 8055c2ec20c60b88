// Streams its response: three lines, one each second, after the head.
#include "plumbline.h"

static u32 lines[64]; // written so far, for each task; those that overlap share 64 slots

EXPORT("handle") u32 handle(u32 task) {
	response_header(task, TEXT("content-type"), TEXT("text/plain"));
	task_return_head(task, 200);
	lines[task % 64] = 0;
	timer_start(task, 1000000000);
	return WAIT;
}

EXPORT("callback") u32 callback(u32 task, u32 event, u32 payload) {
	// A body that nobody reads any more answers FAILED; this guest goes on all the same.
	response_write(task, TEXT("line\n"));
	if (++lines[task % 64] == 3) {
		response_end(task);
		return EXIT;
	}
	timer_start(task, 1000000000);
	return WAIT;
}
