"""When models are asked, which one, and what of theirs is shown."""

import json
import threading

import pytest

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.planner.model import ModelEndpoint

NOTHING = {"answer": "nothing", "steps": [], "text": ""}
FOUND = [("go_to", {"target": "red_ball", "gap": 0.04, "side": "any", "frame": "viewer", "way": ""})]


def test_without_endpoints_it_is_the_planner(bench, kit):
    bench.set_up()
    assert [bench.ask(words) for words in (kit.UNKNOWN, kit.GUESS)] == [bench.own(kit.UNKNOWN), bench.own(kit.GUESS)]
    assert bench.verdicts == ["not_asked", "not_asked"]


@pytest.mark.parametrize(
    "words",
    ["go to the red ball", "turn left", "the red ball is near the blue box", "stop", "STOP!", "", " ", "\x00\x01",
     "blorp " * 400, "hello", "thanks", "what can you do?", "who are you?", "where is the red ball", "what do you see?",
     "how many balls are there?", "is the red ball near you?", "are you standing?", "do not sit down", "yes", "no",
     "yes please", "neither", "the second one", "never mind", "go on"],
)  # fmt: skip
def test_what_needs_no_model_asks_none(using, server, words):
    assert using.models.begin(Instruction(words), using.scene, using.facts) == using.own(words), "at once"
    assert using.ask(words) == using.own(words)
    assert server.requests == [] and using.verdicts == ["not_asked"] * 2


def test_what_a_model_is_asked_about_is_begun_at_once_and_waited_for_by_whoever_calls_it(using, server, kit):
    begun = using.models.begin(Instruction(kit.UNKNOWN), using.scene, using.facts)
    assert callable(begun) and server.requests == []
    assert kit.steps_of(begun()) == FOUND and len(server.requests) == 1


def test_a_stop_before_its_thread_begins_ends_the_wait_too(using, server, kit):
    begun = using.models.begin(Instruction(kit.UNKNOWN), using.scene, using.facts)
    using.models.cancel()
    assert begun() == using.own() and using.log[-1]["verdict"] == "failed"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("go to the rde ball", "question"),  # inferred
        ("say hello", "question"),  # a guess
        ("go to the ball", "question"),  # which one
        ("gehe zum roten Ball", "refusal"),
        ("menisitkö punaisen pallon luo", "refusal"),
        ("the sky is blue", "statement"),
        ("it is cold in here", "statement"),
        ("what is the meaning of life?", "statement"),  # a question that it does not answer
        ("do you like me?", "statement"),
    ],
)
def test_what_is_not_read_as_said_is_read_by_the_model(using, server, words, status):
    server.script = [NOTHING]
    assert using.own(words).status == status
    using.ask(words)
    assert [json.loads(one["messages"][1]["content"])["instruction"] for one in server.requests] == [words]


def test_missing_steps_are_put_in_by_search(using, server, kit, sitting):
    plan = using.ask(facts=sitting)
    assert kit.steps_of(plan)[-1:] == FOUND and len(plan.steps) == 2
    assert "go_to needs posture(robot, standing)" in plan.steps[0].why
    assert "proposed by local" in plan.steps[1].why


def test_loops_become_loops(using, server, kit):
    server.script = [kit.plan_of({"repeat": 3, "steps": [kit.step("turn", angle=1.0)]})]
    plan = using.ask()
    assert plan.tree.children[0].type == "repeat" and len(plan.steps) == 3


def test_what_is_so_already_is_nothing_to_do(using, server, kit, sitting):
    server.script = [kit.plan_of(kit.step("sit"))]
    assert using.ask(facts=sitting).certainty != "disputed"
    assert "so already" in using.log[0]["reason"]


def test_one_down_costs_its_share_once(bench, start, kit):
    dead, alive = start(), start()
    dead.script = [lambda handler, body: handler.server.released.wait(30)]
    bench.set_up(kit.at(dead, "dead", timeout=2.0), kit.at(alive, "alive"), order="listed")
    assert kit.steps_of(bench.ask()) == FOUND
    assert kit.steps_of(bench.ask()) == FOUND
    assert bench.verdicts == ["failed", "accepted", "skipped", "accepted"]
    assert len(dead.requests) == 1
    bench.shift += 6.0
    dead.script = [kit.GO]
    bench.ask()
    assert bench.log[-1]["endpoint"] == "dead", "after its rest it is asked again"
    assert bench.models.states() == {"dead": "", "alive": ""}


def test_one_that_is_slow_leaves_the_others_their_time(bench, start, kit):
    slow, alive = start(), start()
    slow.script = [lambda handler, body: handler.server.released.wait(60)]
    bench.set_up(kit.at(slow, "slow", timeout=60.0), kit.at(alive, "alive"), seconds=4.0)
    assert kit.steps_of(bench.ask()) == FOUND
    assert bench.verdicts == ["failed", "accepted"]


def test_rests_grow(bench, server, kit):
    server.script = [lambda handler, body: handler.error(500, "no")]
    bench.set_up(kit.at(server))
    rests = []
    for _ in range(9):
        bench.ask()
        rests.append(float(bench.models.states()["local"].split()[3]))
        bench.shift += rests[-1] + 0.2
    assert rests == sorted(rests) and rests[1] > 1.8 * rests[0] and rests[-1] <= 300


def test_a_refused_key_rests_long(bench, server, kit):
    server.key = kit.KEY
    bench.set_up(kit.at(server, key_variable="MODEL_KEY"), environment={"MODEL_KEY": "wrong-key"})
    bench.ask()
    assert float(bench.models.states()["local"].split()[3]) > 250


def test_nonsense_rests_too(using, server):
    server.script = ["nonsense", "more nonsense", "nonsense again", "and again"]
    using.ask()
    assert using.models.states()["local"] == ""
    using.ask()
    assert "rests" in using.models.states()["local"]


