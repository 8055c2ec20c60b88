// Asks for no more requests while it works on one, which takes a second.
#include "plumbline.h"

EXPORT("handle") u32 handle(u32 task) {
	backpressure_inc();
	timer_start(task, 1000000000);
	return WAIT;
}

EXPORT("callback") u32 callback(u32 task, u32 event, u32 payload) {
	backpressure_dec();
	task_return(task, 200, TEXT("done"));
	return EXIT;
}
