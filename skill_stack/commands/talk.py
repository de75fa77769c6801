"""Runs a suite of tasks with words in between on a running stack, and judges it on simulator truth."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.private_place import private_environment, private_namespace
from skill_stack.commands.common import join_ros
from skill_stack.core.block_name import block_path, domain_of, truth_path
from skill_stack.core.deployment import MonitorConfig, load_deployment
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robot import Footprint, load_robot
from skill_stack.core.scene import SceneObject
from skill_stack.core.scene_file import load_scene, set_up
from skill_stack.core.truth_channel import Truth, TruthChannel
from skill_stack.evaluation.talk_suite import Interjection, TalkSuite, TalkTask
from skill_stack.runtime.scoring import pose_of
from skill_stack.runtime.talk_scoring import problems

READY = 60.0  # s until the stack must work
LOOK = 0.02  # s between two looks at the truth
LONGEST = 240.0  # s of wall time after which a task is given up, should simulated time stand still
REST = 1.0  # s of task time that are judged after the last words are done


@dataclass(frozen=True, slots=True)
class TalkResult:
    """How one task went.

    Attributes:
        task: The task.
        passed: Whether everything was as it should be.
        reason: What was not.
        answers: What the first words and those in between were answered, in order.
        seconds: Wall time, s.
        simulated_seconds: Task time, s.
    """

    task: TalkTask
    passed: bool
    reason: str
    answers: tuple[str, ...]
    seconds: float
    simulated_seconds: float

    def to_json(self) -> dict[str, Any]:
        """The result as plain data."""
        return {
            "task": self.task.name, "kind": self.task.kind, "words": self.task.words, "passed": self.passed,
            "between": [one.say for one in self.task.between], "reason": self.reason, "answers": list(self.answers),
            "seconds": round(self.seconds, 2), "simulated_seconds": round(self.simulated_seconds, 2),
        }  # fmt: skip


@dataclass(slots=True)
class Stage:
    """A stack that is up, as far as tasks need it.

    Attributes:
        namespace: Its ROS namespace.
        truth: What is really so.
        things: Objects where they really are.
        footprint: Outline of the robot.
        poll: Raises when the stack breaks down.
    """

    namespace: str
    truth: TruthChannel
    things: dict[str, SceneObject]
    footprint: Footprint
    poll: Callable[[], None]

    def now(self) -> Truth:
        """The newest truth; raises SkillStackError when there is none for two seconds."""
        end = time.monotonic() + 2.0
        while time.monotonic() < end:
            found = self.truth.read()
            if found is not None:
                return _copy(found)
            time.sleep(LOOK)
        raise SkillStackError("the simulator says nothing")


@dataclass(slots=True)
class _Speaker:
    """Says one line in a thread of its own, which has found the planner before it is to speak."""

    namespace: str
    words: str
    answer: str = ""
    said: bool = False
    ready: threading.Event = field(default_factory=threading.Event)
    turn: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._speak, daemon=True)
        self.thread.start()

    def speak(self) -> None:
        """Says it now."""
        self.said = True
        self.turn.set()

    def give_up(self) -> None:
        """Ends a speaker whose turn never came."""
        if not self.said:
            self.words = ""
            self.turn.set()

    def _speak(self) -> None:
        from skill_stack.nodes.client import TaskClient

        try:
            with TaskClient(self.namespace) as client:
                client.plan("hello")
                self.ready.set()
                self.turn.wait()
                if self.words:
                    result = client.do(self.words, source="eval")
                    self.answer = f"{result.outcome}: {result.reason}"
        except SkillStackError as error:
            self.answer = f"failed: {error}"
        finally:
            self.ready.set()


def run_task(stage: Stage, task: TalkTask, seconds: float) -> TalkResult:
    """Has one task done and judges it.

    Args:
        stage: The running stack.
        task: The task.
        seconds: Longest time, s of task time.
    """
    began = time.monotonic()
    speakers = [_Speaker(stage.namespace, words) for words in (task.words, *(line.say for line in task.between))]
    for speaker in speakers:
        speaker.ready.wait()
    start = stage.now()
    way, said_at, waiting = [start], [], list(zip(task.between, speakers[1:], strict=True))
    speakers[0].speak()
    last, set_out = start.task_time, start
    limit, quiet = start.task_time + seconds, None
    while True:
        stage.poll()
        time.sleep(LOOK)
        truth = stage.now()
        if truth.task_time > way[-1].task_time:
            way.append(truth)
        if waiting and _is_time(waiting[0][0], way, set_out, last):
            said_at.append(truth.task_time)
            waiting.pop(0)[1].speak()
            last = truth.task_time
        if truth.task_time > limit or time.monotonic() > began + LONGEST:
            break
        if all(not speaker.thread.is_alive() for speaker in speakers if speaker.said):
            quiet = truth.task_time if quiet is None else quiet
            if truth.task_time > quiet + REST:
                break
        else:
            quiet = None
    for speaker in speakers:
        speaker.give_up()
    wrong = _answers_wrong(task, speakers, [line for line, _ in waiting])
    wrong += problems(task.checks, way, said_at, stage.things, stage.footprint)
    answers = tuple(speaker.answer for speaker in speakers)
    spent = time.monotonic() - began
    return TalkResult(task, not wrong, "; ".join(wrong), answers, spent, way[-1].task_time - start.task_time)


def _is_time(line: Interjection, way: Sequence[Truth], start: Truth, last: float) -> bool:
    """Whether a line is to be said now."""
    if line.seconds is not None:
        return way[-1].task_time >= last + line.seconds
    here, there = pose_of(start), pose_of(way[-1])
    if line.moved is not None:
        return here.distance_to(there.x, there.y) >= line.moved
    assert line.turned is not None
    return abs(there.yaw - here.yaw) >= line.turned


def _answers_wrong(task: TalkTask, speakers: list[_Speaker], waiting: list[Interjection]) -> list[str]:
    """What was answered otherwise than it should have been."""
    wrong = [f"'{line.say}' was never said" for line in waiting]
    wanted = [task.outcome, *(line.outcome for line in task.between)]
    for speaker, outcome in zip(speakers, wanted, strict=False):
        if outcome and not speaker.answer.startswith(f"{outcome}:"):
            wrong.append(f"'{speaker.words}' was answered '{speaker.answer or 'not at all'}'")
    return wrong


@contextmanager
def stage(suite: TalkSuite, speed: str | None, resources: Resources) -> Iterator[Stage]:
    """Brings the suite's stack up in a corner of its own, with nothing remembered, and ends it afterwards.

    Raises:
        SkillStackError: It does not come up.
    """
    from skill_stack.runtime.bring_up import BringUp
    from skill_stack.runtime.processes import describe
    from skill_stack.runtime.run_file import RunFile

    with tempfile.TemporaryDirectory(prefix="skill-stack-talk-") as folder:
        environment = private_environment({**os.environ, "SKILL_STACK_OVERLAY": folder}, os.getpid())
        os.environ["ROS_DOMAIN_ID"] = environment["ROS_DOMAIN_ID"]
        join_ros()
        namespace = private_namespace("talk")
        pace = "lock_step" if speed == "max" else "real_time"
        changes: dict[str, Any] = {
            "namespace": namespace, "pace": pace, "monitor": MonitorConfig(enabled=False).model_dump(),
        }  # fmt: skip
        deployment = load_deployment(resources.deployment(suite.deployment), **changes)
        robot = load_robot(resources.robot(deployment.robot), resources)
        place = (namespace, domain_of(os.environ), os.getuid())
        things = set_up(load_scene(resources.scene(deployment.scene)), deployment.seed).graph().objects
        logs = Path(folder) / "log"
        logs.mkdir()
        run_file = RunFile(block_path(*place))
        up = BringUp(describe(deployment, resources), run_file, logs, environment, lambda text: None)
        with up:
            up.wait_ready(READY)
            truth = TruthChannel(truth_path(*place))
            try:
                yield Stage(namespace, truth, dict(things), robot.footprint, up.poll)
            finally:
                truth.close()


def _copy(truth: Truth) -> Truth:
    """A truth whose arrays are its own: what was read is a view of memory that goes on changing."""
    own: dict[str, Any] = {
        name: np.array(getattr(truth, name)) for name in ("position", "orientation", "linear", "angular", "contact")
    }
    return replace(truth, **own)


def run_suite(
    suite: TalkSuite, speed: str | None, resources: Resources, tell: Callable[[TalkResult], None], only: str = ""
) -> list[TalkResult]:
    """Runs all tasks, a few on each stack.

    Args:
        suite: The suite.
        speed: ``real`` (None too) or ``max``.
        resources: Where deployments are found.
        tell: Takes each result.
        only: Name of the one task to run; empty: all.
    """
    tasks = [task for task in suite.tasks if only in ("", task.name)]
    results: list[TalkResult] = []
    for at in range(0, len(tasks), suite.together):
        with stage(suite, speed, resources) as made:
            for task in tasks[at : at + suite.together]:
                results.append(run_task(made, task, suite.seconds))
                tell(results[-1])
    return results
