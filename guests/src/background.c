// Answers at once, and works on in the background for three seconds.
#include "plumbline.h"

enum { SECOND = 1000000000, TURNS = 3 };

// What is left to do for each task; tasks that overlap share the slots, one for 64.
static u32 left[64];

EXPORT("handle") u32 handle(u32 task) {
	task_return(task, 200, TEXT("answered"));
	left[task % 64] = TURNS;
	timer_start(task, SECOND);
	return WAIT;
}

EXPORT("callback") u32 callback(u32 task, u32 event, u32 payload) {
	if (--left[task % 64] == 0)
		return EXIT;
	timer_start(task, SECOND);
	return WAIT;
}
