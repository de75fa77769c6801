"""What is surely only told moves nothing, whatever verbs and things it names."""

import pytest

from skill_stack.core.instruction import Instruction

TOLD = """
somebody could have told me about the red ball
children may not go to the red ball
whoever leaves last goes to the red ball
I was looking at the red ball when the phone rang
thanks a million, you are an angel
do you guys ever walk there?
never walk on ice
don't take it personally
leave the red ball where it is
in my family nobody walks
red balls make children happy
we walk to the red ball in May
loud music is bad for the ears
leave the sitting to me
don't sit down, ever
""".strip().splitlines()

UNKNOWN = """
visitors must sit down at the gate
when I was a boy we walked to the red ball every day
after she had left we went to the red ball
nobody asked you to go to the red ball
you can lead a horse to water, but you can't make it drink
can you explain how a gearbox works?
would you be happier with wheels?
have a good weekend
the tea here is awful, if you ask me
kids grow up so fast, don't they
""".strip().splitlines()

ASKED = """
you should go to the red ball
the red ball is nice, go to it
never mind, go to the red ball
don't sit down, go to the red ball
whatever you do, go to the red ball
""".strip().splitlines()


@pytest.mark.parametrize("text", TOLD)
def test_what_is_only_told_moves_nothing_and_is_not_refused(planner, scene, standing, text):
    plan = planner.plan(Instruction(text), scene, standing)
    assert plan.status == "statement", plan.reason


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_known_for_a_remark_moves_nothing(planner, scene, standing, text):
    plan = planner.plan(Instruction(text), scene, standing)
    assert plan.status != "plan", plan.reason


@pytest.mark.parametrize("text", ASKED)
def test_what_is_asked_beside_it_is_done(planner, scene, standing, text):
    plan = planner.plan(Instruction(text), scene, standing)
    assert [step.skill for step in plan.steps if step.why.startswith("asked")] == ["go_to"], plan.reason
