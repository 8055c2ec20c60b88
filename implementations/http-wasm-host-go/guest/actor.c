// The actor of the conformance suite for the http-wasm handler ABI: it carries out the steps that the request's header
// "program" lists. Steps that the ABI has nothing for trap.
typedef unsigned int u32;
typedef unsigned long long u64;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

enum { REQUEST = 0, RESPONSE = 1 }; // kinds of headers and bodies

IMPORT("http_handler", "get_header_values") u64 get_header_values(u32 kind, const void *name, u32 name_length, void *to, u32 room);
IMPORT("http_handler", "set_status_code") void set_status_code(u32 status);
IMPORT("http_handler", "write_body") void write_body(u32 kind, const void *data, u32 length);

// What the actor needs of its embedder, beside the ABI.
IMPORT("actor", "start") void embedder_start(void);
IMPORT("actor", "enter") void embedder_enter(const void *text, u32 length);
IMPORT("actor", "wait") void embedder_wait(const void *gate, u32 length); // until the gate is open
IMPORT("actor", "panic") void embedder_panic(void);

#define TEXT(literal) literal, sizeof(literal) - 1

static u32 is(const char *step, u32 length, const char *name, u32 name_length) {
	if (length < name_length)
		return 0;
	for (u32 i = 0; i < name_length; i++)
		if (step[i] != name[i])
			return 0;
	return 1;
}

static u32 handed; // requests, to this instance

static void count(void) {
	char digits[10];
	u32 at = sizeof digits, number = handed;
	do {
		digits[--at] = '0' + number % 10;
		number /= 10;
	} while (number > 0);
	set_status_code(200);
	write_body(RESPONSE, digits + at, sizeof digits - at);
}

#define STARTS(name) (is(step, length, TEXT(name)) && (text = step + sizeof(name) - 1, text_length = length - sizeof(name) + 1, 1))

static void take(const char *step, u32 length) {
	const char *text;
	u32 text_length;
	if (STARTS("enter:"))
		embedder_enter(text, text_length);
	else if (STARTS("respond:")) {
		set_status_code(200);
		write_body(RESPONSE, text, text_length);
	} else if (STARTS("wait:"))
		embedder_wait(text, text_length);
	else if (STARTS("count"))
		count();
	else if (STARTS("head"))
		set_status_code(200);
	else if (STARTS("body:"))
		write_body(RESPONSE, text, text_length);
	else if (STARTS("end-body")) {
		// It ends when the task returns.
	} else if (STARTS("host-panic"))
		embedder_panic();
	else
		__builtin_trap();
}

EXPORT("_initialize") void initialize(void) { embedder_start(); }

EXPORT("handle_request") u64 handle_request(void) {
	static char program[2048];
	u64 values = get_header_values(REQUEST, TEXT("program"), program, sizeof program);
	u32 length = (u32)values; // with a NUL after the one value
	handed++;
	for (u32 at = 0; at + 1 < length;) {
		u32 end = at;
		while (end + 1 < length && program[end] != ' ')
			end++;
		take(program + at, end - at);
		at = end + 1;
	}
	return 0; // no other handler follows
}

EXPORT("handle_response") void handle_response(u32 request, u32 failed) {}