def test_what_is_refused_here_is_no_fault_of_the_server(using, server, kit):
    server.script = [kit.plan_of(kit.step("turn", angle=a)) for a in (99.0, 98.0, 97.0, 96.0, 95.0, 94.0)]
    for _ in range(3):
        assert using.ask() == using.own()
    assert using.verdicts == ["refused"] * 6 and using.models.states()["local"] == ""


def test_what_does_not_fit_is_no_fault_of_the_server(bench, server, kit):
    bench.set_up(kit.at(server, budget={"prompt": 500}))
    for _ in range(4):
        assert bench.ask() == bench.own()
    assert server.requests == [] and bench.models.states()["local"] == ""


def test_another_endpoint_is_asked_after_a_refused_plan(bench, start, kit):
    lying, honest = start(), start()
    lying.script = [kit.plan_of(kit.step("fly"))]
    plan = bench.set_up(kit.at(lying, "lying"), kit.at(honest, "honest")).ask()
    assert kit.steps_of(plan) == FOUND and "honest" in plan.reason


def test_tokens_per_hour(bench, server, kit):
    bench.set_up(kit.at(server, budget={"per_hour": 150}))
    disputed = [bench.ask().certainty == "disputed" for _ in range(3)]
    assert disputed == [True, True, False]  # 100 each, as the server counts
    bench.shift = 3700.0
    assert bench.ask().certainty == "disputed"


def test_a_small_prompt_budget_leaves_out_examples_then_things(bench, server, kit):
    budgets = {}
    for limit in (12000, 2800, 500):
        server.requests.clear()
        bench.set_up(kit.at(server, budget={"prompt": limit, "answer": 100})).ask()
        if server.requests:
            assert len(str(server.requests[0])) / 3 < limit * 1.3
            budgets[limit] = "worked_examples" in server.requests[0]["messages"][1]["content"]
            assert server.requests[0]["max_tokens"] == 100
    assert budgets[12000] is True
    assert 500 not in budgets and bench.log[-1]["reason"].startswith("no_room")


def test_cancelling_ends_the_wait(bench, server, kit):
    asked = threading.Event()

    def silent(handler, body):
        asked.set()
        handler.server.released.wait(30)

    server.script = [silent]
    bench.set_up(kit.at(server, timeout=60.0), seconds=60.0)
    found = []
    thread = threading.Thread(target=lambda: found.append(bench.ask()))
    thread.start()
    assert asked.wait(20)
    bench.models.cancel()
    thread.join(20)
    assert found == [bench.own()]
    assert bench.models.states()["local"] == "", "the server is not to blame"
    server.script = [kit.GO]
    assert kit.steps_of(bench.ask()) == FOUND


def test_names_are_told_apart(bench, server, kit):
    with pytest.raises(DataError, match="share the name local"):
        bench.set_up(kit.at(server), kit.at(server))


def test_plans_in_several_threads(bench, server, kit):
    bench.set_up(kit.at(server))
    found = []
    threads = [threading.Thread(target=lambda: found.append(kit.steps_of(bench.ask()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [FOUND] * 6


@pytest.mark.parametrize(
    ("address", "url", "name"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", ""),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", ""),
        ("http://127.0.0.1:8080/v1:small", "http://127.0.0.1:8080/v1", "small"),
        ("http://127.0.0.1:11434:qwen2.5:7b", "http://127.0.0.1:11434/v1", "qwen2.5:7b"),
        ("http://localhost:qwen2.5:7b", "http://localhost/v1", "qwen2.5:7b"),
        ("https://models.example.com/v1:org/model-7b", "https://models.example.com/v1", "org/model-7b"),
        ("http://[::1]:8000/v1:m", "http://[::1]:8000/v1", "m"),
    ],
)
def test_an_address_may_name_the_model(address, url, name):
    endpoint = ModelEndpoint.at(address)
    assert (endpoint.url, endpoint.model) == (url, name)


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "file:///etc/passwd", "http://", "ftp://x", "http://u:p@host/v1"])
def test_what_is_no_address_is_told(address):
    with pytest.raises(DataError, match="--model"):
        ModelEndpoint.at(address)


def test_further_fields_are_passed_through(bench, server, kit):
    bench.set_up(kit.at(server, extra={"cache_prompt": True, "temperature": 0.2, "options": {"num_ctx": 8192}})).ask()
    (request,) = server.requests
    assert request["cache_prompt"] is True and request["temperature"] == 0.2 and request["options"] == {"num_ctx": 8192}
    assert request["messages"][1]["role"] == "user" and request["model"] == "small-model"


@pytest.mark.parametrize(
    "extra",
    [{"messages": []}, {"model": "x"}, {"tools": []}, {"response_format": {}}, {"max_tokens": 9}, {"stream": True},
     {"a": float("nan")}, {"a": {1, 2}}, ["cache_prompt"], {1: 2}],
    ids=str,
)  # fmt: skip
def test_further_fields_say_nothing_of_what_is_asked(extra):
    with pytest.raises(DataError, match="extra"):
        parse_model(ModelEndpoint, {"name": "local", "url": "http://127.0.0.1:1", "extra": extra}, "deployment")


def test_of_several_answers_that_counts_which_most_lead_to(bench, server, kit):
    other = kit.plan_of(kit.step("sit"))
    made = bench.set_up(kit.at(server), answers=3)
    server.script = [kit.GO, other, kit.GO]
    assert kit.steps_of(made.ask()) == FOUND and len(server.requests) == 3
    server.script = [kit.GO, other, kit.plan_of(kit.step("lie"))]
    plan = made.ask()
    assert plan.tree is None and len(server.requests) == 6
