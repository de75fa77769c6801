"""Skills of a hand through the whole line: what the suite pushes and pulls at holds, and what is lost is told."""

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.hand_suite import HandTask, draw_world, load_hand_suite
from skill_stack.runtime.episodes import palm_episode
from skill_stack.runtime.episodes.hand_episode import run_hand_task
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.episodes.palm_episode import PalmWatch

FOUND = Resources.from_environment({})
SUITE = load_hand_suite(FOUND.find("config/scenarios/allegro_right.yaml", "suite"))


@pytest.fixture(scope="module")
def hand():
    robot = load_robot(FOUND.robot(SUITE.robot), FOUND)
    return robot, load_library(FOUND, robot)


@pytest.mark.parametrize("grasp", ["tripod", "spherical", "platform"])
def test_a_grasp_holds_what_is_pulled_at_from_six_sides(hand, grasp) -> None:
    seen = []
    episode = run_hand_task(*hand, SUITE, SUITE.task(f"grasp_{grasp}"), 2, lambda step, _: seen.append(step))
    assert (episode.reason, episode.passed) == ("", True)
    assert episode.measured["lifted"] >= 0.08 and 0.0 < episode.measured["moved"] <= 0.03
    assert seen == ["shape_for", "reach_for", f"grasp_{grasp}", "lift", "pull"]
    assert episode.to_json()["world"]["shape"] == draw_world(SUITE, SUITE.task(f"grasp_{grasp}"), 2).shape


def test_a_flat_hand_does_not_put_down_what_lies_on_it(hand) -> None:
    flat = SUITE.task("grasp_platform")
    task = SUITE.task("put_down").model_copy(update={"grasp": "platform", "shapes": flat.shapes, "stand": flat.stand})
    episode = run_hand_task(*hand, SUITE, task, 2)
    assert not episode.passed
    assert "carry_to" in episode.reason and "lies on the hand, which is under it" in episode.reason


def test_what_is_pulled_out_of_the_hand_did_not_pass(hand) -> None:
    episode = run_hand_task(*hand, SUITE.model_copy(update={"pull": 40.0}), SUITE.task("grasp_pinch"), 2)
    assert not episode.passed
    assert "'moved <= 0.03 m' did not hold" in episode.reason


def test_what_does_not_fit_is_told_with_its_reason(hand) -> None:
    task = SUITE.task("grasp_pinch")
    wide = tuple(shape.model_copy(update={"across": (0.2, 0.2)}) for shape in task.shapes)
    episode = run_hand_task(*hand, SUITE, task.model_copy(update={"shapes": wide}), 1)
    assert not episode.passed
    assert "palmar pinch fits sizes of" in episode.reason


@pytest.mark.parametrize("skill", ["open_hand", "close_hand", "point", "count_fingers"])
def test_a_gesture_is_shown_however_the_hand_is_turned_and_pushed(hand, skill) -> None:
    episode = run_hand_task(*hand, SUITE, SUITE.task(skill), 4)
    assert (episode.reason, episode.passed) == ("", True)
    assert (episode.measured["bent"] is None) == (skill == "open_hand")
    assert (episode.measured["straight"] is None) == (skill == "close_hand")


def test_another_gesture_than_the_one_that_was_asked_for_does_not_pass(hand) -> None:
    task = SUITE.task("point").model_copy(update={"stretched": ("index", "middle")})
    episode = run_hand_task(*hand, SUITE, task, 4)
    assert "'straight <= 0.6 rad' did not hold: 3." in episode.reason
    task = SUITE.task("point").model_copy(update={"stretched": ()})
    assert "'bent >= 1.5 rad' did not hold" in run_hand_task(*hand, SUITE, task, 4).reason


def test_what_is_put_down_stands_where_it_should_and_what_is_held_stays(hand) -> None:
    put = run_hand_task(*hand, SUITE, SUITE.task("put_down"), 117)  # taller than the hand rises
    assert put.passed and put.measured["placed_error"] <= 0.03 and put.measured["end_touching"] == 0
    held = run_hand_task(*hand, SUITE, SUITE.task("hold_hand"), 3)
    assert held.passed and 0.0 < held.measured["moved"] <= 0.03


def test_the_same_seed_is_the_same_world_and_another_one_is_another() -> None:
    worlds = [draw_world(SUITE, SUITE.task("grasp_ring"), seed) for seed in (3, 3, 4)]
    assert worlds[0] == worlds[1] != worlds[2]
    assert worlds[0].at != worlds[0].stated


@pytest.fixture(scope="module")
def alone():
    robot = load_robot(FOUND.robot("allegro_right"), FOUND)
    return robot, load_library(FOUND, robot)


def test_fingers_turn_a_cube_in_the_palm_and_keep_it(alone) -> None:
    episode = run_hand_task(*alone, SUITE, SUITE.task("turn_cube_right"), 3)
    assert (episode.reason, episode.passed) == ("", True)
    assert episode.measured["rate"] >= 0.4 and episode.measured["strayed"] <= 0.06


