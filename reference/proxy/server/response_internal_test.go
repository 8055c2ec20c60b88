package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A message with two lengths is refused by clients, and worse where it is not
// (RFC 9112, section 6.3).
func TestAGuestWithTwoLengthsIsNotBelieved(t *testing.T) {
	s := &Server[struct{}]{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, http.NewResponseController(w), r, &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Length": {"4", "2"}}, ContentLength: -1,
			Body: io.NopCloser(strings.NewReader("body")),
		})
	}))
	defer web.Close()
	response, err := web.Client().Get(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); string(text) != "body" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}
