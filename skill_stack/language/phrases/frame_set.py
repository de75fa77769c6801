"""Frame set: adjusts the frames of a library where skills share words."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.language.phrases.frames import SAME_WORDS, Head, PhraseFrame, Role
from skill_stack.language.words.function_words import WORDS

YIELDING = frozenset({"approach", "face", "rotate", "sit", "stand"})
"""Senses whose words are another skill's where that has them as its own."""

MOVING = ("rotate", "displace")
"""Senses of turning and of moving a distance, whose words go to one of several skills."""


def unclaimed(frames: list[PhraseFrame]) -> list[PhraseFrame]:
    """Removes frames of a wide sense whose words another skill has as its own.

    With a skill "look for {object}", looking for things no longer means going to them. Where a skill points, pointing
    at things no longer means facing them.

    Args:
        frames: All frames of a library.
    """
    claimed: dict[tuple[Head, bool], set[str]] = {}
    for frame in frames:
        if frame.remoteness < 2:
            for words in frame.surfaces:
                claimed.setdefault((words, bool(frame.roles)), set()).add(frame.skill.name)

    def stays(frame: PhraseFrame) -> bool:
        alone = frame.head in frame.surfaces  # "walk Ana to the sofa" leaves "walk to …"
        others = claimed.get((frame.head, bool(frame.roles)), set()) - {frame.skill.name}
        return frame.remoteness < 2 or frame.sense not in YIELDING or not alone or not others

    return [frame for frame in frames if stays(frame)]


def told_apart(frames: list[PhraseFrame], sense: str) -> list[PhraseFrame]:
    """Gives the shared words of a sense to one of several skills.

    It is the skill whose own verb comes first in the sense: with skills "turn {angle}" and "spin {angle}", pivoting and
    veering are turning, and spinning keeps only its own words.

    Args:
        frames: All frames of a library.
        sense: The sense that the skills share.
    """
    order = {head: at for at, head in enumerate(dict.fromkeys(one.head for one in frames if one.sense == sense))}
    skills = {one.skill.name for one in frames if one.sense == sense}
    own = [one for one in frames if one.own and not one.roles and one.head in order]
    first = min((order[one.head] for one in own if one.skill.name in skills), default=None)
    leading = {one.skill.name for one in own if order[one.head] == first}
    if not leading:
        return frames
    return [one for one in frames if one.skill.name in leading or not (
        one.sense == sense or (one.sense == SAME_WORDS and not one.roles and one.head in order))]  # fmt: skip


def on_or_in(frames: list[PhraseFrame]) -> list[PhraseFrame]:
    """Lets frames take both ``on`` and ``in`` if the phrases of a library use only one of them.

    Args:
        frames: All frames of a library.
    """
    both = WORDS.onto | WORDS.inside
    used = {word for frame in frames if frame.own for role in frame.roles[1:] for word in role.between & both}
    if not used or (not used <= WORDS.onto and not used <= WORDS.inside):
        return frames

    def with_both(role: Role) -> Role:
        return replace(role, between=role.between | both) if role.between & both else role

    return [replace(frame, roles=tuple(map(with_both, frame.roles))) for frame in frames]
