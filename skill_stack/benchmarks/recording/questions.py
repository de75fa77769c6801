"""Questions over a catalogue of made-up runs, and whether the answers are true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.recording.made_episodes import MadeStep, MadeTask, write_tasks
from skill_stack.core.data_file import DataModel, load_model
from skill_stack.language import bases
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.catalogue.question import QuestionReader, RecordedAnswer, question_words
from skill_stack.recording.made_run import START, MadeRun

ROBOTS = ("go2", "g1")
DAYS, RUNS_A_DAY, TASKS_A_RUN = 8, 3, 6
DAY = 86400.0  # s
TYPOS = 0.15
"""Share of questions with two letters of the thing swapped."""
FAILURES = 0.3
"""Share of steps that fail."""


class MadeWords(DataModel):
    """``made_tasks.yaml``.

    Attributes:
        skills: Base and past forms of each skill's words.
        things: Things.
        reasons: Why something failed.
        joints: Words between two orders.
        questions: Templates by kind.
    """

    skills: dict[str, tuple[tuple[str, str], ...]]
    things: tuple[str, ...]
    reasons: tuple[str, ...]
    joints: tuple[str, ...]
    questions: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class DoneStep:
    """What was really done: run and task, robot, step, begin in wall time, s."""

    episode: str
    robot: str
    step: MadeStep
    begin: float


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question and what its answer must say.

    Attributes:
        text: The question.
        kind: Its kind.
        episodes: Episodes of which any is right; empty where a number is asked for.
        number: How many; None where an episode is asked for.
        reasons: Reasons of which one must be told.
    """

    text: str
    kind: str
    episodes: frozenset[str] = frozenset()
    number: int | None = None
    reasons: frozenset[str] = frozenset()

    def right(self, answer: RecordedAnswer) -> bool:
        """Whether an answer is true."""
        if self.number is not None:
            return answer.number == self.number
        if not answer.episodes or answer.episodes[0].id not in self.episodes:
            return False
        return not self.reasons or any(reason in answer.text for reason in self.reasons)


def made_words() -> MadeWords:
    """The words that come with the package."""
    return load_model(MadeWords, Path(__file__).with_name("made_tasks.yaml"))


def phrases(words: MadeWords) -> dict[str, tuple[str, ...]]:
    """What people call the skills, as a robot's library says it."""
    return {skill: tuple(base for base, _ in forms) for skill, forms in words.skills.items()}


def make_runs(folder: Path, words: MadeWords, seed: int) -> list[DoneStep]:
    """Writes runs of some days; returns every step."""
    rng = np.random.default_rng((seed, 1))
    done: list[DoneStep] = []
    for day in range(DAYS):
        for number in range(RUNS_A_DAY):
            robot = str(rng.choice(ROBOTS))
            begin = START + day * DAY + number * 7200.0
            name = f"{datetime.fromtimestamp(begin, timezone.utc):%Y%m%d-%H%M%S}_{robot}"
            tasks = [_task(f"t{one}", words, rng) for one in range(TASKS_A_RUN)]
            run = MadeRun(folder, name, robot)
            for task, asked, _ in write_tasks(run, tasks, begin):
                start = asked + 0.1
                for step in task.steps:
                    done.append(DoneStep(f"{name}/{task.task}", robot, step, start))
                    start += step.seconds + 0.05
            run.end()
    return done


def _task(name: str, words: MadeWords, rng: np.random.Generator) -> MadeTask:
    told, steps, outcome, reason = [], [], "succeeded", ""
    for _ in range(int(rng.integers(1, 4))):
        skill, thing = str(rng.choice(list(words.skills))), str(rng.choice(words.things))
        base = words.skills[skill][int(rng.integers(len(words.skills[skill])))][0]
        told.append(f"{base} the {thing.replace('_', ' ')}")
        if outcome == "succeeded":
            seconds = float(rng.uniform(2.0, 20.0))
            if rng.random() < FAILURES:
                outcome, reason = "failed", str(rng.choice(words.reasons))
            steps.append(MadeStep(skill, {"target": thing}, seconds, outcome, reason))
    return MadeTask(name, str(rng.choice(words.joints)).join(told), tuple(steps), outcome, reason)


def make_questions(words: MadeWords, done: list[DoneStep], count: int, seed: int) -> list[MadeQuestion]:
    """Questions about what was done, each about a step drawn by chance."""
    rng = np.random.default_rng((seed, 2))
    kinds = list(words.questions)
    out: list[MadeQuestion] = []
    while len(out) < count:
        kind = kinds[len(out) % len(kinds)]
        failed = kind in ("failed", "why")
        pool = [one for one in done if (one.step.outcome == "failed") == failed]
        chosen = pool[int(rng.integers(len(pool)))]
        out.append(_question(kind, chosen, pool, words, rng))
    return out


def _question(
    kind: str, chosen: DoneStep, pool: list[DoneStep], words: MadeWords, rng: np.random.Generator
) -> MadeQuestion:
    forms = words.skills[chosen.step.skill]
    base, past = forms[int(rng.integers(len(forms)))]
    template = str(rng.choice(words.questions[kind]))
    thing = str(chosen.step.arguments["target"]).replace("_", " ")
    same = [one for one in pool if one.step.skill == chosen.step.skill and _means(thing, one)]
    if "{robot}" in template:
        same = [one for one in same if one.robot == chosen.robot]
    day = datetime.fromtimestamp(chosen.begin, timezone.utc)
    if "{date}" in template:
        same = [one for one in same if datetime.fromtimestamp(one.begin, timezone.utc).date() == day.date()]
    typed = _mistyped(thing, rng) if rng.random() < TYPOS else thing
    text = template.format(base=base, past=past, thing=typed, robot=chosen.robot, date=f"{day.day} {day:%B}")
    if kind == "count" or "how often" in template:
        return MadeQuestion(text, kind, number=len(same))
    at = min if kind == "first" else max
    right = at(same, key=lambda one: one.begin)
    reasons = frozenset({right.step.reason}) if kind == "why" else frozenset()
    return MadeQuestion(text, kind, frozenset({right.episode}), None, reasons)


def _means(thing: str, one: DoneStep) -> bool:
    """Whether a step was about a thing: 'the box' is any box, 'the red box' only that."""
    return set(thing.split()) <= set(str(one.step.arguments["target"]).split("_"))


def _mistyped(text: str, rng: np.random.Generator) -> str:
    """The text with two neighbouring letters of its last word swapped, not the first one."""
    *front, last = text.split()
    if len(last) < 4:
        return text
    at = int(rng.integers(1, len(last) - 1))
    return " ".join([*front, last[:at] + last[at + 1] + last[at] + last[at + 2 :]])


def answers(
    folder: Path, seed: int, count: int, report: Callable[[str], None] = lambda _: None
) -> Iterable[tuple[MadeQuestion, RecordedAnswer]]:
    """Makes runs and questions in an empty folder, and answers them."""
    words = made_words()
    done = make_runs(folder, words, seed)
    reader = QuestionReader(question_words(), bases)
    catalogue = Catalogue(folder, question_words().clause_breaks)
    now = datetime.fromtimestamp(START + (DAYS + 1) * DAY, timezone.utc)
    try:
        catalogue.refresh(lambda _: phrases(words), report)
        for one in make_questions(words, done, count, seed):
            yield one, reader.answer(catalogue, one.text, now)
    finally:
        catalogue.close()
