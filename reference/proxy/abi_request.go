package proxy

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

func requestMethod(c call, a []uint64) uint32 {
	method := c.task.request.Method
	if method == "" {
		method = http.MethodGet // net/http's meaning of the empty method
	}
	return c.put(method, a[1], a[2])
}

// requestTarget gives path and query as a client sent them. A client of a proxy
// sends the scheme and the authority before them (RFC 9112, section 3.2.2).
func requestTarget(c call, a []uint64) uint32 {
	target := c.task.request.RequestURI // of a request that a server received
	if u := c.task.request.URL; !strings.HasPrefix(target, "/") && u != nil {
		target = u.RequestURI()
	}
	return c.put(target, a[1], a[2])
}

func requestAuthority(c call, a []uint64) uint32 {
	authority := c.task.request.Host
	if u := c.task.request.URL; authority == "" && u != nil {
		authority = u.Host
	}
	return c.put(authority, a[1], a[2])
}

// requestHeader gives the values of one header, joined as RFC 9110, section 5.3
// has it.
func requestHeader(c call, a []uint64) uint32 {
	values := c.task.request.Header.Values(string(c.bytes(a[1], a[2])))
	if len(values) == 0 {
		c.bytes(a[3], a[4])
		return resultAbsent
	}
	return c.put(strings.Join(values, ", "), a[3], a[4])
}

// requestHeaders gives all of them, each as its name in lower case and its
// value, with a NUL after either.
func requestHeaders(c call, a []uint64) uint32 {
	var all strings.Builder
	header := c.task.request.Header
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			all.WriteString(strings.ToLower(name))
			all.WriteByte(0)
			all.WriteString(value)
			all.WriteByte(0)
		}
	}
	return c.put(all.String(), a[1], a[2])
}

func requestRead(c call, a []uint64) uint32 {
	space := c.bytes(a[1], a[2])
	if body := c.task.request.Body; body == nil || body == http.NoBody {
		return 0
	}
	in := c.input()
	for {
		result := in.read(space)
		if result != resultBlocked || !c.loop.synchronous {
			return result
		}
		c.await(in.ready)
	}
}

func (c call) input() *input {
	c.loop.mu.Lock()
	defer c.loop.mu.Unlock()
	if c.task.input == nil {
		c.task.input = newInput(c.task)
	}
	return c.task.input
}