@pytest.mark.parametrize(("hand", "skill"), [("allegro_right", "turn_cube_left"), ("allegro_left", "turn_cube_left")])
def test_a_cube_is_turned_to_the_left_by_either_hand(hand, skill) -> None:
    robot = load_robot(FOUND.robot(hand), FOUND)
    episode = run_hand_task(robot, load_library(FOUND, robot), SUITE, SUITE.task(skill), 1)
    assert (episode.reason, episode.passed) == ("", True)


def test_a_cube_that_turns_the_other_way_does_not_pass(alone) -> None:
    task = SUITE.task("turn_cube_right").model_copy(update={"turns": "left"})
    episode = run_hand_task(*alone, SUITE, task, 3)
    assert not episode.passed and episode.measured["rate"] <= -0.4


@pytest.mark.parametrize("skill", ["turn_cube_left", "turn_cube_right"])
@pytest.mark.parametrize("hand", ["allegro_right", "allegro_left"])
def test_a_hand_says_that_nothing_lies_in_it(hand, skill, monkeypatch) -> None:
    """It feels how little its joints press; the object stands far away from the beginning."""
    robot, lay = load_robot(FOUND.robot(hand), FOUND), HandTruth.lay
    monkeypatch.setattr(HandTruth, "lay", lambda truth, place, angle: lay(truth, place + (3.0, 0.0, 3.0), angle))
    episode = run_hand_task(robot, load_library(FOUND, robot), SUITE, SUITE.task(skill), 5)
    assert not episode.passed and f"{skill}: load <= " in episode.reason
    assert episode.simulated_seconds < 8.0, "it does not move on for all of its 10 s"


def test_a_cube_that_is_taken_away_is_missed(alone, monkeypatch) -> None:
    taken = []

    class Taking(PalmWatch):
        def __call__(self) -> None:
            super().__call__()
            if self._line.now - self._started > 4.0 and not taken:
                taken.append(self._line.now)
                self._truth.lay(np.array([3.0, 0.0, 3.0]), 0.0)

    monkeypatch.setattr(palm_episode, "PalmWatch", Taking)
    episode = run_hand_task(*alone, SUITE, SUITE.task("turn_cube_left"), 5)
    assert "turn_cube_left: load <= " in episode.reason and episode.simulated_seconds < taken[0] + 5.0


def keeping(skill: str, kind: str = "keep") -> HandTask:
    """A task of no shipped suite: one cylinder in the palm, kept under pushes or brought to a place."""
    shape = {"shape": "cylinder", "across": (0.055, 0.07), "height": (0.055, 0.07)}
    place = (0.0, 0.0) if kind == "place" else None
    return HandTask(skill=skill, kind=kind, shift=0.015, mass=(0.05, 0.15), shapes=(shape,), place=place)


def test_pushes_throw_out_of_a_bowl_what_closed_fingers_keep(alone) -> None:
    closed = run_hand_task(*alone, SUITE, SUITE.task("hold_firmly"), 1)
    assert (closed.reason, closed.passed) == ("", True) and 0.0 < closed.measured["moved"] < 0.005
    assert closed.simulated_seconds >= 10.0, "a skill that ends earlier is pushed all the same"
    bowl = run_hand_task(*alone, SUITE, keeping("cradle"), 1)
    assert not bowl.passed and bowl.measured["moved"] > 0.03
    assert keeping("cradle").shift == SUITE.worlds(keeping("cradle"))["shift"]


def test_what_rolls_out_of_the_closing_hand_is_put_in_again(alone, monkeypatch) -> None:
    tries, lay = [], HandTruth.lay

    def beside(truth, place, angle):
        tries.append(place)
        lay(truth, place + (3.0, 0.0, 3.0) if len(tries) < never else place, angle)

    never = 3
    monkeypatch.setattr(HandTruth, "lay", beside)
    assert run_hand_task(*alone, SUITE, SUITE.task("hold_firmly"), 3).passed and len(tries) == never
    never = 100
    episode = run_hand_task(*alone, SUITE, SUITE.task("hold_firmly"), 3)
    assert not episode.passed and "rolled out of the closing hand" in episode.reason


def test_a_hand_opens_slowly_under_what_lies_in_it(alone) -> None:
    slow = run_hand_task(*alone, SUITE, SUITE.task("present_object"), 78)
    assert (slow.reason, slow.passed) == ("", True) and slow.measured["straight"] > 0.0
    fast = run_hand_task(*alone, SUITE, SUITE.task("present_object").model_copy(update={"skill": "open_hand"}), 78)
    assert not fast.passed and "'strayed <= 0.04 m' did not hold" in fast.reason


