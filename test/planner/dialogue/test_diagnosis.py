"""The cause of a failure is a type, told from the outcome and the scene, and the sentence names it."""

from dataclasses import replace

import pytest

from skill_stack.core.failure_cause import FailureCause as Cause
from skill_stack.core.plan import PlanNode
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.world.scene import SceneObject
from skill_stack.planner.dialogue.diagnosis import diagnosed
from skill_stack.planner.dialogue.remedies import cause_in, explained

GO = PlanNode("skill", skill="go_to", arguments={"target": "red_ball"})
PUSH = PlanNode("skill", skill="push_object", arguments={"target": "pink_block", "place": "orange_cone"})


def failed(node, violated):
    return StepOutcome("p/1", node.skill, "failed", "it failed", violated)


def at(scene, name, x, y):
    thing = scene[name]
    return replace(scene, objects={**scene.objects, name: replace(thing, position=(x, y, thing.position[2]))})


def person_at(scene, x, y):
    person = SceneObject("anna", "person", (x, y, 0.9), shape="cylinder", size=(0.5, 0.5, 1.8))
    return replace(scene, objects={**scene.objects, "anna": person})


@pytest.fixture
def tell(library, planner, scene):
    def diagnosis(node, violated, now=None, before=None):
        kinds = planner.hazards.kinds.kinds_of
        return diagnosed(failed(node, violated), node, library, before or scene, now or scene, kinds)

    return diagnosis


@pytest.mark.parametrize(
    ("node", "violated", "cause"),
    [
        (GO, "way is free", Cause.BLOCKED), (GO, "no emergency stop", Cause.SWITCHED_OFF),
        (GO, "tilt >= 0.9 rad", Cause.SLIPPED),
        (GO, "stalled_for >= 4 s", Cause.BLOCKED), (PUSH, "stalled_for >= 4 s", Cause.TOO_HEAVY),
        (GO, "", Cause.UNKNOWN),
        (PUSH, "object is in front", Cause.SLIPPED), (PUSH, "object gives way", Cause.TOO_HEAVY),
    ],
)  # fmt: skip
def test_the_condition_tells_the_cause(tell, node, violated, cause):
    assert tell(node, violated).cause is cause


def test_the_scene_tells_what_moved_what_is_gone_and_who_is_in_the_way(tell, scene):
    x, y, _ = scene["red_ball"].position
    assert tell(GO, "way is free", at(scene, "red_ball", x + 1.0, y)).cause is Cause.MOVED
    assert tell(GO, "way is free", at(scene, "blue_ball", x + 1.0, y)).cause is Cause.BLOCKED
    gone = replace(scene, objects={k: v for k, v in scene.objects.items() if k != "red_ball"})
    assert tell(GO, "target is known", gone).cause is Cause.NOT_VISIBLE
    here = scene.robot
    between = person_at(scene, (here.x + x) / 2, (here.y + y) / 2)
    assert (tell(GO, "way is free", between).cause, tell(GO, "way is free", between).thing) == (Cause.PERSON, "anna")
    assert tell(GO, "way is free", person_at(scene, here.x - 3.0, here.y)).cause is Cause.BLOCKED


def test_what_a_push_has_moved_so_far_does_not_hide_who_stands_before_it(tell, scene):
    (x, y, _), (end_x, end_y, _) = (scene[name].position for name in ("pink_block", "orange_cone"))
    pushed = at(scene, "pink_block", x + 0.4 * (end_x - x), y + 0.4 * (end_y - y))
    assert tell(PUSH, "way is free", pushed).cause is Cause.BLOCKED
    found = tell(PUSH, "way is free", person_at(pushed, x + 0.9 * (end_x - x), y + 0.9 * (end_y - y)))
    assert (found.cause, found.thing) == (Cause.PERSON, "anna")


def test_the_sentence_names_it(robot):
    job = robot.say("go to the red ball")
    while robot.result(job) is None:
        robot.scene = person_at(robot.scene, *(0.5 * v for v in robot.scene["red_ball"].position[:2]))
        if robot.running and robot.step.skill == "go_to":
            robot.end("failed", reason="there is no free way", violated="way is free")
        elif robot.running:
            robot.end()
        robot.look(5.0)
    assert "stands in my way" in robot.result(job)[1]
    assert any('"decision": "cause"' in line and "person in the way" in line for line in robot.decisions)


@pytest.mark.parametrize("cause", [one for one in Cause if one is not Cause.UNKNOWN])
@pytest.mark.parametrize("thing", ["red_ball", ""])
def test_the_cause_can_be_read_from_the_sentence(library, scene, cause, thing):
    said = explained(failed(GO, "way is free"), GO, library, scene, cause, thing)
    assert cause_in(said) == cause.value, said


def test_a_sentence_without_a_cause_tells_none(library, scene):
    assert cause_in(explained(failed(GO, "way is free"), GO, library, scene)) == ""
    assert cause_in("I am there.") == ""
