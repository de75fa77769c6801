"""Frame set: the frames of a library that hold when all of its skills are taken together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from skill_stack.language.grammar.scene_words import plural
from skill_stack.language.phrases.frames import INSIDE, ONTO, SAME_WORDS, Head, PhraseFrame, Role
from skill_stack.language.words.name_words import name_words

POSTURES = frozenset({"rotate", "sit", "stand"})
"""Senses of which several skills may be: each keeps the words that are its own."""

MOVING = ("rotate", "displace")
"""The senses of turning on the spot and of moving a way: one skill of several has their wide words."""


def of_several(frames: Mapping[Head, Sequence[PhraseFrame]], never: frozenset[str]) -> dict[Head, list[PhraseFrame]]:
    """Verbs with a noun of their own in the plural: ``scan the cards of {person}`` for ``scan the card of``.

    Args:
        frames: Frames by their verbs.
        never: Words of verbs that are no nouns.
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
    """The words by which a skill is named and described, without the first, which is its verb."""
    described = frame.skill.description.casefold().replace(",", " ").replace(".", " ").split()
    return {*name_words(frame.skill.name)[1:], *described[1:]}


def unclaimed(frames: list[PhraseFrame]) -> list[PhraseFrame]:
    """Frames without those of a wide sense whose words another skill says by itself.

    With a skill "look for {object}", looking for things is no longer a way of going to them, nor is pointing at them
    one of facing them where a skill points; with one that hands things over, ``get me the cup`` is not only taking it.

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
    """Frames where only one of several skills that turn has the words which none of them says by itself.

    It is the one whose own word stands first among them: with skills "turn {angle}" and "spin {angle}", pivoting and
    veering are turning, and spinning is only what is called so.

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
    """Whether another skill says the words of a frame of a wide sense by itself.

    Args:
        frame: The frame.
        claimed: Skills by their words up to the first thing.
        said: The skill of each verb that takes no thing.
        hands_over: Whether a skill of the library hands things over.
    """
    alone = frame.head in frame.surfaces  # "walk Ana to the sofa" leaves "walk to the sofa" to going
    if frame.sense in ("approach", "face") and alone and claimed.get(frame.head, set()) - {frame.skill.name}:
        return True
    if frame.sense in POSTURES and not frame.roles and said.get(frame.head, frame.skill.name) != frame.skill.name:
        return True
    return hands_over and frame.sense == "grasp" and frame.head[-1:] == ("me",)


def on_or_in(frames: list[PhraseFrame], surfaces: frozenset[str]) -> list[PhraseFrame]:
    """Frames of a library whose only words for laying things down are ``on``, or ``in``: they then take both.

    Args:
        frames: All frames of a library.
        surfaces: Words of parameters that are surfaces alone, on which things lie and never in.
    """
    second = [role for frame in frames if frame.own for role in frame.roles[1:]]
    for known, other in ((ONTO, INSIDE), (INSIDE, ONTO)):
        if any(role.between & known for role in second) and not any(role.between & other for role in second):
            return [_with_both(frame, known | other, _alone(frame, surfaces)) for frame in frames]
    return frames


def _with_both(frame: PhraseFrame, words: frozenset[str], surfaces: frozenset[str]) -> PhraseFrame:
    """A frame whose roles take all of some words where they take one."""
    return replace(frame, roles=tuple(_both(role, words, surfaces) for role in frame.roles))


def _alone(frame: PhraseFrame, surfaces: frozenset[str]) -> frozenset[str]:
    """Words of parameters that are surfaces alone, unless the description says ``on or in``."""
    described = set(frame.skill.description.casefold().replace(",", " ").split())
    return frozenset() if {"in", "into", "inside"} & described and {"on", "onto"} & described else surfaces


def _both(role: Role, words: frozenset[str], surfaces: frozenset[str]) -> Role:
    """A role that takes one of the words, taking all of them."""
    if not role.between & words or set(role.parameter.split("_")) & surfaces:
        return role
    return replace(role, between=role.between | words)
