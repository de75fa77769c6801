"""Feet are brought to where the next skill wants them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from skill_stack.connector.connector import Connector
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.preparation import PreparingSkill
from skill_stack.core.skills.skill import SkillSpec

FIRST = (
    PreparingSkill(skill="walk", goals={"vx": 0.0}, until=("elapsed >= 0.6 s",), at_most=1.0),
    PreparingSkill(skill="stand", until=("speed <= 0.1 m/s for 0.3 s",), at_most=2.0),
)
PAW = {
    "name": "paw",
    "robot": "go2",
    "kind": "posture",
    "description": "Lifts a paw.",
    "preconditions": ["posture(robot, standing)"],
    "phases": [{"name": "up", "kind": "contact", "stance": "paw", "leave_through": "rise"}],
    "enter_through": "rise",
    "envelope": {"tilt": 1.0, "angular_speed": 6.0},
    "timeout": 10.0,
    "provenance": {"recipe": "declared here"},
    "posture": {"keyframes": [{"pose": "default", "duration": 1.0, "kp": 60.0, "kd": 3.0}]},
}


@pytest.fixture
def world(worlds):
    def make(first=FIRST, **settings):
        made = worlds([], **settings)
        spec = SkillSpec.model_validate({**PAW, "prepare": first})
        entry = dataclasses.replace(made.library.entries["sit"], name="paw", spec=spec)
        library = dataclasses.replace(made.library, entries={**made.library.entries, "paw": entry})
        made.controller.library = made.library = library
        given = ConnectorSettings(**settings)
        made.connector = Connector(made.robot, library, given, localization=made.connector.localization)
        return made

    return make


def walked(made, seconds=2.0):
    """A robot that has just come walking."""
    made.start("w/1", "walk_for", duration=seconds, vx=0.5)
    made.finish()
    made.skills.clear()
    return made


def test_a_robot_that_comes_walking_steps_and_stands_first(world):
    made = walked(world())
    speed = float(np.linalg.norm(made.status.base_velocity))
    made.start("p/1", "paw")
    assert made.finish().outcome == "succeeded" and speed > 0.3
    assert made.skills[-2:] == ["stand", "paw"] and "rise" not in made.skills


def test_without_it_the_skill_begins_at_once(world):
    for made in (walked(world(stance=False)), walked(world(first=()))):
        began = made.now
        made.start("p/1", "paw")
        while "paw" not in made.skills:
            made.step()
        assert made.now - began < 0.2 and "stand" not in made.skills


def test_a_robot_that_stands_still_is_not_kept_waiting(world):
    made = world()
    made.start("s/1", "stand")
    made.finish()
    made.run(1.0)
    began = made.now
    made.start("p/1", "paw")
    while "paw" not in made.skills:
        made.step()
    assert made.now - began < 0.2


def test_a_robot_that_never_comes_to_rest_goes_on_when_the_time_is_over(world):
    made = walked(world())
    made.controller.velocity[:] = (0.5, 0.0, 0.0)
    made.controller.lag = 1e6  # it slides on
    made.start("p/1", "paw")
    assert made.finish(20.0).outcome == "succeeded"


def test_a_stop_ends_the_preparation(world):
    made = walked(world())
    made.start("p/1", "paw")
    made.run(0.2)
    made.controller.stop()
    made.run(0.2)
    assert made.outcomes[-1].outcome == "interrupted" and "paw" not in made.skills


def test_a_limp_robot_rises_and_then_begins(world):
    made = world()
    made.start("p/1", "paw")
    assert made.finish(30.0).outcome == "succeeded" and made.skills[0] == "rise" and made.skills[-1] == "paw"


def test_another_request_meanwhile_takes_over(world):
    made = walked(world())
    made.start("p/1", "paw")
    made.run(0.3)
    made.connector.start(SkillRequest("q/1", "walk_for", {"duration": 1.0, "vx": 0.3}), made.scene, made.now)
    made.run(0.2)
    assert made.outcomes[-1].outcome == "interrupted" and made.status.skill == "walk"


@pytest.mark.parametrize("until", [(), ("soon",)])
def test_conditions_are_needed_and_checked(until):
    with pytest.raises(ValueError, match="until"):
        PreparingSkill(skill="stand", until=until, at_most=1.0)


def test_after_a_stop_in_the_middle_of_a_walk_the_feet_are_brought_in_place_too(world):
    made = world()
    made.start("w/1", "walk_for", duration=9.0, vx=0.5)
    made.run(4.0)
    made.controller.stop()
    made.run(0.1)
    made.controller.velocity[0] = 0.4  # it has not come to rest
    made.skills.clear()
    made.start("p/1", "paw")
    assert made.finish().outcome == "succeeded"
    assert made.skills.index("stand") < made.skills.index("paw")
