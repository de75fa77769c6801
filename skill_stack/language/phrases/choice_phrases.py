"""Choice phrases: the ways in which people put one of the choices of a skill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

BODY_SIDES = ("hand", "arm", "side", "gripper", "finger", "foot", "leg", "paw")
"""Names of parameters whose choices are one of several limbs or sides; people use these words for one another."""


ABOUT = ("of", "about", "regarding", *(f"{one} {whose}" for one in ("of", "about") for whose in
         ("the", "his", "her", "their", "your", "my", "our")))  # fmt: skip
"""Words between who is told something and what."""

HAPPENING = ("is ready", "is served", "is here", "has arrived", "has started", "is about to start", "is over", "starts",
             "begins", "is coming", "is on")  # fmt: skip
"""What is told of something that people are informed of."""

WAYS = {
    "left": ("left",), "right": ("right",), "forward": ("forward", "forwards", "ahead"),
    "backward": ("backward", "backwards", "back"), "up": ("up", "upward", "upwards"),
    "down": ("down", "downward", "downwards"), "counterclockwise": ("counterclockwise", "anticlockwise"),
    "clockwise": ("clockwise",),
}  # fmt: skip
"""Names of directions, and how libraries write them as choices."""

WORN = ("colour", "color", "clothing", "clothes", "garment", "wearing", "outfit", "shirt", "top", "clothe")
"""Names of parameters whose choices are what somebody wears or what colour that has."""

LEVELS = ("level", "brightness", "speed", "volume", "power", "setting", "mode")
"""Nouns after a choice that say what it is a choice of."""

OCCASIONS = frozenset("meal occasion event purpose course use".split())
"""Names of parameters whose choices are what something is done for: ``for lunch``."""

TOLD = frozenset("message text information announcement sentence speech utterance matter reminder topic".split())
"""Names of parameters whose choices are what is said."""


def choice_phrases(word: str, name: str) -> Iterable[str]:
    """How people put a choice: ``left``, ``with your left hand``, ``in a friendly style``, ``what time it is``."""
    word, name = word.replace("_", " "), name.replace("_", " ")
    yield from _plain(word)
    yield from _posed(word)
    if set(name.split()) & set(WORN):
        worn = (f"{verb} {one}{word}" for verb in ("wearing", "dressed in") for one in ("", "a ", "an ", "the "))
        yield from (f"{before}{one}" for one in worn for before in ("", "are ", "is ", "who is ", "who are "))
    if name.split()[-1] in OCCASIONS:
        yield from (f"for {article}{word}" for article in ("", "the ", "a ", "an ", "their ", "our "))
    if name in TOLD:
        yield from _told(word)
    yield from _limbs(word, name)


def _plain(word: str) -> Iterable[str]:
    """A choice whatever it is a choice of: ``friendly``, ``what the weather is like``, ``level two``."""
    yield from (word, f"{word}ly")
    yield from (f"what the {word} is like", f"how the {word} is", f"what the {word} will be like", f"today's {word}",
                f"what the {word} will be")  # fmt: skip
    articles = ("a", "an", "the", "some", "your", "about the", "about", "the current")
    yield from (f"{before} {word}" for before in articles)
    yield from (f"what {word} it is", f"what the {word} is", f"what is the {word}", f"what your {word} is")
    yield from (f"{who} {word}" for who in ("who is", "who are", "that is", "that are", "which is", "are", "is"))
    yield from (f"{before} {word}" for before in ("something about", "something about the", "a few words about"))
    if word.endswith("ing"):
        yield from (f"{word} to the {side}" for side in ("left", "right"))
    yield from (f"{word} {noun}" for noun in LEVELS)


def _told(word: str) -> Iterable[str]:
    """What somebody is told: ``to take his pills``, ``that lunch is ready``."""
    owners = ("", "his ", "her ", "their ", "the ", "your ")
    yield from (f"to {verb} {whose}{word}" for verb in ("take", "have", "eat", "do", "attend") for whose in owners)
    yield from (f"{before}{word} {after}" for before in ("that ", "") for after in HAPPENING)
    yield from (f"{before} {word}" for before in ("that", "that the", "that his", "that her", "that their"))
    yield from (f"{before} {word}" for before in ABOUT)
    yield from (f"{before} {word}" for before in ("it is", "that it is", "it is time for", "that it is time for"))


def _limbs(word: str, name: str) -> Iterable[str]:
    """A limb or a side: ``with your left hand``, ``on the right side``."""
    limbs = [limb for limb in BODY_SIDES if limb in name.split()]
    for called in (name, *(limb for limb in BODY_SIDES[:4] if limbs and limb not in limbs)):
        for before in ("", "with", "using", "in", "at", "on", "to", "from"):
            yield from (f"{before} {article} {word} {called}" for article in ("", "the", "your", "a", "its"))
        yield from (f"{word} {called}s", f"with {word} {called}s")
    if limbs or word in ("left", "right"):
        yield from (f"{before} {word}" for before in ("on its", "on the", "to its", "to the", "to your", "towards the"))
        yield from (f"{before} {word} side" for before in ("on its", "on the", "to its", "to the"))


def _posed(word: str) -> Iterable[str]:
    """What somebody does with a limb or to a side, as people put it: ``raising their left arm``."""
    verb, *rest = word.split()
    if not rest or not verb.endswith("ing"):
        return
    if rest[-1] in BODY_SIDES:
        yield from (f"{who}{verb} {whose} {' '.join(rest)}" for whose in ("their", "his", "her", "the", "a", "one")
                    for who in ("", "who is ", "who are ", "are ", "is "))  # fmt: skip
    if rest[-1] in ("left", "right"):
        yield from (f"{who}{verb} to {side} {rest[-1]}" for side in ("the", "their", "his", "her")
                    for who in ("", "who is ", "who are ", "are ", "is "))  # fmt: skip


def direction_phrases(word: str, directions: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """How people put a choice that is a direction: ``to the left`` for ``left``, ``a bit forward`` for ``forwards``.

    Args:
        word: The choice.
        directions: Phrases of directions by their names.
    """
    names = [name for name, words in WAYS.items() if word.casefold().replace("_", " ") in words]
    for phrase in (phrase for name in names for phrase in directions[name]):
        yield from (phrase, f"a bit {phrase}", f"a little {phrase}", f"slightly {phrase}")
