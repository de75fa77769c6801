"""Whatever goes wrong with a model, the planner without one has answered, in time."""

import json
import socket
import time

import pytest


def slow_headers(handler, body):
    handler.send_response(200)
    handler.wfile.flush()
    while not handler.server.released.wait(0.005):
        handler.wfile.write(b"X")


def drip(handler, body):
    handler.begin_stream()
    while not handler.server.released.wait(0.02):
        handler.event(handler.delta(" ", body, first=False))


def silent(handler, body):
    handler.server.released.wait(30)


def endless(handler, body):
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.released.is_set():
        handler.wfile.write(b"x" * 65536)


def truncated_body(handler, body):
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.drop()


def dropped_stream(handler, body):
    handler.begin_stream()
    handler.event(handler.delta('{"answer": "plan", "st', body, first=True))
    handler.drop()


def stream_without_end(handler, body):
    """Ends well for HTTP, but the model was cut off."""
    handler.begin_stream()
    handler.event(handler.delta('{"answer": "plan"', body, first=True))
    handler.wfile.write(b"0\r\n\r\n")


def error_in_stream(handler, body):
    handler.begin_stream()
    handler.event({"error": {"message": "out of memory"}})
    handler.end_stream()


def cut_off(handler, body):
    handler.say('{"answer": "plan", "steps": [', body, finish="length")


def filtered(handler, body):
    handler.say("", body, finish="content_filter")


