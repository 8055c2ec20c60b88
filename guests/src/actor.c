// Actor does what its request tells it to: the header "program" is a list of steps, separated by single spaces, which
// README.md lists. It is the guest that the conformance suite talks to. Built with -DSYNCHRONOUS it has no callback and
// waits inside the functions of its embedder.
#include "plumbline.h"

// What the actor needs of its embedder, beside the ABI.
#define EMBEDDER_FUNCTION(name) IMPORT("actor", name)
EMBEDDER_FUNCTION("enter") void embedder_enter(const void *text, u32 length);
EMBEDDER_FUNCTION("pressure") void embedder_pressure(u32 on);
EMBEDDER_FUNCTION("panic") void embedder_panic(void);
// embedder_turn takes a while of the embedder's clock, which may stand still as long as a guest computes.
EMBEDDER_FUNCTION("turn") void embedder_turn(void);
// embedder_wait returns 1 if the gate is open. If it is not, it returns 0 and delivers an event to the task once it is,
// or, for a synchronous guest, returns when it is.
EMBEDDER_FUNCTION("wait") u32 embedder_wait(const void *gate, u32 length);

enum { ROOM = 2048, PAGE = 65536 };

// One task. Slots are used again, and memory grows when all are taken.
struct slot {
	u32 task; // 0: free
	u32 at;   // where in the program the next step begins
	u32 length;
	char program[ROOM];
};

extern char __heap_base;
static u32 slots;
static u32 entered;

static struct slot *slot_at(u32 index) { return (struct slot *)(&__heap_base) + index; }

static struct slot *find(u32 task) {
	for (u32 i = 0; i < slots; i++)
		if (slot_at(i)->task == task)
			return slot_at(i);
	if (task == 0) {
		u32 end = (u32)(unsigned long)slot_at(slots + 1);
		u32 have = __builtin_wasm_memory_size(0) * PAGE;
		if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) == (u32)-1)
			__builtin_trap();
		slot_at(slots)->task = 0;
		return slot_at(slots++);
	}
	__builtin_trap(); // the host made a callback for a task that is not
}

static u32 is(const char *step, u32 length, const char *name, u32 name_length) {
	if (length != name_length)
		return 0;
	for (u32 i = 0; i < length; i++)
		if (step[i] != name[i])
			return 0;
	return 1;
}

// starts tells whether the step is "name:TEXT"; name has its colon.
static u32 starts(const char *step, u32 length, const char *name, u32 name_length) {
	return length >= name_length && is(step, name_length, name, name_length);
}

static void respond_number(u32 task, u32 number) {
	char digits[10];
	u32 at = sizeof digits;
	do {
		digits[--at] = '0' + number % 10;
		number /= 10;
	} while (number > 0);
	task_return(task, 200, digits + at, sizeof digits - at);
}

// Any status; one below GO_ON is the actor's to return.
enum { GO_ON = 1000 };

#define IS(name) is(step, length, TEXT(name))
#define STARTS(name) (starts(step, length, TEXT(name)) && (text = step + sizeof(name) - 1, text_length = length - sizeof(name) + 1, 1))

static u32 take(struct slot *s, const char *step, u32 length) {
	u32 task = s->task;
	const char *text;
	u32 text_length;
	if (STARTS("enter:"))
		embedder_enter(text, text_length);
	else if (STARTS("respond:"))
		task_return(task, 200, text, text_length);
	else if (IS("count"))
		respond_number(task, entered);
	else if (IS("head"))
		task_return_head(task, 200);
	else if (STARTS("body:"))
		response_write(task, text, text_length);
	else if (IS("end-body"))
		response_end(task);
	else if (IS("fail-body"))
		response_fail(task, TEXT("as told"));
	else if (STARTS("error:"))
		task_return_error(task, text, text_length, 0, 0);
	else if (STARTS("wait:")) {
		if (!embedder_wait(text, text_length))
			return WAIT;
	} else if (IS("yield")) {
#ifndef SYNCHRONOUS
		return YIELD;
#endif
	} else if (IS("trap"))
		__builtin_trap();
	else if (IS("spin"))
		for (;;)
			embedder_turn();
	else if (IS("pressure:on")) {
		backpressure_inc();
		embedder_pressure(1);
	} else if (IS("pressure:off")) {
		backpressure_dec();
		embedder_pressure(0);
	} else if (IS("host-panic"))
		embedder_panic();
	else if (IS("lie:twice")) {
		task_return(task, 200, TEXT("one"));
		task_return(task, 200, TEXT("two"));
	} else if (IS("lie:other"))
		task_return(task + 1000, 200, TEXT("not mine"));
	else if (IS("lie:status"))
		return 77;
	else if (IS("lie:pointer"))
		task_return(task, 200, (void *)0xfffffff0, 64);
	else
		task_return_error(task, TEXT("actor-unknown-step"), step, length);
	return GO_ON;
}

static u32 run(struct slot *s) {
	while (s->at < s->length) {
		u32 begin = s->at, end = begin;
		while (end < s->length && s->program[end] != ' ')
			end++;
		s->at = end + 1;
		u32 status = take(s, s->program + begin, end - begin);
		if (status < GO_ON)
			return status;
	}
	s->task = 0;
	return EXIT;
}

EXPORT("handle") u32 handle(u32 task) {
	entered++;
	struct slot *s = find(0);
	i32 length = request_header(task, TEXT("program"), s->program, ROOM);
	if (length > ROOM) {
		task_return_error(task, TEXT("actor-program-too-long"), 0, 0);
		return EXIT;
	}
	s->task = task;
	s->at = 0;
	s->length = length < 0 ? 0 : length;
	return run(s);
}

#ifndef SYNCHRONOUS
EXPORT("callback") u32 callback(u32 task, u32 event, u32 payload) { return run(find(task)); }
#endif
