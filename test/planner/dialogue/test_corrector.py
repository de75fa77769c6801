"""Corrections of the running step: which goal values change, and what is said when none can."""

from dataclasses import replace

import pytest

from skill_stack.core.setpoint import SkillRequest
from skill_stack.language.corrections.words import correction
from skill_stack.planner.dialogue.corrector import Cannot, Corrector, DetourCorrection, StepChange


@pytest.fixture(scope="session")
def corrector(library, planner):
    return Corrector(library, planner)


@pytest.fixture
def correct(corrector, library, scene, standing):
    def run(text, skill="go_to", pace=1.0, where=None, **arguments):
        arguments = library[skill].complete(arguments)
        request = SkillRequest("p/1", skill, arguments, pace=pace)
        return corrector.correct(correction(text), request, where or scene, standing)

    return run


@pytest.mark.parametrize(
    ("text", "skill", "arguments", "name", "after"),
    [
        ("slower", "go_to", {"target": "red_ball"}, "pace", 0.7),
        ("much slower", "go_to", {"target": "red_ball"}, "pace", 0.49),
        ("faster", "walk", {}, "pace", 1.4),
        ("slower", "turn", {"angle": 1.0}, "pace", 0.7),
        ("not so close", "go_to", {"target": "red_ball"}, "gap", 0.34),
        ("20 cm closer", "go_to", {"target": "red_ball", "gap": 0.5}, "gap", 0.3),
        ("a bit further", "move", {"forward": 1.0}, "forward", 1.25),
        ("a bit further", "move", {"forward": -1.0}, "forward", -1.25),
        ("further", "move", {"left": -1.0}, "left", -1.5),
        ("not that far", "move", {"forward": 0.3}, "forward", 0.0),
        ("20 degrees further", "turn", {"angle": -1.0}, "angle", -1.3491),
        ("more to the left", "move", {"forward": 1.0}, "left", 0.3),
        ("more to the right", "turn", {"angle": 1.0}, "angle", 0.65),
        ("more to the left", "walk", {}, "wz", 0.35),
        ("further", "wait", {"duration": 5.0}, "duration", 8.0),
        ("the other ball", "go_to", {"target": "red_ball"}, None, None),
        ("the blue one", "go_to", {"target": "red_ball"}, "target", "blue_ball"),
        ("no, the left one", "go_to", {"target": "red_ball"}, "target", "green_ball"),
        ("no, I meant the yellow box", "face", {"target": "red_ball"}, "target", "yellow_box"),
        ("the blue one", "go_to", {"target": "green_box"}, "target", "blue_box"),
        ("the other one", "go_to", {"target": "purple_cylinder"}, "target", "white_cylinder"),
    ],
)
def test_goal_values_change(correct, text, skill, arguments, name, after):
    verdict = correct(text, skill, **arguments)
    if name is None:
        assert isinstance(verdict, Cannot) and verdict.asks and "blue ball" in verdict.reason
        return
    assert isinstance(verdict, StepChange) and set(verdict.effect) == {name} and not verdict.restart
    assert verdict.effect[name][1] == (pytest.approx(after) if isinstance(after, float) else after)
    now = verdict.request.pace if name == "pace" else verdict.request.arguments[name]
    assert now == verdict.effect[name][1] and verdict.request.id == "p/1"


def test_the_left_one_is_another_one_than_that_on_its_way(correct):
    verdict = correct("no, the left one", target="green_ball")
    assert isinstance(verdict, StepChange) and verdict.request.arguments["target"] != "green_ball"


def test_what_is_done_already_is_said(correct):
    verdict = correct("the red one", target="red_ball")
    assert isinstance(verdict, Cannot) and "red ball" in verdict.reason and not verdict.asks


def test_a_side_step_comes_before_the_way_to_a_thing_goes_on(correct):
    verdict = correct("more to the left", target="red_ball")
    assert isinstance(verdict, DetourCorrection) and verdict.skill == "move" and verdict.resume
    assert verdict.arguments == {"left": pytest.approx(0.3)}
    verdict = correct("more to the right", "face", target="red_ball")
    assert isinstance(verdict, DetourCorrection) and verdict.arguments["angle"] < 0 and not verdict.resume


@pytest.mark.parametrize(
    ("text", "skill", "arguments", "pace", "why"),
    [
        ("slower", "sit", {}, 1.0, "one speed"),
        ("slower", "go_to", {"target": "red_ball"}, 0.25, "any slower"),
        ("faster", "go_to", {"target": "red_ball"}, 1.5, "any faster"),
        ("closer", "go_to", {"target": "red_ball", "gap": 0.0}, 1.0, "already"),
        ("not so close", "turn", {"angle": 1.0}, 1.0, "distance"),
        ("further", "sit", {}, 1.0, "longer"),
        ("more to the left", "sit", {}, 1.0, "side"),
        ("the blue one", "sit", {}, 1.0, "thing"),
        ("the blue elephant", "go_to", {"target": "red_ball"}, 1.0, "elephant"),
        ("the other one", "go_to", {"target": "brown_table"}, 1.0, "no other table"),
    ],
)
def test_what_cannot_be_corrected_says_why(correct, text, skill, arguments, pace, why):
    verdict = correct(text, skill, pace, **arguments)
    assert isinstance(verdict, Cannot) and why in verdict.reason


def test_a_target_that_has_gone_is_replaced_all_the_same(correct, scene):
    gone = replace(scene, objects={k: v for k, v in scene.objects.items() if k != "red_ball"})
    verdict = correct("the blue ball", where=gone, target="red_ball")
    assert isinstance(verdict, StepChange) and verdict.request.arguments["target"] == "blue_ball"
