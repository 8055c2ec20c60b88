"""A small service stack for asyncio: a service of a function, a map, a concurrency limit and a timeout.

A service is anything with `async def call(request)`. It answers with a response or raises a ServiceError. Any other exception
is a defect: layers let it pass, and free what they hold. A caller gives up on a call by cancelling the task that awaits it.
There is no readiness: what has to be waited for is waited for in the call.
"""

import asyncio
from collections import deque


class ServiceError(Exception):
    """An error that a service may answer with. What caused it is its `__cause__`."""


class Elapsed(ServiceError):
    """The timeout was over before the call had its answer."""


class Invalid(ValueError):
    """A parameter of a layer is out of its range."""

    def __init__(self, parameter, text):
        super().__init__(f"{parameter} {text}")
        self.parameter = parameter


class FunctionService:
    """Answers each call with what the function makes of the request."""

    def __init__(self, function):
        self._function = _callable(function)

    async def call(self, request):
        return self._function(request)


class Map:
    """Applies a function to each response and to no error."""

    def __init__(self, inner, function):
        self._inner = inner
        self._function = _callable(function)

    async def call(self, request):
        return self._function(await self._inner.call(request))


class ConcurrencyLimit:
    """Lets at most `limit` calls be in progress inside. The others wait, and are let in in the order in which they came."""

    def __init__(self, inner, limit):
        if limit < 1:
            raise Invalid("limit", "has to be at least 1")
        self._inner = inner
        self._free = limit
        self._waiting = deque()

    async def call(self, request):
        await self._take()
        try:
            return await self._inner.call(request)
        finally:
            self._give_back()

    async def _take(self):
        if self._free > 0:  # then nobody waits: a permit that is given back goes to a waiting call first
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._waiting.remove(turn)
            else:  # the permit came, and its caller gave up before it could run
                self._give_back()
            raise

    def _give_back(self):
        # A waiting call whose future was cancelled has yet to run and to leave the queue: it is passed over.
        heir = next((turn for turn in self._waiting if not turn.cancelled()), None)
        if heir is None:
            self._free += 1
        else:
            self._waiting.remove(heir)
            heir.set_result(None)


class Timeout:
    """Answers a call with Elapsed when it has no answer after so many seconds.

    The call is then cancelled and not waited for: one that goes on regardless does not keep its caller. Which of the two it is
    when the answer comes at the very instant of the deadline is not promised.
    """

    def __init__(self, inner, seconds):
        if not seconds > 0:
            raise Invalid("timeout", "has to be more than 0")
        self._inner = inner
        self._seconds = seconds

    async def call(self, request):
        work = asyncio.ensure_future(self._inner.call(request))
        try:
            await asyncio.wait((work,), timeout=self._seconds)
            if work.done():
                return work.result()
            raise Elapsed(f"no answer after {self._seconds} s")
        finally:
            if not work.done():
                work.cancel()
                work.add_done_callback(_drop_outcome)


def _callable(function):
    if not callable(function):
        raise Invalid("function", "has to be given")
    return function


def _drop_outcome(task):
    """Asks for the outcome of a call that nobody waits for, so that asyncio does not report it as forgotten."""
    if not task.cancelled():
        task.exception()
