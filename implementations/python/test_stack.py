import asyncio
import unittest

import stack
from virtual import VirtualLoop


class Parking:
    """Parks every call until its future is given a response."""

    def __init__(self):
        self.calls = []

    async def call(self, request):
        parked = asyncio.get_running_loop().create_future()
        self.calls.append((request, parked))
        return await parked

    def requests(self):
        return [request for request, _ in self.calls]


class Deaf:
    """Goes on for a second with a call that was cancelled."""

    async def call(self, request):
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            await asyncio.sleep(1)
            raise ValueError("nobody hears this")


class StackTest(unittest.TestCase):
    def setUp(self):
        self.loop = VirtualLoop()
        self.addCleanup(self.loop.close)
        self.leaf = Parking()
        self.complaints = []
        self.loop.set_exception_handler(lambda loop, context: self.complaints.append(context))

    def start(self, service, *requests):
        tasks = [self.loop.create_task(service.call(request)) for request in requests]
        self.loop.advance()
        return tasks

    def answer(self, number, response="response"):
        self.leaf.calls[number][1].set_result(response)
        self.loop.advance()


class LimitTest(StackTest):
    def test_lets_waiting_calls_in_in_order(self):
        self.start(stack.ConcurrencyLimit(self.leaf, 1), "a", "b", "c")
        self.assertEqual(self.leaf.requests(), ["a"])
        self.answer(0)
        self.assertEqual(self.leaf.requests(), ["a", "b"])
        self.answer(1)
        self.assertEqual(self.leaf.requests(), ["a", "b", "c"])

    def test_a_permit_goes_past_a_call_that_was_given_up(self):
        a, b, c = self.start(stack.ConcurrencyLimit(self.leaf, 1), "a", "b", "c")
        b.cancel()
        self.leaf.calls[0][1].set_result("response")  # in the same turn
        self.loop.advance()
        self.assertEqual(self.leaf.requests(), ["a", "c"])

    def test_a_permit_that_came_too_late_is_handed_on(self):
        a, b, c = self.start(stack.ConcurrencyLimit(self.leaf, 1), "a", "b", "c")
        self.leaf.calls[0][1].set_result("response")
        self.loop.call_soon(b.cancel)  # when a has given its permit to b, and b has not run yet
        self.loop.advance()
        self.assertTrue(b.cancelled())
        self.assertEqual(self.leaf.requests(), ["a", "c"])

    def test_an_error_frees_the_permit(self):
        a, b = self.start(stack.ConcurrencyLimit(self.leaf, 1), "a", "b")
        self.leaf.calls[0][1].set_exception(ValueError())
        self.loop.advance()
        self.assertEqual(self.leaf.requests(), ["a", "b"])
        self.assertIsInstance(a.exception(), ValueError)

    def test_refuses_a_limit_of_zero(self):
        with self.assertRaises(stack.Invalid) as refusal:
            stack.ConcurrencyLimit(self.leaf, 0)
        self.assertEqual(refusal.exception.parameter, "limit")


class TimeoutTest(StackTest):
    def test_answers_at_the_deadline_and_cancels_the_call(self):
        (task,) = self.start(stack.Timeout(self.leaf, 0.1), "a")
        self.loop.advance(0.099)
        self.assertFalse(task.done())
        self.loop.advance(0.001)
        self.assertIsInstance(task.exception(), stack.Elapsed)
        self.assertTrue(self.leaf.calls[0][1].cancelled())

    def test_an_answer_before_the_deadline_is_the_answer(self):
        (task,) = self.start(stack.Timeout(self.leaf, 0.1), "a")
        self.loop.advance(0.099)
        self.answer(0)
        self.assertEqual(task.result(), "response")

    def test_does_not_wait_for_a_call_that_goes_on(self):
        (task,) = self.start(stack.Timeout(Deaf(), 0.1), "a")
        self.loop.advance(0.1)
        self.assertIsInstance(task.exception(), stack.Elapsed)
        self.loop.advance(1)
        self.assertEqual(self.complaints, [])

    def test_a_call_that_is_given_up_is_cancelled_inside(self):
        (task,) = self.start(stack.Timeout(self.leaf, 0.1), "a")
        task.cancel()
        self.loop.advance()
        self.assertTrue(self.leaf.calls[0][1].cancelled())

    def test_refuses_what_is_not_a_time(self):
        for seconds in (0, -1, float("nan")):
            with self.assertRaises(stack.Invalid):
                stack.Timeout(self.leaf, seconds)


class FunctionTest(StackTest):
    def test_a_function_answers(self):
        (task,) = self.start(stack.FunctionService(str.upper), "a")
        self.assertEqual(task.result(), "A")

    def test_a_map_changes_responses(self):
        (task,) = self.start(stack.Map(self.leaf, str.upper), "a")
        self.answer(0)
        self.assertEqual(task.result(), "RESPONSE")

    def test_a_missing_function_is_refused(self):
        for build in (lambda: stack.FunctionService(None), lambda: stack.Map(self.leaf, None)):
            with self.assertRaises(stack.Invalid) as refusal:
                build()
            self.assertEqual(refusal.exception.parameter, "function")


if __name__ == "__main__":
    unittest.main()
