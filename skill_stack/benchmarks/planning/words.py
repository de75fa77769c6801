"""Fuzzing of the planner with words: no exception, no plan that fails its check, no answer later than a second."""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from skill_stack.benchmarks.planning.plan import ROBOT, SCENE, SENTENCES
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.wild.sentences import wild
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.notations.library_file import read_library, read_scene
from skill_stack.planner.planner import Planner
from skill_stack.planner.symbolic.checker import Checker

LATEST = 1.0
"""Longest that an answer may take, s of this process's own time."""

SEED = 20
"""Of the mutations."""

ROUND = 30
"""Sentences for one library before the next one has its turn."""


@dataclass(frozen=True, slots=True)
class WordsListener:
    """A planner over one library and scene, with sentences for it.

    Attributes:
        name: Name of the library.
        planner: The planner.
        scene: What there is.
        facts: What is true.
        sentences: What is mutated.
    """

    name: str
    planner: Planner
    scene: SceneGraph
    facts: frozenset[Fact]
    sentences: tuple[str, ...]

    @classmethod
    def of_file(cls, file: Path) -> WordsListener:
        """A listener of ``<name>.library.yaml`` with the scene and the instructions beside it.

        Raises:
            DataError: A file is wrong.
        """
        name = file.name.removesuffix(".library.yaml")
        library, stated = read_library(file)
        scene, _ = read_scene(next(iter(sorted(file.parent.glob(f"{name}*.scene.yaml")))))
        lines = (file.parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        said = tuple(json.loads(line)["text"] for line in lines if line.strip())
        return cls(name, Planner(library), scene, place_facts(scene) | stated, said)


@dataclass(slots=True)
class WordsTally:
    """Counts over many sentences.

    Attributes:
        asked: Number of sentences.
        plans: Number of sentences that gave a plan.
        raised: Those that raised, with what.
        failed: Those whose plan fails its own check, with the violated condition.
        late: Those that were answered too late, with the time, s.
        slowest: Longest time, s, and the sentence.
        spent: Time of this process over all, s.
    """

    asked: int = 0
    plans: int = 0
    raised: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    spent: float = 0.0

    def ask(self, listener: WordsListener, text: str) -> None:
        """Sends one sentence and checks the answer.

        Args:
            listener: The reader of the words.
            text: The sentence.
        """
        begin = time.process_time()
        try:
            plan = listener.planner.plan(Instruction(text), listener.scene, listener.facts)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may come out
            self.raised.append(f"{listener.name}: {text!r}: {error!r}")
            return
        finally:
            spent = time.process_time() - begin
            self.asked, self.spent = self.asked + 1, self.spent + spent
        self.slowest = max(self.slowest, (spent, f"{listener.name}: {text}"))
        if spent > LATEST:
            self.late.append(f"{listener.name}: {text!r}: {spent:.2f} s")
        if plan.tree is not None:
            self.plans += 1
            wrong = Checker(listener.planner.library).check(plan.tree, listener.facts)
            if wrong is not None:
                self.failed.append(f"{listener.name}: {text!r}: {wrong}")


def listeners(folder: Path | None = None) -> list[WordsListener]:
    """The robot of this checkout in its playground, and every library of a folder.

    Args:
        folder: Folder of libraries with scenes and instructions; None takes that of the tests, where there is one.
    """
    resources = Resources.from_environment(os.environ)
    setup = set_up(load_scene(resources.scene(SCENE)), 0)
    scene = replace(setup.graph(), robot=setup.start)
    library: SkillLibrary = load_library(resources, load_robot(resources.robot(ROBOT)))
    facts = place_facts(scene) | {Fact("posture", ("robot", "standing"))}
    own = WordsListener(ROBOT, Planner(library), scene, facts, SENTENCES)
    folder = folder or Path(__file__).resolve().parents[3] / "test" / "data" / "language" / "dev"
    out = [own, *(WordsListener.of_file(file) for file in sorted(folder.glob("*.library.yaml")))]
    gc.collect()
    gc.freeze()  # a robot has one planner; going through all of these for rubbish is none of its time
    return out


def tally(heard: Sequence[WordsListener], count: int, seconds: float, seed: int = SEED) -> WordsTally:
    """Sends fuzzed sentences in turn.

    Args:
        heard: The readers of the words.
        count: How many sentences at most.
        seconds: How long at most, s.
        seed: Of the mutations.
    """
    streams: list[Iterator[str]] = [wild(one.sentences, seed + k) for k, one in enumerate(heard)]
    out, end = WordsTally(), time.perf_counter() + seconds
    while out.asked < count and time.perf_counter() < end:
        for one, stream in zip(heard, streams, strict=True):
            for text in islice(stream, min(ROUND, count - out.asked)):
                out.ask(one, text)
    return out


def measure(seconds: float) -> list[Row]:
    """Sends sentences until the time is over.

    Args:
        seconds: How long, s.
    """
    return rows(tally(listeners(), 10**6, seconds))


def rows(result: WordsTally) -> list[Row]:
    """A tally as rows."""
    note = f"{result.asked} sentences, {result.plans} of them gave a plan"
    bad = {
        "sentences that raised an exception": result.raised, "plans that fail their own check": result.failed,
        "answers later than 1 s": result.late,
    }  # fmt: skip
    return [
        *(Row(name, float(len(texts)), "inputs", 0.0, note="; ".join(texts[:3])) for name, texts in bad.items()),
        Row("slowest answer", result.slowest[0] * 1e3, "ms", LATEST * 1e3, note=result.slowest[1][:160]),
        Row("mean of an answer", result.spent / max(result.asked, 1) * 1e3, "ms", note=note),
    ]
