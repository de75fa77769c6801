"""A planner that rehearses: what it hands on, and that it never stands in the way."""

from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.planner.notations.library_file import read_library
from skill_stack.planner.planner import Planner
from skill_stack.planner.rehearsal_need import doubtful
from skill_stack.planner.rehearsal_record import RehearsalSettings
from skill_stack.planner.trial import Trial, TrialSituation
from skill_stack.runtime.rehearsal.rehearsing_planner import RehearsingPlanner

LIBRARY = """
skills:
  - name: go_to
    phrases: ["go to {target}"]
    goal: [{name: target, type: object, description: where to}]
    effects: ["not near(robot, *)", "near(robot, $target)"]
"""

SKILLS = """
skills:
  - {name: safe, phrases: [be safe]}
  - {name: calm, phrases: [be calm]}
  - {name: risky, phrases: [be risky]}
  - {name: wild, phrases: [be wild], hazard: high}
"""


def ball(colour, at):
    return SceneObject(f"{colour}_ball", "ball", (*at, 0.1), shape="sphere", size=(0.2, 0.2, 0.2), colour=colour)


SCENE = SceneGraph({b.id: b for b in (ball("red", (1, 0)), ball("blue", (2, 0)))}, robot=Pose2(0.0, 0.0, 0.0))


class Slow:
    """A planner with a library; ``cancel`` is counted."""

    def __init__(self, planner):
        self.planner, self.library, self.cancelled = planner, planner.library, 0

    def plan(self, instruction, scene, facts):
        return self.planner.plan(instruction, scene, facts)

    def begin(self, instruction, scene, facts):
        return self.plan(instruction, scene, facts)

    def cancel(self):
        self.cancelled += 1


class OnlyBlue:
    """Rehearsals in which only the blue ball can be reached."""

    def __init__(self, during=lambda: None):
        self.made, self.during = 0, during

    def outlook(self, situation, plans):
        return [0.5 for _ in plans]

    def trials(self, situation, jobs):
        for job in jobs:
            self.made += 1
            self.during()
            good = any(step.arguments["target"] == "blue_ball" for step in job.plan.steps)
            yield job, Trial(good, "" if good else "it is not there", 5.0)


@pytest.fixture
def planner(tmp_path):
    (tmp_path / "l.yaml").write_text(LIBRARY)
    return Slow(Planner(read_library(tmp_path / "l.yaml", "toy")[0]))


def rehearsing(planner, rehearser, **more):
    return RehearsingPlanner(planner, planner, rehearser, RehearsalSettings(**more), lambda: 0.0)


def test_the_candidate_that_succeeds_is_handed_on_under_the_plans_own_id(planner):
    words = Instruction("go to a ball", "prompt", 3.0)
    usual = planner.plan(words, SCENE, frozenset())
    plan = rehearsing(planner, OnlyBlue()).plan(words, SCENE, frozenset())
    assert [step.arguments["target"] for step in usual.steps] == ["red_ball"]
    assert [step.arguments["target"] for step in plan.steps] == ["blue_ball"]
    assert (plan.id, plan.instruction) == (usual.id, usual.instruction)
    assert "I take the blue ball" in plan.reason


@pytest.mark.parametrize("text", ["hello", "go to the green ball", "fly"])
def test_what_is_no_plan_is_not_rehearsed(planner, text):
    rehearser = OnlyBlue()
    words = Instruction(text)
    assert rehearsing(planner, rehearser).plan(words, SCENE, frozenset()) == planner.plan(words, SCENE, frozenset())
    assert rehearser.made == 0


@pytest.mark.parametrize("source", ["service", "correction"])
def test_words_that_only_ask_or_must_act_at_once_are_not_rehearsed(planner, source):
    rehearser = OnlyBlue()
    plan = rehearsing(planner, rehearser).plan(Instruction("go to a ball", source), SCENE, frozenset())
    assert plan.steps and rehearser.made == 0


