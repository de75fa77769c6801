"""Steps for legs: height and place, kept over looks, gone when they are taken away."""

import math

import pytest
from computed_looks import seen, thing

from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.step_surfaces import StepMap, find_steps

EYE = Eye((0.0, 0.0, 0.5), (1.0, 0.0, 0.1))
STEP = thing("box", "white", 1.4, 0.0, (0.6, 1.2, 0.12))


def look(*things, eye=EYE, seed=0):
    return LookObserver().look(seen(things, eye, noise=0.002, seed=seed))


@pytest.mark.parametrize("height", [0.06, 0.12, 0.25])
def test_a_step_is_found_with_its_height(height) -> None:
    (found,) = find_steps(look(thing("box", "white", 1.4, 0.0, (0.6, 1.2, height))))
    assert abs(found.height - height) < 0.012
    assert find_steps(look()) == []


def test_a_step_counts_from_the_second_look_on_with_place_and_extent() -> None:
    made = StepMap()
    made.add(look(STEP))
    assert made.steps == [] and made.things() == []
    made.add(look(STEP, seed=1))
    (found,) = made.steps
    assert math.dist(found.centre, (1.4, 0.0)) < 0.08
    assert sorted(found.size) == pytest.approx([0.6, 1.2], abs=0.12)
    (box,) = made.things()
    assert box.label == "step of 12 cm"
    assert box.size[2] == pytest.approx(0.12, abs=0.012) and box.position[2] == pytest.approx(0.06, abs=0.006)


def test_what_is_behind_the_robot_stays_and_what_is_taken_away_goes() -> None:
    made = StepMap()
    for seed in range(3):
        made.add(look(STEP, seed=seed))
    for seed in range(4):
        made.add(look(eye=Eye((0.0, 0.0, 0.5), (-1.0, 0.0, 0.1)), seed=seed))
    assert len(made.steps) == 1, "nobody looks there"
    for seed in range(4):
        made.add(look(seed=seed))
    assert made.steps == []


def test_two_heights_are_two_steps_the_lower_first() -> None:
    made, high = StepMap(), thing("box", "white", 1.95, 0.0, (0.5, 1.2, 0.24))
    for seed in range(3):
        made.add(look(STEP, high, eye=Eye((0.0, 0.0, 0.6), (1.0, 0.0, 0.25)), seed=seed))
    assert [round(one.height, 1) for one in made.steps] == [0.1, 0.2]
