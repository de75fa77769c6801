"""The memory of a running planner: keeps in a thread of its own, hands on what was learnt, never gets in the way."""

import threading
from dataclasses import replace

from skill_stack.core.instruction import Instruction
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.world.fact import Fact
from skill_stack.planner.memory.lessons import TaughtLibrary
from skill_stack.planner.memory.memory import MOST_WAITING, Memory
from skill_stack.planner.memory.store import ExperienceStore
from skill_stack.planner.memory.task_watch import TaskWatch
from skill_stack.planner.planner import Planner


def test_what_is_kept_is_written_and_learnt_from(tmp_path, library, task):
    handed, complaints = [], []
    memory = Memory(tmp_path / "e.sqlite", library, handed.append, complaints.append)
    for n in range(6):
        memory.keep(task(n % 2 == 0, *(["wiped(cup)"] if n % 2 == 0 else []), time=n))
    memory.close()
    with ExperienceStore(tmp_path / "e.sqlite") as store:
        assert len(store.all("toy")) == 6
    assert complaints == []
    assert isinstance(handed[-1], TaughtLibrary)
    assert any(rule.condition == "wiped($object)" for rule in handed[-1].lessons.claimed)
    again = []
    Memory(tmp_path / "e.sqlite", library, again.append, complaints.append).close()
    assert len(again) == 1 and again[0].lessons == handed[-1].lessons  # known from the start after a restart


def test_nothing_is_handed_on_while_nothing_is_learnt(tmp_path, library, task):
    handed = []
    memory = Memory(tmp_path / "e.sqlite", library, handed.append)
    for _ in range(3):
        memory.keep(task(True))
    memory.close()
    assert handed == []


def test_a_memory_that_cannot_be_written_complains_and_goes_on(tmp_path, library, task):
    complaints = []
    memory = Memory(tmp_path / "nowhere" / "e.sqlite", library, None, complaints.append)
    memory.keep(task(True))
    memory.keep(task(True))
    memory.close()
    assert len(complaints) == 1 and "nowhere" in complaints[0]


def test_a_task_that_was_cancelled_before_its_first_step_ended_is_remembered_as_those_after_it(tmp_path, library, task):
    complaints = []
    memory = Memory(tmp_path / "e.sqlite", library, None, complaints.append)
    memory.keep(replace(task(True), steps=(), outcome="interrupted"))
    memory.keep(task(True))
    memory.close()
    with ExperienceStore(tmp_path / "e.sqlite") as store:
        assert [len(one.steps) > 0 for one in store.all("toy")] == [False, True]
    assert complaints == []


def test_a_task_that_breaks_the_memory_does_not_end_it(tmp_path, library, task):
    complaints, told = [], []

    def take(learnt):
        told.append(learnt)
        if len(told) == 1:
            raise RuntimeError("out of order")

    memory = Memory(tmp_path / "e.sqlite", library, take, complaints.append)
    memory.renew(library)
    memory.renew(library)
    memory.close()
    assert len(told) == 2 and len(complaints) == 1 and "out of order" in complaints[0]


def test_keeping_never_waits(tmp_path, library, task):
    gate, complaints = threading.Event(), []
    memory = Memory(tmp_path / "e.sqlite", library, lambda _: gate.wait(10), complaints.append)
    memory.keep(task(False))  # the worker learns, and then waits for whoever takes the library
    for _ in range(2 * MOST_WAITING):
        memory.keep(task(True))  # returns though the worker does nothing
    assert complaints and "behind" in complaints[0]
    gate.set()
    memory.close()


def test_a_watch_notes_what_held_before_each_step(library, scene):
    plan = Planner(library).plan(Instruction("wipe the cup, then grasp the cup"), scene, frozenset())
    lit = Fact("lit", ("room",))
    watch = TaskWatch(plan, scene, frozenset({lit}), library)
    watch.started(SkillRequest("1", "wipe", {"object": "cup"}), frozenset({lit}))
    watch.ended(StepOutcome("1", "wipe", "succeeded", seconds=2.0))
    watch.started(SkillRequest("2", "grasp", {"object": "cup", "grip": "usual"}), frozenset({lit}))
    watch.ended(StepOutcome("2", "grasp", "failed", "it slipped", "holding(robot, cup)"))
    told = watch.experience("failed", "grasp failed", "toy", 1e9, 7.5)
    assert [step.facts for step in told.steps] == [("lit(room)",), ("lit(room)", "wiped(cup)")]
    assert told.steps[1].violated == "holding(robot, cup)" and told.steps[1].reason == "it slipped"
    assert told.steps[0].why.startswith("asked")
    assert {thing.id for thing in told.things} == {"cup", "plate", "start"}
    assert told.tree is not None and told.facts == ("lit(room)",)


def test_what_is_observed_counts_more_than_what_was_expected(library, scene):
    words = "wipe the cup, then wipe the plate, then grasp the cup"
    plan = Planner(library).plan(Instruction(words), scene, frozenset())
    watch = TaskWatch(plan, scene, frozenset(), library)
    watch.started(SkillRequest("1", "wipe", {"object": "cup"}))
    watch.ended(StepOutcome("1", "wipe", "succeeded"))
    watch.started(SkillRequest("2", "grasp", {"object": "cup"}), frozenset({Fact("wiped", ("plate",))}))
    watch.ended(StepOutcome("2", "grasp", "interrupted"))
    assert watch.experience("interrupted", "", "toy", 0.0, 0.0).steps[1].facts == ("wiped(plate)",)


def test_a_refusal_is_a_task_too(library, scene):
    plan = Planner(library).plan(Instruction("sing a song"), scene, frozenset())
    told = TaskWatch(plan, scene, frozenset(), library).experience(plan.status, plan.reason, "toy", 0.0, 0.0)
    assert told.steps == () and told.tree is None and told.outcome == "refusal"


def test_an_outcome_without_a_beginning_is_taken(library, scene):
    plan = Planner(library).plan(Instruction("wipe the cup"), scene, frozenset())
    watch = TaskWatch(plan, scene, frozenset(), library)
    watch.ended(StepOutcome("9", "unheard_of", "succeeded"))
    assert watch.experience("succeeded", "", "toy", 0.0, 0.0).steps[0].skill == "unheard_of"
