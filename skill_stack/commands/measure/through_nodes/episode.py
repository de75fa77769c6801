"""One episode on a running stack: words or a skill, words and pushes meanwhile, and the judgement on truth."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skill_stack.commands.measure.through_nodes.stage import LOOK, EvaluationStage, copied
from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.setpoint import Outcome
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import SceneGraph
from skill_stack.evaluation.demand import judge
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.record import JUDGED, SETTLING, EpisodeRecord
from skill_stack.evaluation.suite import Interjection, Suite, Task
from skill_stack.runtime.episodes.scenario_draws import draw_arguments, draw_rolling, path_of
from skill_stack.runtime.episodes.scenario_episodes import (
    ARGUMENTS,
    BEGIN,
    BEGUN_BY,
    FALLING,
    LIES,
    POSTURES,
    PUSHES,
    ROLLS,
    THROWS,
    TOPPLING,
    WALKED_FIRST,
)
from skill_stack.runtime.episodes.scenario_line import PushSchedule, state_arrays, truth_arrays
from skill_stack.runtime.episodes.scoring import pose_of

Array = np.ndarray
SLOWEST = 4.0  # times of the wall clock that task time may take, should simulated time stand still
LEAST = 60.0  # s of wall time that every episode may take
SILENCE = 60.0
"""Silence of the planner after which it counts as dead, s; a stack that breaks down is noticed besides."""
TOPPLED = 30.0
"""Time within which a robot that is pushed over again and again has to lie there, s."""
UNSAID = "not at all"
QUESTIONS = 4
"""Most questions that a person answers about one errand."""

Act = Callable[[Any], tuple[str, str]]
"""Has something done with a client; gives outcome and reason."""


@dataclass(slots=True)
class WatchedEpisode:
    """Observations of an episode.

    Attributes:
        way: The truth, look by look.
        states: Generalised positions at about the same moments.
        said_at: When words were said in between, s.
        ended: When all had ended, s.
    """

    way: list[Truth] = field(default_factory=list)
    states: list[Array] = field(default_factory=list)
    said_at: list[float] = field(default_factory=list)
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        """Task time from the first look to the last, s, to a hundredth."""
        return round(self.way[-1].task_time - self.way[0].task_time, 2)

    def look(self, stage: EvaluationStage, truth: Truth) -> None:
        """Records a truth, and the matching state."""
        self.way.append(copied(truth))
        self.states.append(stage.state())


@dataclass(slots=True)
class Speaker:
    """Gives one request in a thread of its own, which has found the planner beforehand."""

    namespace: str
    act: Act | None
    outcome: str = ""
    reason: str = UNSAID
    said: bool = False
    ready: threading.Event = field(default_factory=threading.Event)
    turn: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    thread: WorkerThread = field(init=False)

    def __post_init__(self) -> None:
        """Starts the thread."""
        self.thread = WorkerThread("speaker", self._speak)
        self.thread.start()

    def speak(self) -> None:
        """Gives its request now."""
        self.said = True
        self.turn.set()

    def give_up(self) -> None:
        """Ends the thread, where its turn never came or what it asked for goes on."""
        if not self.said:
            self.act = None
            self.turn.set()
        self.over.set()
        self.thread.join(SILENCE)

    @property
    def busy(self) -> bool:
        """Whether it has begun and not ended."""
        return self.said and self.thread.is_alive()

    def _wait_on(self) -> None:
        if self.over.is_set():
            raise SkillStackError("nobody waits for it any more")

    def _speak(self) -> None:
        from skill_stack.nodes.clients.skill_client import SkillClient

        try:
            with SkillClient(self.namespace, self._wait_on, SILENCE) as client:
                client.plan("hello")
                self.ready.set()
                self.turn.wait()
                if self.act is not None:
                    self.outcome, self.reason = self.act(client)
        except SkillStackError as error:
            self.outcome, self.reason = "failed", str(error)
        finally:
            self.ready.set()


def play(stage: EvaluationStage, suite: Suite, task: Task, seed: int) -> Episode:
    """Runs and judges one episode.

    Args:
        stage: The running stack, in the world of the seed.
        suite: The suite.
        task: Its task.
        seed: The seed.

    Raises:
        SkillStackError: The stack broke down, or a demand cannot be judged through the nodes.
    """
    clocked = time.monotonic()
    refused = _begin(stage, task, np.random.default_rng([seed, BEGIN]))
    arguments = _arguments(stage, task, np.random.default_rng([seed, ARGUMENTS]))
    begun = copied(stage.now())
    if refused:
        way, first, wrong = [begun], "failed", [f"could not begin: {refused}"]
        measured: dict[str, float] = {}
    else:
        speakers = _speakers(stage, task, arguments)
        pushes = suite.perturbations.pushes
        rng = np.random.default_rng([seed, PUSHES])
        schedule = PushSchedule(pushes, rng, begun.task_time) if pushes is not None else None
        if task.rolls is not None:
            rolls = draw_rolling(task.rolls, np.random.default_rng([seed, ROLLS]))
            stage.channel.rolls.give(stage.details.geom(str(arguments["target"])), *rolls)
        seen = _watch(stage, task, speakers, schedule, suite.patience)
        way = seen.way
        wrong, first = _answers_wrong(task, speakers), speakers[0].outcome or "failed"
        record = EpisodeRecord(
            robot=stage.robot,
            **truth_arrays(way),
            **state_arrays(stage.details, seen.states),
            feet=stage.details.feet_way(seen.states),
            ended=seen.ended,
            arguments=arguments,
            things=stage.setup.graph().objects,
            outline=outline_distance,
            said=tuple(seen.said_at),
            path=path_of(task, arguments, stage.setup.graph(), begun.position),
        )
        judgement = judge(task.success, record)
        wrong += [judgement.reason] if judgement.reason else []
        measured = {name: round(value, 4) for name, value in judgement.measured.items()}
    return Episode(
        task=task.name, seed=seed, passed=not wrong, outcome=outcome_of(first), reason="; ".join(wrong),
        measured=measured, seconds=time.monotonic() - clocked,
        simulated_seconds=way[-1].task_time - begun.task_time, arguments=arguments,
    )  # fmt: skip


def outcome_of(text: str) -> Outcome:
    """The robot's outcome; questions and refusals count as failures, as in one process."""
    known: dict[str, Outcome] = {"succeeded": "succeeded", "statement": "succeeded", "interrupted": "interrupted"}
    return known.get(text, "failed")


