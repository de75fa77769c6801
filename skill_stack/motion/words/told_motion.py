"""ToldMotion: requests that no skill covers, as arguments of the skill whose arguments are reward terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.rewards.reward_arguments import WEIGHT, arguments_of, rewards_of
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.language import words_of
from skill_stack.motion.statics import unsupported
from skill_stack.motion.words.edits import MotionEditor
from skill_stack.motion.words.motion_reader import MotionReader
from skill_stack.motion.words.motion_reading import MotionReading, MotionRefusal, SpokenBody, first_problem
from skill_stack.motion.words.word_data import motion_data
from skill_stack.motion.words.wording import told


@dataclass(frozen=True, slots=True)
class ToldMotion:
    """Reads words for one skill that takes reward terms.

    Attributes:
        spec: The skill.
    """

    spec: SkillSpec

    @classmethod
    def in_library(cls, library: SkillLibrary) -> ToldMotion | None:
        """That of a robot's skill of this kind; None where it has none."""
        found = next((spec for spec in library if takes_terms(spec) and spec.goal), None)
        return None if found is None else cls(found)

    def read(self, text: str, yaw: float | None) -> dict[str, float] | MotionRefusal | None:
        """The arguments for a request; why there are none; None for words about no motion.

        Args:
            text: The request.
            yaw: Heading of the robot on the map, rad; None where it is not known.
        """
        return self._fitting(_words(spoken_body(self.spec))[0].read(text, yaw))

    def fill(self, terms: Sequence[Mapping[str, Any]], seconds: float | None) -> dict[str, float] | MotionRefusal:
        """The arguments for terms; why they cannot be asked for.

        Args:
            terms: As plain data, by the schema of :class:`RewardTerm`.
            seconds: How long it goes on, s; None: until told otherwise.
        """
        try:
            rewards = RewardSet.parse({"terms": list(terms), "seconds": seconds}, "these terms")
        except DataError as error:
            return MotionRefusal("term", "", f"That cannot be asked for: {first_problem(error)}.")
        found = self._fitting(rewards)
        assert found is not None
        return found

    def names_a_motion(self, text: str) -> bool:
        """Whether a text has a whole motion by name, such as *roll over*, or a hand at the end of an arm of the robot's
        own, which is no thing that a skill could be about.

        Args:
            text: The text.
        """
        return any(item.kind in ("idiom", "hands") for item in _words(spoken_body(self.spec))[0].tagger.items(text))

    def edit(self, text: str, arguments: Mapping[str, Any]) -> dict[str, float] | MotionRefusal | None:
        """Arguments with what words change in them; why they cannot change so; None for words that change none.

        Args:
            text: The words.
            arguments: Those of the step that is being done.
        """
        try:
            last = rewards_of(arguments)
        except SkillStackError:
            return None
        return self._fitting(_words(spoken_body(self.spec))[1].edit(text, last))

    def _fitting(self, read: MotionReading) -> dict[str, float] | MotionRefusal | None:
        """The arguments, where the skill takes them."""
        if read is None or isinstance(read, MotionRefusal):
            return read
        problem = unsupported(read, self.spec.sampled.stance) if self.spec.sampled is not None else ""
        if problem:
            return MotionRefusal("term", "foot_lift", f"That cannot be asked for: {problem}.")
        arguments = arguments_of(read)
        try:
            self.spec.complete(arguments)
        except SkillStackError as error:
            return MotionRefusal("term", "", f"That cannot be asked for: {error}.")
        return arguments


def segments(text: str, at_once: bool = False) -> list[str]:
    """The parts of a text between commas and words that stand between things done one after the other.

    Args:
        text: The text.
        at_once: Whether words that may also join what is done at the same time, as *and*, end a part.
    """
    items = motion_data().items
    links = sorted((tuple(one.split()) for one in items.in_turn if at_once or one not in items.links), key=len)
    parts = list[list[str]]()
    for piece in text.split(","):
        words, at = [token.text for token in words_of(piece)], 0
        parts.append([])
        while at < len(words):
            link = next((one for one in reversed(links) if tuple(words[at : at + len(one)]) == one), ())
            if link:
                parts.append([])
            else:
                parts[-1].append(words[at])
            at += len(link) or 1
    return [" ".join(part) for part in parts if part]


def halves(text: str, at_once: bool = False) -> Iterator[tuple[str, str]]:
    """The two parts of a text around each word that may stand between things done one after the other.

    Args:
        text: The text.
        at_once: Between things done at the same time alone instead, as *with*.
    """
    words, items = [token.text for token in words_of(text)], motion_data().items
    between = [link for link in items.links if link not in items.in_turn] if at_once else items.in_turn
    links = sorted((tuple(link.split()) for link in between), key=len, reverse=True)
    for at in range(1, len(words)):
        link = next((one for one in links if tuple(words[at : at + len(one)]) == one), ())
        if link and at + len(link) < len(words):
            yield " ".join(words[:at]), " ".join(words[at + len(link) :])


@cache
def _words(body: SpokenBody) -> tuple[MotionReader, MotionEditor]:
    """The readers for a body; their tables are made once."""
    reader = MotionReader(body)
    return reader, MotionEditor(reader)


def terms_told(spec: SkillSpec, arguments: Mapping[str, Any]) -> str:
    """The terms that arguments of a skill stand for, in words, and how far they go where that moves a device.

    Empty for another skill, or where there are none.

    Args:
        spec: The skill.
        arguments: Its arguments.
    """
    if not takes_terms(spec):
        return ""
    try:
        said = told(rewards_of(arguments))
    except SkillStackError:
        return ""
    part = spec.sampled
    if part is None or not part.cautious:
        return said
    return f"{said}; {100 * part.first:.0f} % of the way while nothing of that kind has succeeded on this robot"


def spoken_body(spec: SkillSpec) -> SpokenBody:
    """What words may name, by the arguments of a skill that takes terms."""
    names = [parameter.name for parameter in spec.goal]
    height = next((p.default for p in spec.goal if p.name == "base_height" and isinstance(p.default, float)), 0.3)
    marks = tuple(spec.sampled.landmarks.items()) if spec.sampled is not None else ()
    hands = _after(names, "hand_height_")
    return SpokenBody(
        _after(names, "foot_lift_"), _after(names, "finger_curl_"), height, "object_yaw" in names, hands, marks
    )


def _after(names: Iterable[str], begin: str) -> tuple[str, ...]:
    """What follows a beginning of targets' names."""
    return tuple(n.removeprefix(begin) for n in names if n.startswith(begin) and not n.endswith(WEIGHT))
