package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
)

// Serve serves the connections of a listener until ctx ends. Then it accepts no
// more, and returns once every connection is at its end, every request answered,
// and every worker gone: nil, or the error by which the listener failed. It
// closes the listener. A server serves once.
func (s *Server[D]) Serve(ctx context.Context, listener net.Listener) error {
	connections := &http.Server{Handler: s, ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelError)}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	connections.Protocols = &protocols
	failed := make(chan error, 1)
	go func() { failed <- connections.Serve(listener) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	whole := context.WithoutCancel(ctx)
	s.close()
	return errors.Join(err, connections.Shutdown(whole), s.Shutdown(whole))
}
