import json
import pathlib
import unittest

import testee


def talk(*requests):
    """Has the testee answer those requests, numbered in order."""
    lines = [json.dumps({"id": number, **request}) for number, request in enumerate(requests, 1)]
    replies = []
    testee.serve(lines, replies.append)
    return [json.loads(reply) for reply in replies]


def opened(*layers):
    return [
        {"do": "begin"},
        {"do": "open", "service": 1, "stack": {"layers": list(layers), "leaf": "leaf"}},
        {"do": "caller", "caller": 1, "service": 1},
    ]


def names(reply):
    return [event["event"] for event in reply["events"]]


INVOKE = {"do": "invoke", "operation": 1, "caller": 1, "request": "question"}


class TesteeTest(unittest.TestCase):
    def test_the_conversation_of_the_protocol(self):
        page = pathlib.Path(__file__).parents[2] / "conformance" / "PROTOCOL.md"
        lines = page.read_text(encoding="utf-8").splitlines()
        requests = [line[2:] for line in lines if line.startswith('> {"id"')]
        wanted = [json.loads(line[2:]) for line in lines if line.startswith('< {"id"')]
        self.assertGreater(len(wanted), 5)
        replies = []
        testee.serve(requests, lambda reply: replies.append(json.loads(reply)))
        for reply in replies:
            if not reply.get("events"):
                reply.pop("events", None)
            for event in reply.get("events", []):
                if event["event"] == "failed":  # its text is for people
                    del event["text"]
        self.assertEqual(replies[0].keys(), wanted[0].keys())
        self.assertEqual(replies[1:], wanted[1:])

    def test_an_answer_comes_when_its_time_has_passed(self):
        answer = {"do": "answer", "exchange": 1, "outcome": {"error": "outer<inner"}, "after": 20}
        replies = talk(*opened(), INVOKE, answer, {"do": "advance", "duration": 30}, {"do": "end"})
        self.assertEqual(replies[4]["events"], [])
        (event,) = replies[5]["events"]
        self.assertEqual((event["event"], event["at"], event["kinds"]), ("failed", 20, ["outer", "inner"]))

    def test_a_panic_is_told_from_an_error(self):
        replies = talk(*opened(), INVOKE, {"do": "answer", "exchange": 1, "outcome": {"panic": True}}, {"do": "end"})
        self.assertEqual(names(replies[4]), ["panicked"])

    def test_a_call_that_is_given_up_is_abandoned(self):
        replies = talk(*opened(), INVOKE, {"do": "cancel", "operation": 1}, {"do": "end"})
        self.assertEqual(names(replies[4]), ["abandoned", "cancelled"])

    def test_an_operation_that_was_given_up_is_cancelled_whatever_it_ends_with(self):
        deaf = {"do": "leaf", "leaf": {"name": "leaf", "cancel": "ignore"}}
        late = {"do": "answer", "exchange": 1, "outcome": {"error": "late"}}
        replies = talk(*opened(), deaf, INVOKE, {"do": "cancel", "operation": 1}, late, {"do": "end"})
        self.assertEqual([names(reply) for reply in replies[5:]], [["abandoned"], ["cancelled"], []])

    def test_what_is_not_there_is_unsupported(self):
        buffer = opened({"layer": "buffer", "bound": 1})[:2]
        poll, ready = ({"do": do, "operation": number, "caller": 1} for number, do in enumerate(("poll", "ready"), 1))
        replies = talk(*buffer, poll, ready, {"do": "end"})
        self.assertEqual([reply["events"][0]["what"] for reply in replies[1:4]], ["buffer", "poll", "readiness"])

    def test_a_leaf_that_goes_on_leaves_nothing_behind(self):
        deaf = {"do": "leaf", "leaf": {"name": "leaf", "cancel": "ignore"}}
        timeout = {"layer": "timeout", "timeout": 10}
        replies = talk(*opened(timeout), deaf, INVOKE, {"do": "advance", "duration": 10}, {"do": "end"})
        self.assertEqual(names(replies[5]), ["abandoned", "failed"])
        self.assertNotIn("error", replies[6])

    def test_a_defect_of_its_own_is_an_error_and_the_run_goes_on(self):
        replies = talk({"do": "begin"}, {"do": "caller", "caller": 1, "service": 7}, {"do": "end"}, {"do": "begin"}, {"do": "end"})
        self.assertIn("KeyError", replies[1]["error"])
        self.assertEqual(replies[3], {"id": 4})


if __name__ == "__main__":
    unittest.main()
