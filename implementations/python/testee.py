"""The testee: builds stacks of stack.py as Plumbline's runner says, and reports what happens. See conformance/PROTOCOL.md."""

import asyncio
import json
import sys

import stack
from virtual import VirtualLoop

GREETING = {
    "protocol": 1,
    "implementation": "python-stack",
    "version": "0.1.0",
    "clock": "virtual",
    "features": ["function-service", "map", "concurrency-limit", "timeout", "panic"],
}


class Scripted(stack.ServiceError):
    """An error of a kind that the script gives."""

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


class Unsupported(Exception):
    """The stack has no such thing."""


def error_of(chain):
    """The error of a chain of kinds such as `outer<inner`."""
    error = None
    for kind in reversed(chain.split("<")):
        outer = Scripted(kind)
        outer.__cause__, error = error, outer
    return error


def kinds_of(error):
    """The chain of kinds of an error, outermost first."""
    kinds = []
    while error is not None:
        if isinstance(error, Scripted):
            kinds.append(error.kind)
        elif isinstance(error, stack.Elapsed):
            kinds.append("elapsed")
        else:
            kinds.append("unrecognised")
        error = error.__cause__
    return kinds


class Leaf:
    """The innermost service, which does what the script says."""

    def __init__(self, subject, name):
        self._subject, self._name = subject, name
        self.answers, self.cancel = "manual", "heed"

    async def call(self, request):
        subject = self._subject
        answer = subject.loop.create_future()
        subject.exchanges.append(answer)
        exchange = len(subject.exchanges)
        subject.happened("received", leaf=self._name, exchange=exchange, request=request)
        if self.answers == "manual":
            heeds = self.cancel == "heed"
            try:
                # The shield keeps the future open, for a leaf that goes on with a call that was cancelled.
                await asyncio.shield(answer)
            except asyncio.CancelledError:
                subject.happened("abandoned", exchange=exchange)
                if heeds:
                    answer.cancel()
                    raise
                await answer
            return give(answer.result())
        if self.answers == "echo":
            return request
        if self.answers == "panic":
            return give({"panic": True})
        return give({"error": self.answers.removeprefix("error:")})


def give(outcome):
    if "panic" in outcome:
        raise RuntimeError("a panic, as the script says")
    if "error" in outcome:
        raise error_of(outcome["error"])
    return outcome["response"]


class Subject:
    """One fresh set of services and callers. Its commands have the names of the protocol."""

    def __init__(self):
        self.loop = VirtualLoop()
        self.events = []
        self.exchanges = []
        self._leaves, self._services, self._callers, self._operations = {}, {}, {}, {}
        self._given_up = set()

    def happened(self, event, **fields):
        self.events.append({"event": event, "at": round(self.loop.time() * 1000, 6), **fields})

    def open(self, service, stack, reuse=None):
        try:
            if reuse is not None:
                raise Unsupported("layer-reuse")
            built = self._build(stack)
        except Unsupported as absent:
            self.happened("unsupported", what=str(absent))
        except _Invalid as refusal:
            self.happened("refused", service=service, parameter=refusal.parameter, text=str(refusal))
        else:
            self._services[service] = built
            self.happened("opened", service=service)

    def caller(self, caller, service):
        self._callers[caller] = self._services[service]

    def leave(self, caller):
        del self._callers[caller]

    def invoke(self, operation, caller, request):
        task = self.loop.create_task(self._callers[caller].call(request))
        self._operations[operation] = task
        task.add_done_callback(lambda task: self._ended(operation, task))

    def cancel(self, operation):
        self._given_up.add(operation)
        self._operations[operation].cancel()

    def leaf(self, leaf):
        target = self._leaf(leaf["name"])
        target.answers = leaf.get("answers", target.answers)
        target.cancel = leaf.get("cancel", target.cancel)

    def answer(self, exchange, outcome, after=0):
        answer = self.exchanges[exchange - 1]
        if after:
            self.loop.call_later(after / 1000, settle, answer, outcome)
        else:
            settle(answer, outcome)

    def advance(self, duration):
        self.loop.advance(duration / 1000)

    def end(self):
        for operation in self._operations:
            self.cancel(operation)
        self.loop.advance()
        for answer in self.exchanges:
            settle(answer, {"response": ""})
        self.loop.advance()
        left = asyncio.all_tasks(self.loop)
        self.loop.close()
        if left:
            raise RuntimeError(f"{len(left)} tasks are left running")

    def _leaf(self, name):
        return self._leaves.setdefault(name, Leaf(self, name))

    def _build(self, wanted):
        service = self._leaf(wanted["leaf"])
        for layer in reversed(wanted.get("layers", [])):
            match layer["layer"]:
                case "function-service":
                    service = stack.FunctionService(self._function(layer["function"]))
                case "map":
                    service = stack.Map(service, self._function(layer["function"]))
                case "concurrency-limit":
                    service = stack.ConcurrencyLimit(service, layer["limit"])
                case "timeout":
                    service = stack.Timeout(service, layer["timeout"] / 1000)
                case name:
                    raise Unsupported(name)
        return service

    def _function(self, text):
        """A function of the vocabulary, from a text to a text. The functions that change errors leave a text as it is."""
        if text == "nil":
            return None
        name, _, argument = text.partition(":")
        if name not in ("append", "fail", "wrap", "recover", "panic"):
            raise Unsupported(text)

        def function(value):
            self.happened("applied", function=text, input=value)
            if name == "append":
                return f"{value}>{argument}"
            if name == "fail":
                raise error_of(argument)
            if name == "panic":
                return give({"panic": True})
            return value

        return function

    def _ended(self, operation, task):
        if operation in self._given_up:
            if not task.cancelled():
                task.exception()  # asyncio reports an exception that nobody asks for
            self.happened("cancelled", operation=operation)
            return
        match task.exception():
            case None:
                self.happened("response", operation=operation, text=task.result())
            case stack.ServiceError() as error:
                self.happened("failed", operation=operation, kinds=kinds_of(error), text=repr(error))
            case panic:
                self.happened("panicked", operation=operation, text=repr(panic))


_Invalid = stack.Invalid  # `open` has a field of the name `stack`


def settle(answer, outcome):
    if not answer.done():
        answer.set_result(outcome)


COMMANDS = {"open", "caller", "leave", "invoke", "cancel", "leaf", "answer", "advance", "end"}


def serve(lines, write):
    """Answers each line with one reply, when nothing more can happen without another."""
    subject = None
    for line in lines:
        request = json.loads(line)
        number, do = request.pop("id"), request.pop("do")
        reply = {"id": number}
        if do == "hello":
            reply["hello"] = GREETING
        elif do == "begin":
            subject = Subject()
        else:
            try:
                if do in COMMANDS:
                    getattr(subject, do)(**request)
                    if do != "end":
                        subject.loop.advance()
                else:
                    subject.happened("unsupported", what="readiness" if do in ("ready", "call") else do)
            except Exception as defect:  # the spec fails, and the run goes on
                reply["error"] = repr(defect)
            reply["events"], subject.events = subject.events, []
        write(json.dumps(reply))


if __name__ == "__main__":
    serve(sys.stdin, lambda line: print(line, flush=True))
