// Answers with nothing, for measuring.
__attribute__((import_module("http_handler"), import_name("set_status_code"))) void set_status_code(unsigned status);

__attribute__((export_name("handle_request"))) unsigned long long handle_request(void) {
	set_status_code(200);
	return 0;
}

__attribute__((export_name("handle_response"))) void handle_response(unsigned request, unsigned failed) {}