def test_a_robot_without_a_place_and_words_with_one_plan_alone_are_not_rehearsed(planner):
    rehearser = OnlyBlue()
    lost = SceneGraph(SCENE.objects)
    assert rehearsing(planner, rehearser).plan(Instruction("go to the blue ball"), lost, frozenset()).status == "plan"
    assert rehearsing(planner, rehearser).plan(Instruction("go to the red ball"), SCENE, frozenset()).status == "plan"
    assert rehearser.made == 0


def test_a_rehearsal_that_breaks_hands_on_the_plan_and_says_so(planner):
    said = []

    class Broken(OnlyBlue):
        def trials(self, situation, jobs):
            raise RuntimeError("a worker died")

    broken = RehearsingPlanner(planner, planner, Broken(), RehearsalSettings(), lambda: 0.0, said.append)
    words = Instruction("go to a ball")
    assert broken.plan(words, SCENE, frozenset()) == planner.plan(words, SCENE, frozenset())
    assert said == ["not rehearsed: a worker died"]


def test_cancelling_ends_a_rehearsal_at_once(planner):
    made = rehearsing(planner, rehearser := OnlyBlue(), seconds=1e6)
    rehearser.during = made.cancel
    assert made.plan(Instruction("go to a ball"), SCENE, frozenset({Fact("idle")})).status == "plan"
    assert rehearser.made == 1
    assert planner.cancelled == 1


def test_plans_of_an_unknown_form_are_handed_on(planner):
    tree = PlanNode("skill", skill="go_to", arguments={"target": "red_ball"})
    given = Plan("p", "go", "plan", tree)
    planner.plan = lambda instruction, scene, facts: given
    assert rehearsing(planner, OnlyBlue()).plan(Instruction("go"), SCENE, frozenset()) == given


@pytest.mark.parametrize(("text", "source"), [("hello", "prompt"), ("go to a ball", "service")])
def test_what_is_not_rehearsed_is_answered_at_once(planner, text, source):
    words = Instruction(text, source)
    assert rehearsing(planner, OnlyBlue()).begin(words, SCENE, frozenset()) == planner.plan(words, SCENE, frozenset())


def test_a_rehearsal_begins_only_in_the_thread_that_may_wait(planner):
    rehearser = OnlyBlue()
    begun = rehearsing(planner, rehearser).begin(Instruction("go to a ball"), SCENE, frozenset())
    assert rehearser.made == 0
    assert [step.arguments["target"] for step in begun().steps] == ["blue_ball"]


def when_doubtful(planner, rehearser, need):
    return RehearsingPlanner(planner, planner, lambda: rehearser, RehearsalSettings(), lambda: 0.0, need=need)


def test_a_plan_without_doubt_is_answered_at_once_and_nothing_is_started(planner):
    words, made = Instruction("go to a ball"), []
    calm = RehearsingPlanner(planner, planner, lambda: made.append(1), RehearsalSettings(), lambda: 0.0, need=doubtful)
    assert calm.begin(words, SCENE, frozenset()) == planner.plan(words, SCENE, frozenset())
    assert made == []


def test_the_only_plan_is_asked_about_when_it_failed_in_all_rehearsals(planner):
    made = when_doubtful(planner, OnlyBlue(), lambda plan, library: "it is new")
    plan = made.plan(Instruction("go to the red ball"), SCENE, frozenset())
    assert plan.proposed and plan.certainty == "disputed" and "failed in all: it is not there" in plan.reason
    assert made.plan(Instruction("go to the blue ball"), SCENE, frozenset()).status == "plan"