def skill_act(skill: str, arguments: dict[str, Any], deadline: float = 0.0) -> Act:
    """Has a skill executed, without words."""

    def act(client: Any) -> tuple[str, str]:
        result = client.do_skill(skill, arguments, deadline, confirm=True)  # whoever measures it wants it done
        return result.outcome, result.reason

    return act


def words_act(words: str, answer: Callable[[str], str] = lambda question: "") -> Act:
    """Says words, and what a person answers to questions.

    Args:
        words: The words.
        answer: Gives ``yes`` or ``no`` for a question; anything else leaves it open.
    """

    def act(client: Any) -> tuple[str, str]:
        result = client.do(words, source="eval")
        for _ in range(QUESTIONS):
            said = answer(result.reason) if result.outcome == "question" else ""
            if said == "no":
                client.do(said, source="eval")
            if said != "yes":
                break
            result = client.do(said, source="eval")
        return result.outcome, result.reason

    return act


def _begin(stage: EvaluationStage, task: Task, rng: np.random.Generator) -> str:
    """Brings the robot into the posture in which a skill is to begin; what went wrong, or an empty text."""
    here = [how for how in task.begins if how not in WALKED_FIRST]
    if not here:
        return f"'{task.begins[0]}' is a beginning of the in-process runner alone: --through line"
    how = here[int(rng.integers(len(here)))]
    for posture in BEGUN_BY.get(how, ()) if task.skill else ():
        speaker = Speaker(stage.namespace, skill_act(POSTURES[posture], {}))
        speaker.ready.wait()
        speaker.speak()
        speaker.thread.join()
        if speaker.outcome != "succeeded":
            return f"it is not {posture}: {speaker.reason}"
    return "" if how != "fallen" or _thrown(stage, rng) else "it did not fall"


