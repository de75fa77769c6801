"""Frame set: adjusts the frames of a library where skills share words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from skill_stack.language.grammar.scene_words import plural
from skill_stack.language.phrases.frames import SAME_WORDS, Head, PhraseFrame, Role
from skill_stack.language.words.function_words import WORDS
from skill_stack.language.words.name_words import name_words

POSTURES = frozenset({"rotate", "sit", "stand"})
"""Senses in which each of several skills keeps its own words."""

MOVING = ("rotate", "displace")
"""Senses of turning and of moving a distance, whose words go to one of several skills."""


def of_several(frames: Mapping[Head, Sequence[PhraseFrame]], never: frozenset[str]) -> dict[Head, list[PhraseFrame]]:
    """Returns frames for verbs with a plural noun: ``scan the cards of {person}`` for ``scan the card of``.

    Args:
        frames: Frames by their verbs.
        never: Words that are no nouns.
    """
    out: dict[Head, list[PhraseFrame]] = {}
    for head, known in frames.items():
        at = len(head) - 2 if len(head) > 1 and head[-1] in ("of", "for", "in", "from") else len(head) - 1
        word = head[at]
        if at < 1 or word in never or not word.isalpha() or len(word) < 3 or word.endswith("s"):
            continue
        named = [frame for frame in known if frame.roles and word in _words(frame)]
        several = (*head[:at], *plural((word,)), *head[at + 1 :])
        if named and several not in frames:
            out[several] = named
    return out


def _words(frame: PhraseFrame) -> set[str]:
    """The words of a skill's name and description, without the verb."""
    described = frame.skill.description.casefold().replace(",", " ").replace(".", " ").split()
    return {*name_words(frame.skill.name)[1:], *described[1:]}


def unclaimed(frames: list[PhraseFrame]) -> list[PhraseFrame]:
    """Removes frames of a wide sense whose words another skill has as its own.

    With a skill "look for {object}", looking for things no longer means going to them. Where a skill points, pointing
    at things no longer means facing them. Where a skill hands things over, ``get me the cup`` is not only taking it.

    Args:
        frames: All frames of a library.
    """
    claimed: dict[Head, set[str]] = {}
    for frame in frames:
        if frame.remoteness < 2 and frame.roles:
            for words in frame.surfaces:
                claimed.setdefault(words, set()).add(frame.skill.name)
    for sense in MOVING:
        frames = _told_apart(frames, sense)
    said = {frame.head: frame.skill.name for frame in frames if frame.own and not frame.roles}
    hands_over = any(frame.sense == "hand_over" for frame in frames)
    return [one for one in frames if one.remoteness < 2 or not _claimed(one, claimed, said, hands_over)]


def _told_apart(frames: list[PhraseFrame], sense: str) -> list[PhraseFrame]:
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


def _claimed(frame: PhraseFrame, claimed: dict[Head, set[str]], said: dict[Head, str], hands_over: bool) -> bool:
    """Whether another skill has the words of a frame of a wide sense as its own.

    Args:
        frame: The frame.
        claimed: Skills by their words up to the first object.
        said: The skill of each verb without an object.
        hands_over: Whether a skill of the library hands things over.
    """
    alone = frame.head in frame.surfaces  # "walk Ana to the sofa" does not claim "walk to the sofa"
    if frame.sense in ("approach", "face") and alone and claimed.get(frame.head, set()) - {frame.skill.name}:
        return True
    if frame.sense in POSTURES and not frame.roles and said.get(frame.head, frame.skill.name) != frame.skill.name:
        return True
    return hands_over and frame.sense == "grasp" and frame.head[-1:] == ("me",)


def on_or_in(frames: list[PhraseFrame], surfaces: frozenset[str]) -> list[PhraseFrame]:
    """Lets frames take both ``on`` and ``in`` if the library uses only one of them.

    Args:
        frames: All frames of a library.
        surfaces: Words of parameters that are surfaces, which take ``on`` only.
    """
    second = [role for frame in frames if frame.own for role in frame.roles[1:]]
    for known, other in ((WORDS.onto, WORDS.inside), (WORDS.inside, WORDS.onto)):
        if any(role.between & known for role in second) and not any(role.between & other for role in second):
            return [_with_both(frame, known | other, _alone(frame, surfaces)) for frame in frames]
    return frames


def _with_both(frame: PhraseFrame, words: frozenset[str], surfaces: frozenset[str]) -> PhraseFrame:
    """A frame whose roles take all of some prepositions where they take one."""
    return replace(frame, roles=tuple(_both(role, words, surfaces) for role in frame.roles))


def _alone(frame: PhraseFrame, surfaces: frozenset[str]) -> frozenset[str]:
    """Words of parameters that are surfaces; empty if the description has ``on or in``."""
    described = set(frame.skill.description.casefold().replace(",", " ").split())
    return frozenset() if {"in", "into", "inside"} & described and {"on", "onto"} & described else surfaces


def _both(role: Role, words: frozenset[str], surfaces: frozenset[str]) -> Role:
    """A role that takes all of some prepositions if it takes one."""
    if not role.between & words or set(role.parameter.split("_")) & surfaces:
        return role
    return replace(role, between=role.between | words)
