"""What a hand on its gantry does before a request, so that nothing that it holds is dropped."""

import os

import numpy as np
import pytest

from skill_stack.connector.parts_connector import PartsConnector
from skill_stack.connector.switching import choice_for_grip
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillRequest, SkillStatus
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph, SceneObject

HAND, GANTRY = "right_hand", "gantry"
TABLE = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.0, "box", (0.5, 0.8, 0.4), "brown")
CUBE = SceneObject("cube", "cube", (0.3, 0.1, 0.425), 0.2, "box", (0.05, 0.05, 0.05), "red", movable=True)
BALL = SceneObject("ball", "ball", (0.3, -0.2, 0.425), 0.0, "sphere", (0.05, 0.05, 0.05), "blue", movable=True)
BACK = ["carry_to", "shape_for", "step_back"]


class Bench:
    """The connector with controllers that obey at once, and complete every motion."""

    def __init__(self, robot, library):
        self.library = library
        self.connector = PartsConnector(robot, library)
        self.scene = SceneGraph({one.id: one for one in (TABLE, CUBE, BALL)})
        self.time, self.felt, self.stops = 0.0, "free", 0
        self.done = True
        self.modes = dict.fromkeys((GANTRY, HAND), ControlMode.DISARMED)
        self.setpoints, self.outcomes, self.ran = {}, {}, []
        self.cycle()

    def cycle(self, count=1):
        for _ in range(count):
            self.time += 0.1
            for part in self.modes:
                told = self.setpoints.get(part)
                skill = told.skills[0].skill if told and told.skills else ""
                if skill:
                    self.modes[part] = ControlMode.ACTIVE
                status = SkillStatus(
                    self.time, part, skill, "", self.modes[part], "", 1.0 if self.done else 0.5,
                    told.request_id if told else "", told.sequence if told else 0, 1, np.zeros(3),
                    np.array([1.0, 0, 0, 0]), np.zeros(3), 0.0, 0.0, stop_count=self.stops,
                    felt=self.felt if part == HAND else "",
                )  # fmt: skip
                cycle = self.connector.update(status, self.scene)
                if cycle.setpoint is not None:
                    self.setpoints[part] = cycle.setpoint
                self.outcomes |= {one.request_id: one for one in cycle.outcomes}
        return self

    def ask(self, name, skill, **arguments):
        request = SkillRequest(name, skill, self.library[skill].complete(arguments))
        self.connector.start(request, self.scene, self.time)
        return self.connector.choice(name)

    def waits_for(self):
        """Skills that run now, of whichever part."""
        parts = self.connector._parts.values()
        return [request.skill for part in parts for request in part.running]

    def finish(self, name, most=400):
        for _ in range(most):
            if name in self.outcomes:
                return self.outcomes[name]
            self.cycle()
        raise AssertionError(f"{name} did not end; {self.waits_for()} runs")

    def take(self, lift=True):
        """Closes on the cube, and lifts it."""
        for number, skill in enumerate(("shape_for", "reach_for", "close_on")):
            self.ask(f"take/{number}", skill, target="cube")
            assert self.finish(f"take/{number}").outcome == "succeeded"
        self.felt = "holding"
        self.cycle()
        if lift:
            assert self.ask("take/3", "lift_object", target="cube") == "at once"
            assert self.finish("take/3").outcome == "succeeded"


@pytest.fixture(scope="module")
def kit():
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot("gantry_allegro_right"), found)
    return robot, load_library(found, robot)


@pytest.fixture
def bench(kit):
    return Bench(*kit)


@pytest.mark.parametrize(
    ("felt", "keeps", "closing", "moved", "choice"),
    [
        ("free", False, True, False, "at once"), ("contact", False, True, False, "roll back"),
        ("holding", False, False, True, "leave through"), ("", False, False, True, "leave through"),
        ("contact", True, True, False, "advance"), ("holding", True, False, True, "at once"),
    ],
)  # fmt: skip
def test_choices_of_a_hand(felt, keeps, closing, moved, choice):
    assert choice_for_grip(felt, keeps, closing, moved) == choice


