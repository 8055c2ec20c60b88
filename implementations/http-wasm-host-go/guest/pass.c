// Hands every request on to the next handler.
__attribute__((export_name("handle_request"))) unsigned long long handle_request(void) { return 1; }

__attribute__((export_name("handle_response"))) void handle_response(unsigned request, unsigned failed) {}