def _thrown(stage: EvaluationStage, rng: np.random.Generator) -> bool:
    """Pushes a robot over that stands, in any direction, and lets it lie; whether it fell."""
    angle, speed = rng.uniform(-math.pi, math.pi), rng.uniform(*THROWS)
    due = begun = stage.now().task_time
    lies = math.inf
    while (truth := stage.now()).task_time < min(lies, begun + TOPPLED):
        if not truth.fallen and truth.task_time >= due:
            stage.channel.pushes.give(0, speed * math.cos(angle), speed * math.sin(angle))
            due = truth.task_time + TOPPLING
        if truth.fallen and lies == math.inf:
            lies = truth.task_time + FALLING + LIES
        stage.poll()
        time.sleep(LOOK)
    return lies < math.inf


def _arguments(stage: EvaluationStage, task: Task, rng: np.random.Generator) -> dict[str, Any]:
    if not task.skill:
        return {}
    skill, graph = stage.library[task.skill], stage.setup.graph()
    scene = SceneGraph(graph.objects, graph.facts, stage.setup.start)
    return dict(skill.complete(draw_arguments(task, skill, scene, rng)))


def _speakers(stage: EvaluationStage, task: Task, arguments: dict[str, Any]) -> list[Speaker]:
    """Threads for the request and the later words; all have found the planner."""
    if task.skill:
        spec = stage.library[task.skill]
        endless = not spec.success and spec.kind != "posture"
        called = skill_act(task.skill, arguments, task.seconds or 0.0 if endless else 0.0)
        acts = [words_act(task.sentence(arguments)) if task.said else called]
    else:
        acts = [words_act(task.words)]
    acts += [words_act(line.say) for line in task.between]
    speakers = [Speaker(stage.namespace, act) for act in acts]
    for speaker in speakers:
        speaker.ready.wait()
    return speakers


def _watch(
    stage: EvaluationStage, task: Task, speakers: list[Speaker], schedule: PushSchedule | None, patience: float
) -> WatchedEpisode:
    """Observations from the first words to the end of the judged period."""
    seen = WatchedEpisode()
    seen.look(stage, stage.now())
    way = seen.way
    waiting = list(zip(task.between, speakers[1:], strict=True))
    start, begun = way[0], time.monotonic()
    least, limit = start.task_time + (task.seconds or 0.0), start.task_time + patience
    last, ended = start.task_time, None
    speakers[0].speak()
    over = False
    while not over:
        stage.poll()
        time.sleep(LOOK)
        truth = stage.now()
        if truth.task_time > way[-1].task_time:
            seen.look(stage, truth)
        if waiting and _is_time(waiting[0][0], way, start, last):
            last = truth.task_time
            seen.said_at.append(last)
            waiting.pop(0)[1].speak()
        quiet = truth.task_time >= least and not any(speaker.busy for speaker in speakers)
        if not quiet:
            ended = None
            _push(stage, schedule, truth.task_time)
        elif ended is None:
            ended = truth.task_time
        over = ended is not None and truth.task_time > ended + SETTLING + JUDGED
        over = over or truth.task_time > limit or time.monotonic() > begun + LEAST + SLOWEST * patience
    for speaker in speakers:
        speaker.give_up()
    seen.ended = way[-1].task_time if ended is None else ended
    return seen


def _push(stage: EvaluationStage, schedule: PushSchedule | None, now: float) -> None:
    """Pushes the robot by a schedule."""
    if schedule is not None and (push := schedule.push(now)) is not None:
        stage.channel.pushes.give(0, *push)


def _is_time(line: Interjection, way: Sequence[Truth], start: Truth, last: float) -> bool:
    """Whether a line is due."""
    if line.seconds is not None:
        return way[-1].task_time >= last + line.seconds
    here, there = pose_of(start), pose_of(way[-1])
    if line.moved is not None:
        return here.distance_to(there.x, there.y) >= line.moved
    assert line.turned is not None
    return abs(there.yaw - here.yaw) >= line.turned


def _answers_wrong(task: Task, speakers: list[Speaker]) -> list[str]:
    """Answers that differ from the expected ones."""
    asked = [(task.words or task.skill, task.outcome), *((line.say, line.outcome) for line in task.between)]
    wrong = []
    for speaker, (text, outcome) in zip(speakers, asked, strict=True):
        if not speaker.said:
            wrong.append(f"'{text}' was never said")
        elif outcome and speaker.outcome != outcome:
            wrong.append(f"'{text}' was answered '{speaker.outcome}: {speaker.reason}'")
    return wrong