def refusing(handler, body):
    message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    handler.reply({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def redirecting(handler, body):
    handler.reply({}, 307, {"Location": "http://127.0.0.1:1/v1/chat/completions"})


def status(code, **headers):
    return lambda handler, body: handler.error(code, "no", **headers)


def data(content):
    return lambda handler, body: handler.reply(content)


FAILURES = {
    "silent": (silent, "timeout"),
    "slow headers": (slow_headers, "timeout"),
    "drip": (drip, "timeout"),
    "endless": (endless, "invalid"),
    "truncated body": (truncated_body, "dropped"),
    "dropped stream": (dropped_stream, "dropped"),
    "stream without end": (stream_without_end, "dropped"),
    "error in stream": (error_in_stream, "server_error"),
    "token limit": (cut_off, "truncated"),
    "filtered": (filtered, "refused"),
    "refusal": (refusing, "refused"),
    "redirect": (redirecting, "rejected"),
    "401": (status(401), "unauthorised"),
    "403": (status(403), "unauthorised"),
    "404": (status(404), "not_found"),
    "400": (status(400), "rejected"),
    "429": (status(429), "too_many"),
    "429 for an hour": (status(429, Retry_After="3600"), "too_many"),
    "500": (status(500), "server_error"),
    "503": (status(503), "server_error"),
    "not an object": (data([]), "invalid"),
    "no choices": (data({"choices": []}), "invalid"),
    "no message": (data({"choices": [{"message": "hello"}]}), "invalid"),
    "empty": (data({"choices": [{"message": {"content": ""}}]}), "invalid"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_the_planner_without_a_model_answers(bench, server, kit, name):
    action, kind = FAILURES[name]
    server.script = [action]
    patience = 0.4 if kind == "timeout" else 20.0  # what comes at once may come late on a busy machine
    bench.set_up(kit.at(server, timeout=patience), seconds=patience + 20.0)
    started = time.monotonic()
    assert bench.ask() == bench.own()
    assert time.monotonic() - started < 30, "it waits for its own deadline, not for the server's"
    (entry,) = [entry for entry in bench.log if entry["verdict"] == "failed"]
    assert entry["reason"].startswith(kind)


def nested(depth):
    return "[" * depth + "]" * depth


SIT = {"skill": "sit", "arguments": {}}
NONSENSE = {
    "prose": "I will walk to the ball.",
    "half": '{"answer": "plan", "steps": [{"ski',
    "nan": '{"answer": "plan", "steps": [{"skill": "turn", "arguments": {"angle": NaN}}], "text": ""}',
    "deep": nested(50_000),
    "long": "x" * 100_000,
    "digits": '{"answer": "plan", "steps": [], "text": ' + "1" * 5000 + "}",
    "surrogate": '{"answer": "question", "steps": [], "text": "\\ud800"}',
    "no plan": {"answer": "plan", "steps": [], "text": ""},
    "no answer": {"steps": [], "text": ""},
    "more": {"answer": "plan", "steps": [{"skill": "sit", "arguments": {}, "force": True}], "text": ""},
    "many": {"answer": "plan", "steps": [SIT] * 21, "text": ""},
    "for ever": {"answer": "plan", "steps": [{"repeat": 10**9, "steps": [SIT]}], "text": ""},
    "nothing said": {"answer": "question", "steps": [], "text": " \n\u202e "},
    "list": ["sit"],
    "wrong types": {"answer": "plan", "steps": [{"skill": ["sit"], "arguments": "none"}], "text": 3},
}


@pytest.mark.parametrize("name", NONSENSE)
def test_answers_that_are_no_proposal_are_refused(using, server, name):
    server.script = [NONSENSE[name]]
    assert using.ask() == using.own()
    assert using.verdicts == ["refused", "refused"]


def refused_because(using, server, kit, *steps):
    server.script = [kit.plan_of(*steps)]
    assert using.ask() == using.own()
    first, second = using.log
    assert [first["verdict"], second["verdict"]] == ["refused", "refused"]
    assert second["reason"] == "the same refused plan again"
    assert first["reason"] in json.loads(server.requests[1]["messages"][-1]["content"])["refused_because"]
    return first["reason"]


def test_invented_skills_objects_and_arguments(using, server, kit):
    assert "there is no skill 'fly'" in refused_because(using, server, kit, kit.step("fly"))


def test_invented_objects(using, server, kit):
    reason = refused_because(using, server, kit, kit.step("go_to", target="green_elephant", gap=None))
    assert "there is no thing 'green_elephant'" in reason and "red_ball" in reason


def test_invented_arguments(using, server, kit):
    assert "'speed'" in refused_because(using, server, kit, kit.step("go_to", target="red_ball", speed=1))


def test_missing_arguments(using, server, kit):
    assert "needs 'target'" in refused_because(using, server, kit, kit.step("go_to", target=None, gap=None))


@pytest.mark.parametrize("angle", [99.0, "1.0", True, [1], {"rad": 1}], ids=str)
def test_numbers_out_of_range_or_none(using, server, kit, angle):
    assert "angle" in refused_because(using, server, kit, kit.step("turn", angle=angle))


@pytest.mark.parametrize("angle", [-1e30, 10**400, -(10**4000)], ids=lambda value: str(value)[:8])
def test_numbers_that_nothing_has_do_not_keep_to_the_schema(using, server, kit, angle):
    server.script = [kit.plan_of(kit.step("turn", angle=angle))]
    assert using.ask() == using.own()
    assert using.verdicts == ["refused", "refused"]
    assert "angle: it is beyond" in using.log[0]["reason"]


def test_infinity_by_exponent(using, server, kit):
    server.script = ['{"answer": "plan", "steps": [{"skill": "turn", "arguments": {"angle": 1e999}}], "text": ""}']
    assert using.ask() == using.own()
    assert "angle: inf is not a finite number" in using.log[0]["reason"]


def test_too_many_steps_when_unrolled(using, server, kit):
    loop = {"repeat": 50, "steps": [kit.step("turn", angle=0.5)] * 3}
    assert "150 steps" in refused_because(using, server, kit, loop)


def test_what_has_no_end_is_not_followed_by_more(using, server, kit):
    walk = kit.step("walk", vx=None, vy=None, wz=None)
    assert "no end" in refused_because(using, server, kit, walk, kit.step("sit"))


def test_a_mended_proposal_is_taken(using, server, kit):
    server.script = [kit.plan_of(kit.step("go_to", target="ball_of_fire", gap=None)), kit.GO]
    arguments = {"target": "red_ball", "gap": 0.04, "side": "any", "frame": "viewer", "way": ""}
    assert kit.steps_of(using.ask()) == [("go_to", arguments)]
    assert using.verdicts == ["refused", "accepted"]


def test_a_wait_that_fits_is_waited_for(using, server, kit):
    server.script = [status(429, Retry_After="1"), kit.GO]
    started = time.monotonic()
    assert using.ask().proposed
    assert time.monotonic() - started >= 1.0
    assert using.verdicts == ["failed", "accepted"]


def test_a_wait_may_be_a_date_by_the_servers_own_clock(using, server, kit):
    when = {"Date": "Wed, 21 Oct 2015 07:28:00 GMT", "Retry_After": "Wed, 21 Oct 2015 07:38:00 GMT"}

    def busy(handler, body):
        handler.send_response_only(429)
        for name, value in when.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.script = [busy]
    assert using.ask() == using.own()
    assert "rests for another" in using.models.states()["local"]
    using.shift = 590.0
    assert using.models.states()["local"]
    using.shift = 601.0
    assert using.models.states()["local"] == ""


def test_nothing_listens(bench, kit, server):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: refused for certain
        bench.set_up(kit.at(server, url=f"http://127.0.0.1:{held.getsockname()[1]}/v1"))
        assert bench.ask() == bench.own()
    assert bench.log[0]["reason"].startswith("unreachable")


def test_threads_do_not_gather_behind_a_server_that_never_ends(bench, server, kit):
    server.script = [slow_headers]
    bench.set_up(kit.at(server, timeout=0.4), seconds=0.4)
    for _ in range(60):  # on a busy machine some end in time
        assert bench.ask() == bench.own()
        if "earlier exchanges" in bench.log[-1]["reason"]:
            return
        bench.shift += 1000.0  # the rest after a failure is over
    raise AssertionError(f"exchanges gather without end: {bench.log[-1]}")
