"""A model that proposes again what was refused: it is asked differently, then not at all."""

import json

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.fact import Fact

FLY = {"skill": "fly", "arguments": {"height": 3}}


def sentences(count):
    return [f"please blorp yourself to grobulous thingamajig {'x' * (n + 1)}" for n in range(count)]


def asked_in(server):
    return [json.loads(one["messages"][1]["content"]) for one in server.requests]


def test_of_200_repeated_refused_plans_none_is_accepted(using, server, kit):
    """Each repetition is spelt differently; after the second the sentence is not put to the model any more."""
    spellings = [
        kit.plan_of(kit.step("turn", angle=99)),
        kit.plan_of(kit.step("turn", angle=99.0)),
        {"text": "trust me", "steps": [{"arguments": {"angle": 99.0, "way": None}, "skill": "turn"}], "answer": "plan"},
        "```json\n" + json.dumps(kit.plan_of(kit.step("turn", angle=99.0))) + "\n```",
    ]
    asked = 0

    def repeats(handler, body):
        nonlocal asked
        asked += 1
        handler.say(spellings[asked % len(spellings)], body)

    server.script = [repeats]
    words = sentences(20)
    plans = [using.ask(words[n % 20]) for n in range(200)]
    assert [plan for plan in plans if plan.tree is not None] == [] and "accepted" not in using.verdicts
    assert len(server.requests) == 40, "twice for each sentence: the plan, and the same after its objection"
    assert using.verdicts.count("skipped") == 180
    assert using.models.states() == {"local": ""}, "a refused proposal is no reason to rest"


def test_a_plan_refused_before_is_named_in_the_next_question(bench, server, kit):
    server.script = [kit.plan_of(FLY), kit.GO]
    bench.set_up(kit.at(server), rounds=1)
    assert bench.ask() == bench.own()
    assert kit.steps_of(bench.ask())[0][0] == "go_to"
    first, second = asked_in(server)
    assert "refused_before" not in first
    (told,) = second["refused_before"]
    assert told["refused"] == [{"skill": "fly", "arguments": {"height": 3.0}}] and "no skill 'fly'" in told["because"]
    assert list(second)[-1] == "instruction", "so that the beginning is the same for all sentences"


def test_another_situation_is_another_question(bench, server, kit):
    server.script = [kit.plan_of(FLY)]
    bench.set_up(kit.at(server))
    bench.ask()
    bench.ask()
    assert len(server.requests) == 2
    bench.ask(facts=bench.facts | {Fact("holding", ("robot", "red_ball"))})
    assert len(server.requests) == 4


def test_who_does_not_repeat_is_still_asked(bench, start, kit):
    stubborn, honest = start(), start()
    stubborn.script = [kit.plan_of(FLY)]
    bench.set_up(kit.at(stubborn, "stubborn"), kit.at(honest, "honest"), order="listed")
    for _ in range(5):
        assert kit.steps_of(bench.ask())[0][0] == "go_to"
    assert len(stubborn.requests) == 2 and len(honest.requests) == 5


def test_what_a_person_did_not_mean_is_not_proposed_to_them_again(using, server, kit):
    plan = using.ask()
    assert plan.certainty == "disputed"
    using.models.answered(plan, None)
    assert using.ask() == using.own()
    told = asked_in(server)[1]["refused_before"][0]
    assert told["because"] == "a person said that this was not meant" and using.verdicts[-1] == "refused"
    assert using.ask() == using.own() and len(server.requests) == 2


def test_what_a_person_did_mean_may_be_proposed_again(using, kit):
    plan = using.ask()
    using.models.answered(plan, plan)
    assert kit.steps_of(using.ask()) == kit.steps_of(plan)


def test_answers_to_other_questions_count_for_nothing(using, kit):
    using.models.answered(using.own(), None)
    assert kit.steps_of(using.ask())[0][0] == "go_to"


def test_spacing_and_case_make_no_other_question(using, server, kit):
    server.script = [kit.plan_of(FLY)]
    using.ask(kit.UNKNOWN)
    using.models.plan(Instruction(f"  {kit.UNKNOWN.upper()} "), using.scene, using.facts)
    assert len(server.requests) == 2
