"""An asyncio event loop on virtual time: the time stands still until it is moved, and then jumps from timer to timer."""

import asyncio
import selectors


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs until nothing more can happen: every task waits for another command or for a later instant."""

    def __init__(self):
        self._now = self._until = 0.0
        super().__init__(_Idle(self))

    def time(self):
        return self._now

    def advance(self, seconds=0.0):
        """Moves the time. What falls due on the way happens at its own instant."""
        self._until = _nanoseconds(self._now + seconds)
        self.run_forever()

    def idle(self, timeout):
        """The loop has nothing to run, and its next timer, if there is one, is due after `timeout` seconds."""
        due = None if timeout is None else _nanoseconds(self._now + timeout)
        if due is not None and due <= self._until:
            self._now = due
        else:
            self._now = self._until
            self.stop()


class _Idle(selectors.DefaultSelector):
    """The loop asks its selector to wait when it has nothing else to do. That is how idleness is noticed."""

    def __init__(self, loop):
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        if timeout is None or timeout > 0:
            self._loop.idle(timeout)
        return []  # a stack under check does no input or output


def _nanoseconds(seconds):
    """Rounds to the resolution of asyncio's timers, so that 0.099 + 0.001 is the same instant as 0.1."""
    return round(seconds, 9)