@pytest.mark.parametrize(
    ("skill", "arguments"), [("open_hand", {}), ("point", {}), ("shape_for", {"target": "ball"}), ("close_hand", {})]
)
def test_what_hangs_in_the_air_is_put_back_before_the_hand_opens(bench, skill, arguments):
    bench.take()
    assert bench.ask("new/1", skill, **arguments) == "leave through"
    seen = []
    while "new/1" not in bench.outcomes and bench.time < 200.0:
        seen += [one for one in bench.waits_for() if one not in seen]
        bench.felt = "free" if "step_back" in seen else bench.felt
        bench.cycle()
    assert seen == [*BACK, skill] if skill != "shape_for" else seen[:3] == BACK
    assert bench.outcomes["new/1"].outcome == "succeeded"
    assert set(bench.outcomes) == {"take/0", "take/1", "take/2", "take/3", "new/1"}, "nobody asked for the steps before"


def test_it_is_put_back_where_it_stood(bench):
    bench.take()
    bench.ask("new/1", "open_hand")
    step = next(one for part in bench.connector._parts.values() for one in part.running)
    told = {key: step.arguments[key] for key in ("target", "place", "x", "y", "heading")}
    assert told == {"target": "cube", "place": "table", "x": 0.0, "y": 0.1, "heading": 0.2}


def test_what_was_not_lifted_yet_is_let_go_of_where_it_stands(bench):
    bench.take(lift=False)
    assert bench.ask("new/1", "shape_for", target="ball") == "roll back"
    assert bench.waits_for() == ["shape_for"] and bench.connector.active.id == "new/1"


@pytest.mark.parametrize(("skill", "arguments"), [("turn_object", {"target": "cube"}), ("lift", {}), ("hold_hand", {})])
def test_what_keeps_the_thing_in_the_hand_begins_at_once(bench, skill, arguments):
    bench.take()
    assert bench.ask("new/1", skill, **arguments) == "at once"
    assert skill in bench.waits_for()


def test_a_hand_that_closes_goes_on_to_the_end_before_it_lifts(bench):
    for number, skill in enumerate(("shape_for", "reach_for")):
        bench.ask(f"take/{number}", skill, target="cube")
        bench.finish(f"take/{number}")
    bench.ask("take/2", "close_on", target="cube")
    bench.done, bench.felt = False, "contact"
    bench.cycle(3)
    assert bench.ask("new/1", "lift_object", target="cube") == "advance"
    assert bench.waits_for() == ["close_on"]
    bench.done, bench.felt = True, "holding"
    assert bench.finish("new/1").outcome == "succeeded"
    assert bench.outcomes["take/2"].outcome == "succeeded"


def test_what_it_holds_already_is_not_taken_again(bench):
    bench.take()
    bench.ask("new/1", "close_on", target="cube")
    assert bench.finish("new/1").outcome == "succeeded" and bench.waits_for() == []


def test_what_slipped_away_is_not_put_down(bench):
    bench.take()
    bench.felt = "free"
    bench.cycle()
    assert bench.ask("new/1", "open_hand") == "at once"


def test_what_a_plan_has_brought_to_its_place_is_let_go_of_there(bench):
    bench.take()
    bench.ask("put/1", "carry_to", target="cube", place="table")
    assert bench.finish("put/1").outcome == "succeeded"
    assert bench.ask("put/2", "shape_for", target="cube") == "at once"


def test_a_stop_ends_what_has_to_happen_before_and_the_request(bench):
    bench.take()
    bench.ask("new/1", "open_hand")
    bench.cycle(2)
    bench.stops = 1
    bench.cycle()
    assert bench.outcomes["new/1"].outcome == "interrupted" and bench.connector.active is None
    assert bench.waits_for() == []


def test_another_request_takes_the_place_of_one_that_waits(bench):
    bench.take()
    bench.ask("new/1", "open_hand")
    bench.cycle(2)
    assert bench.ask("newer/1", "lift", height=0.05) == "at once"
    bench.cycle()
    assert bench.outcomes["new/1"].reason == "replaced by 'newer/1'" and bench.waits_for() == ["lift"]
    assert bench.connector.cancel("newer/1", "cancelled", bench.time)


def test_one_that_waits_can_be_cancelled(bench):
    bench.take()
    bench.ask("new/1", "open_hand")
    assert bench.connector.cancel("new/1", "cancelled", bench.time)
    bench.cycle()
    assert bench.outcomes["new/1"].outcome == "interrupted" and bench.waits_for() == []