def test_where_an_object_ends_in_the_palm_is_measured(alone) -> None:
    suite = SUITE.model_copy(update={"success": {**SUITE.success, "place": ("placed_error <= 0.001 m",)}})
    episode = run_hand_task(*alone, suite, keeping("hold_hand", "place"), 1)
    assert "'placed_error <= 0.001 m' did not hold" in episode.reason
    assert 0.001 < episode.measured["placed_error"] < 0.03, "nothing moves it from where it was let go"
    with pytest.raises(ValueError, match="needs 'place' and 'shapes'"):
        HandTask(skill="hold_hand", kind="place", shapes=keeping("hold_hand").shapes)


def test_how_far_an_object_is_pushed_to_a_side_is_measured(alone) -> None:
    task = SUITE.task("push_to_wrist")
    episode = run_hand_task(*alone, SUITE, task, 3)
    assert (episode.reason, episode.passed) == ("", True) and 0.01 < episode.measured["slid"] < 0.05
    other = run_hand_task(*alone, SUITE, task.model_copy(update={"towards": (0.0, 1.0)}), 3)
    assert not other.passed and other.measured["slid"] < -0.01
    assert other.measured["aside"] == pytest.approx(episode.measured["aside"])
    with pytest.raises(ValueError, match="needs 'towards' and 'shapes'"):
        HandTask(skill="hold_hand", kind="slide", shapes=task.shapes)


def test_how_far_an_object_is_tilted_to_a_side_is_measured(alone) -> None:
    pushed = SUITE.task("push_to_wrist")  # which tilts a box to the wrist as well
    tilted = pushed.model_copy(update={"kind": "tilt"})
    episode = run_hand_task(*alone, SUITE, tilted, 3)
    assert set(episode.measured) == {"leant", "aslant", "strayed"} and episode.measured["leant"] > 0.2
    other = run_hand_task(*alone, SUITE, tilted.model_copy(update={"towards": (0.0, 1.0)}), 3)
    assert not other.passed and other.measured["leant"] < -0.2
    assert other.measured["aslant"] == pytest.approx(episode.measured["aslant"])
    with pytest.raises(ValueError, match="needs 'towards' and 'shapes'"):
        HandTask(skill="hold_hand", kind="tilt", shapes=pushed.shapes)


@pytest.fixture(scope="module")
def leap():
    robot = load_robot(FOUND.robot("leap"), FOUND)
    suite = load_hand_suite(FOUND.find("config/scenarios/leap.yaml", "suite"))
    return robot, load_library(FOUND, robot), suite


@pytest.fixture(scope="module")
def left():
    robot = load_robot(FOUND.robot("allegro_left"), FOUND)
    suite = load_hand_suite(FOUND.find("config/scenarios/allegro_left.yaml", "suite"))
    return robot, load_library(FOUND, robot), suite


@pytest.mark.parametrize("hand", ["leap", "left"])
def test_what_a_network_holds_stays_under_pushes_that_a_bowl_does_not_withstand(hand, request) -> None:
    robot, library, suite = request.getfixturevalue(hand)
    task = suite.task("hold_firmly")
    held = run_hand_task(robot, library, suite, task, 3)
    assert (held.reason, held.passed) == ("", True) and held.measured["moved"] < 0.03
    bowl = run_hand_task(robot, library, suite, task.model_copy(update={"skill": "hold_hand"}), 3)
    assert not bowl.passed and bowl.measured["moved"] > 0.03


def test_a_leap_hand_pushes_what_lies_in_its_palm(leap) -> None:
    episode = run_hand_task(*leap, leap[2].task("push_to_ring"), 3)
    assert (episode.reason, episode.passed) == ("", True) and 0.01 < episode.measured["slid"] < 0.05


@pytest.mark.parametrize(
    ("hand", "skills", "felt"),
    [
        ("alone", ("push_to_wrist", "push_to_index", "push_to_thumb"), "load <= 0.25 for 1.0 s"),
        ("leap", ("push_to_wrist",), "load <= 1.0 for 0.4 s"),
        ("leap", ("push_to_ring", "push_to_heel"), "load <= 0.9 for 0.8 s"),
        ("leap", ("hold_firmly",), "load <= 0.9 for 0.7 s"),
        ("left", ("hold_firmly",), "load <= 0.16 for 1.6 s"),
    ],
)
def test_a_hand_that_pushes_says_that_nothing_lies_in_it(hand, skills, felt, request, monkeypatch) -> None:
    robot, library, suite = (*request.getfixturevalue(hand), SUITE)[:3]
    lay = HandTruth.lay
    monkeypatch.setattr(HandTruth, "lay", lambda truth, place, angle: lay(truth, place + (3.0, 0.0, 3.0), angle))
    monkeypatch.setattr(palm_episode, "_lies", lambda truth: True)
    for skill in skills:
        episode = run_hand_task(robot, library, suite, suite.task(skill), 5)
        assert not episode.passed and f"{skill}: {felt}" in episode.reason
