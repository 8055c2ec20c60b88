package remote

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// connected returns both ends of a socket.
func connected(t *testing.T, network, address string) (ours stream, theirs net.Conn) {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	connection, err := net.Dial(network, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if theirs, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = connection.Close(), theirs.Close() })
	return connection.(stream), theirs
}

func TestWhatIsReadIsWaitedForUpToADeadline(t *testing.T) {
	ours, theirs := connected(t, "tcp", "127.0.0.1:0")
	patient := &patient{stream: ours, due: time.Now().Add(20 * time.Millisecond)}
	into := make([]byte, 8)
	if n, err := patient.Read(into); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("of nothing it read %d bytes: %v", n, err)
	}
	if time.Now().Before(patient.due) {
		t.Error("it gave up too early")
	}
	if _, err := theirs.Write([]byte("late")); err != nil {
		t.Fatal(err)
	}
	patient.due = time.Time{}
	if n, err := patient.Read(into); err != nil || string(into[:n]) != "late" {
		t.Errorf("it read %q: %v", into[:n], err)
	}
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := patient.Read(into); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

// TestHangingUpEndsAnEndlessWait is an interrupted run whose testee is in a debugger: there is no deadline.
func TestHangingUpEndsAnEndlessWait(t *testing.T) {
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "s")} {
		ours, _ := connected(t, network, address)
		read, closed := make(chan error, 1), make(chan struct{})
		go func() {
			_, err := (&patient{stream: ours}).Read(make([]byte, 8))
			read <- err
		}()
		select {
		case err := <-read:
			t.Fatalf("%s: it did not wait: %v", network, err)
		case <-time.After(50 * time.Millisecond): // by then it is in poll, or the test shows less
		}
		go func() {
			hangUp(ours.(net.Conn))
			close(closed)
		}()
		for _, ended := range []func() bool{
			func() bool { return <-read != nil },
			func() bool { _, open := <-closed; return !open },
		} {
			done := make(chan bool, 1)
			go func() { done <- ended() }()
			select {
			case ok := <-done:
				if !ok {
					t.Errorf("%s: it read something", network)
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("%s: it waits on", network)
			}
		}
	}
}
