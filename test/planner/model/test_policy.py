"""When models are asked, which one, and what of theirs is shown."""

import threading

import pytest

from skill_stack.core.errors import DataError

FOUND = [("go_to", {"target": "red_ball", "gap": 0.04, "side": "any"})]


def test_never_means_never(bench, server, kit):
    bench.set_up(kit.at(server), when="never")
    assert bench.ask() == bench.own()
    assert server.requests == [] and bench.verdicts == ["not_asked"]


def test_without_endpoints_it_is_the_planner(bench):
    assert bench.set_up(when="always").ask("sit") == bench.own("sit")


@pytest.mark.parametrize("words", ["go to the red ball", "stop", "STOP!", "", "   ", "\x00\x01", "blorp " * 400])
def test_what_needs_no_model_asks_none(using, server, words):
    assert using.ask(words) == using.own(words)
    assert server.requests == [] and using.verdicts == ["not_asked"]


def test_a_stop_asks_no_model_whatever_the_policy(bench, server, kit):
    bench.set_up(kit.at(server), when="always")
    assert bench.models.is_stop("stop")
    assert bench.ask("stop") == bench.own("stop")
    assert server.requests == []


def test_always_prefers_the_accepted_proposal(bench, server, kit):
    server.script = [kit.plan_of(kit.step("turn", angle=1.0))]
    plan = bench.set_up(kit.at(server), when="always").ask("sit down")
    assert kit.steps_of(plan) == [("turn", {"angle": 1.0})]
    assert "local" in plan.reason


def test_always_keeps_the_own_plan_where_the_model_asks_back(bench, server, kit):
    server.script = [{"answer": "question", "steps": [], "text": "Really?"}]
    assert bench.set_up(kit.at(server), when="always").ask("sit down") == bench.own("sit down")


def test_a_question_takes_the_place_of_a_refusal(using, server):
    text = "Which\nsphere\u202e, the red\x1b[31m one?" + "!" * 900
    server.script = [{"answer": "question", "steps": [], "text": text}]
    plan = using.ask()
    assert (plan.status, plan.tree, plan.id) == ("question", None, using.own().id)
    assert plan.reason.startswith("Which sphere, the red") and len(plan.reason) <= 300
    assert plan.reason.isprintable()


def test_a_question_does_not_replace_the_planners_own(using, server):
    own = using.own("go to the ball")
    if own.status != "question":
        own = using.own("go to")
    server.script = [{"answer": "question", "steps": [], "text": "Eh?"}]
    assert own.status == "question"
    assert using.ask(own.instruction) == own


def test_a_refusal_leaves_the_planners_own(using, server):
    server.script = [{"answer": "refusal", "steps": [], "text": "I have no arms."}]
    assert using.ask() == using.own()
    assert using.log[0]["reason"] == "I have no arms."


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
    assert using.ask(facts=sitting).status == "refusal"
    assert "so already" in using.log[0]["reason"]


def test_one_down_costs_its_share_once(bench, start, kit):
    dead, alive = start(), start()
    dead.script = [lambda handler, body: handler.server.released.wait(30)]
    bench.set_up(kit.at(dead, "dead", timeout=2.0), kit.at(alive, "alive"))
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


def test_another_endpoint_is_asked_after_a_refused_plan(bench, start, kit):
    lying, honest = start(), start()
    lying.script = [kit.plan_of(kit.step("fly"))]
    plan = bench.set_up(kit.at(lying, "lying"), kit.at(honest, "honest")).ask()
    assert kit.steps_of(plan) == FOUND and "honest" in plan.reason


def test_tokens_per_hour(bench, server, kit):
    bench.set_up(kit.at(server, budget={"per_hour": 150}))
    assert [bench.ask().status for _ in range(3)] == ["plan", "plan", "refusal"]  # 100 each, as the server counts
    bench.shift = 3700.0
    assert bench.ask().status == "plan"


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
    assert 500 not in budgets and bench.log[-1]["reason"].startswith("too_long")


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
