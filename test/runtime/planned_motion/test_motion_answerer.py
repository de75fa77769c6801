"""Plans as answers: from the predicted state on, by the time they take, and void where they may not drive the robot."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import Shortfall
from skill_stack.core.shared_memory.slow_channel import SlowQuestion
from skill_stack.core.skills.skill_library import load_library
from skill_stack.motion.sampling.motion_plan import MotionPlan
from skill_stack.motion.sampling.planner import NoPlan
from skill_stack.runtime.planned_motion.motion_answerer import EASING, TRANSPORT, MotionAnswerer

ROOT = Path(__file__).parents[3]
STEP = 0.02
LOWER = {"base_height": 0.2, "base_height_weight": 1.0}


class FakePlanner:
    """Holds every joint at 0.5 rad, and notes what it was asked; the test says what a plan costs."""

    def __init__(self):
        self.begun, self.predicted, self.asked = [], [], []
        self.cost, self.tilt, self.violation, self.error, self.busy = 1.0, 0.0, "", None, lambda: None

    def begin(self, start):
        self.begun.append(start.time)

    def predict(self, start, targets, step):
        self.predicted.append(np.array(targets))
        return dataclasses.replace(start, time=start.time + step * len(targets))

    def plan(self, start, rewards):
        self.asked.append((start, rewards))
        self.busy()
        if self.error is not None:
            raise self.error
        tilt = np.full(20, self.tilt)
        return MotionPlan(start.time, STEP, np.full((20, 12), 0.5), self.cost, tilt, tilt, self.violation)


@pytest.fixture(scope="module")
def skill():
    resources = Resources((ROOT,), ROOT / "nowhere")
    robot = load_robot(resources.robot("go2"), resources)
    entry = load_library(resources, robot).entries["move_as_told"]
    return SlowSkill.from_spec(entry.spec, robot, entry.folder)


@pytest.fixture
def planner():
    return FakePlanner()


class FakeWatch:
    """Says how far it is as the test wants it."""

    def __init__(self):
        self.progress, self.lacks, self.begun, self.anew = 0.0, Shortfall(), [], []

    def begin(self, start, anew=True):
        self.begun.append(start.time)
        self.anew.append(anew)

    def see(self, start, rewards):
        return self.progress


@pytest.fixture
def watch():
    return FakeWatch()


@pytest.fixture
def answerer(skill, planner, watch):
    return MotionAnswerer(skill.spec, skill.manifest, skill.robot, None, (planner, watch))


def question(skill, number, arguments, height=0.3, driven=True):
    """The robot stands, and what is commanded grows by 0.01 rad a step, or it is the stance."""
    bridged = skill.spec.sampled.bridged
    state = [0.0, 0.0, height, 1.0, 0.0, 0.0, 0.0, *[0.0] * 6, *skill.robot.pose("default"), *[0.0] * 12]
    pending = np.repeat(0.01 * np.arange(bridged), 12)
    pending = pending if driven else np.tile(skill.robot.pose("default"), bridged)
    told = [arguments.get(command.name, command.default) for command in skill.manifest.commands]
    return SlowQuestion(number, 5 * number, 0.1 * number, np.concatenate([state, pending, told]))


def test_the_plan_follows_what_is_commanded_until_it_comes(skill, planner, answerer) -> None:
    assert answerer.values == skill.sight().size
    answer = answerer.answer(question(skill, 1, LOWER))
    ((start, rewards),) = planner.asked
    assert len(planner.predicted[0]) == 5 and start.time == pytest.approx(0.1 + 0.1), "5 steps are the declared 0.1 s"
    assert [(one.term, one.target) for one in rewards.terms] == [("base_height", 0.2)]
    assert answer.actions[:5, 0] == pytest.approx([0.0, 0.01, 0.02, 0.03, 0.04]) and not answer.void
    assert (answer.actions[5:] == 0.5).all() and len(answer.actions) == skill.chunk.steps


def test_the_plan_begins_with_the_state_that_the_question_holds(skill, planner, answerer) -> None:
    answerer.lead = 0.0
    answerer.answer(question(skill, 1, LOWER, height=0.27))
    start = planner.asked[0][0]
    assert start.position.tolist() == skill.robot.pose("default").tolist() and start.velocity.shape == (12,)
    assert start.place[2] == 0.27 and start.orientation.tolist() == [1.0, 0.0, 0.0, 0.0] and not planner.predicted


def test_the_time_that_plans_take_is_measured_and_falls_slowly(skill, planner) -> None:
    now = [0.0]

    def compute():
        now[0] += 0.15

    planner.busy = compute
    answerer = MotionAnswerer(skill.spec, skill.manifest, skill.robot, lambda: now[0], (planner, FakeWatch()))
    answerer.answer(question(skill, 1, LOWER))
    assert answerer.lead == pytest.approx(0.15 + TRANSPORT)
    answerer.answer(question(skill, 2, LOWER))
    assert len(planner.predicted[1]) == 9, "0.17 s are begun steps of 0.02 s"
    planner.busy = lambda: None
    answerer.answer(question(skill, 3, LOWER))
    assert answerer.lead == pytest.approx(EASING * 0.17 + (1 - EASING) * TRANSPORT)


def test_a_plan_that_takes_longer_than_it_lives_bridges_no_more_than_that(skill, planner, answerer) -> None:
    answerer.lead = 5.0
    answer = answerer.answer(question(skill, 1, LOWER))
    assert len(planner.predicted[0]) == skill.spec.sampled.bridged and len(answer.actions) == skill.chunk.steps


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cost": float("nan")}, "no finite cost"),
        ({"violation": "FL_calf_joint is expected 0.20 rad beyond its limit"}, "beyond its limit"),
        ({"tilt": 1.3}, "a tilt of 1.30 rad is expected, move_as_told allows 1.1 rad"),
        ({"cost": 9.0}, "the cost jumped to 9.0, at most 1.0 before"),
        ({"error": NoPlan("no plan: none of 32 samples has a cost")}, "none of 32 samples"),
    ],
)
def test_what_may_not_drive_the_robot_is_void_and_the_planner_begins_again(
    skill, planner, answerer, changes, reason
) -> None:
    assert not answerer.answer(question(skill, 1, LOWER)).void and planner.begun == [pytest.approx(0.1)]
    for name, value in changes.items():
        setattr(planner, name, value)
    answer = answerer.answer(question(skill, 2, LOWER))
    assert answer.void and reason in answerer.problem and np.isfinite(answer.actions).all()
    planner.__init__()
    assert not answerer.answer(question(skill, 3, LOWER)).void and answerer.problem == ""
    assert planner.begun == [pytest.approx(0.3)]


def test_an_edit_may_cost_more_and_begins_nothing_anew(skill, planner, answerer) -> None:
    answerer.answer(question(skill, 1, LOWER))
    planner.cost = 9.0
    answer = answerer.answer(question(skill, 2, {**LOWER, "base_height": 0.12}))
    assert not answer.void and len(planner.begun) == 1
    assert planner.asked[-1][1].terms[0].target == 0.12


def test_how_long_it_has_been_as_asked_for_is_told(skill, planner, watch, answerer) -> None:
    assert (answerer.answer(question(skill, 1, LOWER)).progress == 0.0).all()
    watch.progress, watch.lacks = 0.6, Shortfall(0, 0.1)
    answer = answerer.answer(question(skill, 2, LOWER))
    assert (answer.progress == 0.6).all() and answer.lacks == Shortfall(0, 0.1)
    assert watch.begun == planner.begun == [pytest.approx(0.1)]


def test_another_run_begins_where_it_begins(skill, planner, watch, answerer) -> None:
    answerer.answer(question(skill, 4, LOWER))
    answerer.answer(dataclasses.replace(question(skill, 5, LOWER), tick=0))
    assert planner.begun == [pytest.approx(0.4), pytest.approx(0.5)] and watch.anew == [True, True]


def test_where_the_stance_has_driven_meanwhile_it_begins_anew(skill, planner, watch, answerer) -> None:
    for number in range(1, 6):
        answerer.answer(question(skill, number, LOWER))
    assert planner.begun == pytest.approx([0.1])
    for number in range(6, 10):
        answerer.answer(question(skill, number, LOWER, driven=False))
    assert planner.begun == pytest.approx([0.1, 0.6]), "the answers to these may drive it yet"
    answerer.answer(question(skill, 10, LOWER, driven=False))
    assert planner.begun == pytest.approx([0.1, 0.6, 1.0])
    assert watch.anew == [True, False, False], "it is the same motion, which comes nearer or not"


def test_where_nothing_is_asked_for_there_is_no_answer(skill, planner, answerer) -> None:
    assert answerer.answer(question(skill, 1, {})) is None and "no term has a weight" in answerer.problem
    assert not planner.asked


def test_a_state_that_is_not_finite_is_void(skill) -> None:
    answerer = skill.answerer()
    answer = answerer.answer(question(skill, 1, LOWER, height=float("nan")))
    assert answer.void and "not finite" in answerer.problem


def test_settings_that_the_planner_does_not_have_are_refused(skill) -> None:
    part = skill.spec.sampled.model_copy(update={"planner": {"sample": 8}})
    spec = skill.spec.model_copy(update={"sampled": part})
    with pytest.raises(DataError, match="sample"):
        dataclasses.replace(skill, spec=spec).answerer()