@pytest.mark.parametrize("hazard", ["", "\n    hazard: high"])
def test_the_only_plan_is_asked_about_when_time_was_left_for_one_rehearsal_that_failed(tmp_path, hazard):
    (tmp_path / "l.yaml").write_text(LIBRARY.rstrip() + f"{hazard}\n")
    planner = Slow(Planner(read_library(tmp_path / "l.yaml", "toy")[0]))
    times = iter([0.0])
    made = RehearsingPlanner(
        planner, planner, OnlyBlue(), RehearsalSettings(), lambda: next(times, 9.0), need=lambda plan, library: "new"
    )
    plan = made.plan(Instruction("go to the red ball"), SCENE, frozenset())
    assert plan.proposed and "in one simulated world, and it failed there: it is not there" in plan.reason


def test_the_only_plan_is_refused_when_it_failed_in_all_rehearsals_and_is_hazardous(tmp_path):
    (tmp_path / "l.yaml").write_text(LIBRARY.rstrip() + "\n    hazard: high\n")
    planner = Slow(Planner(read_library(tmp_path / "l.yaml", "toy")[0]))
    plan = when_doubtful(planner, OnlyBlue(), doubtful).plan(Instruction("go to the red ball"), SCENE, frozenset())
    assert plan.status == "refusal" and plan.tree is None and "it is not there" in plan.reason


class Falls(OnlyBlue):
    """Rehearsals of which the second one falls."""

    def trials(self, situation, jobs):
        for job in jobs:
            yield job, Trial(job.world != 1, "the robot falls" if job.world == 1 else "", 1.0, fell=job.world == 1)


def test_one_rehearsal_that_falls_stops_a_hazardous_plan_and_is_said_of_another_one(tmp_path, planner):
    words = Instruction("go to the red ball")
    said = RehearsingPlanner(planner, planner, Falls(), RehearsalSettings(), lambda: 0.0, need=lambda *_: "it may fall")
    plan = said.plan(words, SCENE, frozenset())
    assert plan.status == "plan" and "where one fails: the robot falls" in plan.reason
    (tmp_path / "h.yaml").write_text(LIBRARY.rstrip() + "\n    hazard: high\n")
    wild = Slow(Planner(read_library(tmp_path / "h.yaml", "toy")[0]))
    plan = RehearsingPlanner(wild, wild, Falls(), RehearsalSettings(), lambda: 0.0, need=doubtful).plan(
        words, SCENE, frozenset()
    )
    assert plan.status == "refusal" and not plan.steps
    assert plan.reason.startswith("I rehearsed that, and fell or was damped in 1 of")


def test_proposals_of_a_model_are_voted_on_by_what_they_lead_to_and_by_their_steps_where_that_breaks(planner):
    red, blue = (planner.plan(Instruction(f"go to the {one} ball"), SCENE, frozenset()) for one in ("red", "blue"))
    situation, said = TrialSituation(SCENE, frozenset()), []
    assert rehearsing(planner, OnlyBlue()).vote(situation, [red, red, blue]).plan is None  # what fails counts not

    class Broken(OnlyBlue):
        def trials(self, situation, jobs):
            raise RuntimeError("a worker died")

    broken = RehearsingPlanner(planner, planner, Broken(), RehearsalSettings(), lambda: 0.0, said.append)
    assert broken.vote(situation, [red, red, blue]).plan is red and said == ["not rehearsed: a worker died"]


def test_doubt_is_a_low_bound_a_hazard_or_an_unmeasured_pair(tmp_path):
    folder = tmp_path / "toy" / "risky"
    folder.mkdir(parents=True)
    (tmp_path / "l.yaml").write_text(SKILLS)
    library = read_library(tmp_path / "l.yaml", "toy")[0]
    entries = {**library.entries, "risky": replace(library.entries["risky"], folder=folder)}
    library = replace(library, entries=entries)

    def why(*names, kind="sequence"):
        children = tuple(PlanNode("skill", skill=name) for name in names)
        return doubtful(Plan("p", "", "plan", PlanNode(kind, children)), library)

    assert why("safe") == "" and "for certain" in why("safe", "risky")
    assert why("wild") == "wild is hazardous"
    assert "never measured" in why("safe", "calm", kind="parallel")
