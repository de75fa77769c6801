"""Where goals come from: what was refused or failed before, a file, and words that the grammar makes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.rewards.reward_arguments import rewards_of
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.motion.words import ToldMotion, segments
from skill_stack.motion.words.motion_reading import MotionRefusal
from skill_stack.motion.words.sentences import MotionSentences
from skill_stack.motion.words.told_motion import spoken_body
from skill_stack.planner.memory.experience import Experience, ThingNote
from skill_stack.planner.memory.store import ExperienceStore
from skill_stack.planner.planner import Planner
from skill_stack.practice.goal import Goal
from skill_stack.runtime.practice.learners import STANDING, needs_terms
from skill_stack.runtime.practice.motion_trial import MotionGround

NEWEST = 500
"""Past tasks that are looked through."""
LEFT_OUT = 3
"""Words of a part of a request that may be left out to find the motion in it."""
OFTEN = 3
"""Different scenes in which a plan has succeeded before it gets a name."""
NO_PLAN = ("refusal", "question")


class PastGoals:
    """Goals of tasks that were refused or failed: the part of the words that no skill covers."""

    def __init__(self, ground: MotionGround) -> None:
        """Takes the robot's skills.

        Args:
            ground: With robot and library.
        """
        self._ground, self._planner = ground, Planner(ground.library)
        self._motion = ToldMotion(ground.skill)

    def goals(self, store: ExperienceStore) -> Iterator[Goal]:
        """Goals of the newest tasks first."""
        for experience in reversed(store.all(self._ground.robot.name, NEWEST)):
            if experience.outcome in NO_PLAN:
                yield from self.missing(experience.words, experience)
            elif experience.outcome == "failed":
                yield from self._failed(experience)

    def repeated(self, store: ExperienceStore) -> Iterator[Goal]:
        """Plans of several steps that succeeded in enough different scenes to get a name of their own."""
        scenes: dict[str, set[tuple[ThingNote, ...]]] = {}
        for experience in store.all(self._ground.robot.name, NEWEST):
            if experience.outcome == "succeeded" and len(experience.steps) > 1:
                words = " ".join(experience.words.lower().split())
                scenes.setdefault(words, set()).add(experience.things)
        for words, seen in scenes.items():
            if len(seen) >= OFTEN and self._covered(words, None):
                yield Goal(robot=self._ground.robot.name, words=words, source="repeated", asked=words)

    def missing(self, words: str, experience: Experience | None = None) -> Iterator[Goal]:
        """The motions that a refused request lacks: parts that no skill covers, and that are motions.

        Args:
            words: The request.
            experience: What the robot knew then; None for nothing.
        """
        for whole in segments(words):
            if self._covered(whole, experience):
                continue
            parts = segments(whole, at_once=True)
            open_parts = [part for part in parts if not self._covered(part, experience)]
            found = self._motion_in(whole, LEFT_OUT if open_parts == parts else 0)
            every = [found] if found is not None else [self._motion_in(part, LEFT_OUT) for part in open_parts]
            for motion in every:
                if motion is not None:
                    robot = self._ground.robot.name
                    yield Goal(robot=robot, words=motion[0], rewards=motion[1], source="refused", asked=words)

    def _covered(self, part: str, experience: Experience | None) -> bool:
        """Whether skills without reward terms do it."""
        scene, facts = _known(experience)
        plan = self._planner.plan(Instruction(part), scene, facts)
        return plan.status != "refusal" and not needs_terms(plan, self._ground.library)

    def _motion_in(self, part: str, left_out: int) -> tuple[str, RewardSet] | None:
        """The motion that words ask for, without some words that have no part in it."""
        for _ in range(left_out + 1):
            read = self._motion.read(part, None)
            if isinstance(read, dict):
                return part, rewards_of(read)
            if not isinstance(read, MotionRefusal) or read.cause != "word" or read.name not in part:
                return None
            part = " ".join(part.replace(read.name, " ", 1).split())
        return None

    def _failed(self, experience: Experience) -> Iterator[Goal]:
        """Motions by reward terms that failed."""
        for step in experience.steps:
            if step.skill == self._ground.skill.name and step.outcome == "failed":
                words = step.why.partition(": ")[2] or experience.words
                try:
                    yield Goal(
                        robot=self._ground.robot.name, words=words, rewards=rewards_of(step.arguments),
                        source="failed", asked=experience.words,
                    )  # fmt: skip
                except (SkillStackError, ValueError):
                    continue  # arguments of another version


def listed_goals(path: Path, robot: str) -> Iterator[Goal]:
    """Goals of a file, as a person or a language model proposes them: one JSON object a line.

    Args:
        path: The file.
        robot: The robot that they are for.

    Raises:
        DataError: A line is no goal; the message names the line, and the term that is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError as error:
            raise DataError(f"{path}, line {number}: is no JSON: {error}") from error
        listed = {**data, "source": "file"} if isinstance(data, dict) else data
        yield Goal.parse(listed, robot, f"{path}, line {number}")


def drawn_goals(ground: MotionGround, rng: np.random.Generator) -> Iterator[Goal]:
    """Goals that the grammar makes of words, without end; what a robot at rest does is none.

    Args:
        ground: With robot and skill.
        rng: Where chance comes from.
    """
    sentences = MotionSentences(spoken_body(ground.skill))
    while True:
        drawn = sentences.draw(rng)
        if drawn is None:
            return
        if not ground.at_rest(drawn[1]):
            yield Goal(robot=ground.robot.name, words=drawn[0], rewards=drawn[1], source="grammar")


def _known(experience: Experience | None) -> tuple[SceneGraph, frozenset[Fact]]:
    """Map and facts of a past task; the robot stands where nothing says otherwise."""
    if experience is None:
        return SceneGraph({}), STANDING
    things = {
        one.id: SceneObject(one.id, one.kind, one.position, colour=one.colour, movable=one.movable)
        for one in experience.things
    }
    facts = set()
    for text in experience.facts:
        literal = Literal.parse(text)
        facts.add(Fact(literal.predicate, literal.arguments))
    return SceneGraph(things), frozenset(facts) or STANDING
