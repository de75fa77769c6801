"""Trials of one scene, with and without memory, from words to outcome through planner, executor and store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.planning.lessons_scene import LessonScene
from skill_stack.benchmarks.planning.lessons_world import LessonRun, SymbolicWorld, extra_library
from skill_stack.core.instruction import Instruction
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph
from skill_stack.language import Knowledge, Lexicon, load_lexicon
from skill_stack.planner.memory.lessons import Lessons
from skill_stack.planner.memory.rule import LearntRule
from skill_stack.planner.memory.store import ExperienceStore
from skill_stack.planner.notations.library_file import read_scene
from skill_stack.planner.planner import Planner

DAY = 86400.0
"""Wall time between two trials, s."""
Trial = Callable[[Planner, str, int, np.random.Generator], LessonRun]


@dataclass(frozen=True, slots=True)
class Series:
    """The trials of one scene with one seed.

    Attributes:
        scene: The scene.
        seed: The seed.
        memory: Whether what happened was remembered.
        successes: For each trial whether it succeeded.
        steps: For each trial how many steps it took.
        rules: What is known at the end.
    """

    scene: LessonScene
    seed: int
    memory: bool
    successes: tuple[bool, ...]
    steps: tuple[int, ...]
    rules: tuple[LearntRule, ...]

    @property
    def lessons(self) -> tuple[LearntRule, ...]:
        """Learned preconditions."""
        return tuple(rule for rule in self.rules if rule.kind == "needs" and rule.strength != "hunch")

    @property
    def false_lessons(self) -> tuple[LearntRule, ...]:
        """Wrong ones among them."""
        return tuple(rule for rule in self.lessons if rule.condition not in self.scene.expect)


def symbolic_trial(scene: LessonScene) -> tuple[SkillLibrary, Trial]:
    """Library and way of carrying out a trial in the symbolic world."""
    library = extra_library(scene)
    graph: SceneGraph = read_scene(scene.scene)[0]

    def trial(planner: Planner, words: str, number: int, rng: np.random.Generator) -> LessonRun:
        world = SymbolicWorld(scene, graph, library, number, rng)
        return world.run(planner.plan(Instruction(words, "bench"), graph, world.seen))

    return library, trial


def run_series(
    scene: LessonScene, seed: int, memory: bool, library: SkillLibrary, trial: Trial, folder: Path
) -> Series:
    """All trials of a scene, one after the other; the same seed gives the same chance events with and without memory.

    Args:
        scene: The scene.
        seed: The seed.
        memory: Whether experiences are stored.
        library: Skills as their data state.
        trial: Carries out one trial.
        folder: Where the memory is kept.
    """
    planner, successes, steps, lessons = _planner(library), [], [], Lessons()
    order = np.random.default_rng((seed, 7))
    words = [str(order.choice(scene.words[n % len(scene.words)].split(" | "))) for n in range(scene.trials)]
    with ExperienceStore(folder / f"{scene.name}-{seed}-{memory}.sqlite") as store:
        for number in range(1, scene.trials + 1):
            run = trial(planner, words[number - 1], number, np.random.default_rng((seed, number)))
            successes.append(run.outcome == "succeeded")
            steps.append(run.steps)
            if memory:
                told = run.watch.experience(run.outcome, run.reason, library.robot, DAY * number, run.seconds)
                store.record(told)
                before, lessons = lessons, Lessons.from_store(store, library)
                planner = planner if lessons == before else _planner(lessons.apply(library))
    return Series(scene, seed, memory, tuple(successes), tuple(steps), lessons.rules)


def _planner(library: SkillLibrary) -> Planner:
    return Planner(library, _lexicon(), Knowledge.load([]))


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    """The language, read once for all series."""
    return load_lexicon()


def rate(series: Sequence[Series], trial: int) -> float:
    """Share of series whose trial succeeded, in percent.

    Args:
        series: At least one.
        trial: Index of the trial; -1 for the last.
    """
    return 100.0 * float(np.mean([one.successes[trial] for one in series]))
