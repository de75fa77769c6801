"""Choice phrases: wordings of the choices of a skill's parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skill_stack.language.words.lexicon_files import SkillNames, Words


def choice_phrases(word: str, name: str, data: SkillNames) -> Iterable[str]:
    """Yields wordings of a choice: ``left``, ``with your left hand``, ``in a friendly style``, ``what time it is``.

    Args:
        word: The choice.
        name: Name of its parameter.
        data: Words around choices.
    """
    word, name = word.replace("_", " "), name.replace("_", " ")
    yield from _plain(word, data.levels)
    yield from _posed(word, data.limbs)
    if set(name.split()) & set(data.worn):
        worn = (f"{verb} {one}{word}" for verb in ("wearing", "dressed in") for one in ("", "a ", "an ", "the "))
        yield from (f"{before}{one}" for one in worn for before in ("", "are ", "is ", "who is ", "who are "))
    if name.split()[-1] in data.occasions:
        yield from (f"for {article}{word}" for article in ("", "the ", "a ", "an ", "their ", "our "))
    if name in data.told:
        yield from _told(word, data)
    yield from _limbs(word, name, data.limbs)


def _plain(word: str, levels: Words) -> Iterable[str]:
    """Wordings for any parameter: ``friendly``, ``what the weather is like``, ``level two``."""
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
    yield from (f"{word} {noun}" for noun in levels)


def _told(word: str, data: SkillNames) -> Iterable[str]:
    """Wordings of a message: ``to take his pills``, ``that lunch is ready``."""
    owners = ("", "his ", "her ", "their ", "the ", "your ")
    yield from (f"to {verb} {whose}{word}" for verb in ("take", "have", "eat", "do", "attend") for whose in owners)
    yield from (f"{before}{word} {after}" for before in ("that ", "") for after in data.happening)
    yield from (f"{before} {word}" for before in ("that", "that the", "that his", "that her", "that their"))
    yield from (f"{before} {word}" for before in data.about)
    yield from (f"{before} {word}" for before in ("it is", "that it is", "it is time for", "that it is time for"))


def _limbs(word: str, name: str, known: Words) -> Iterable[str]:
    """Wordings of a limb or a side: ``with your left hand``, ``on the right side``."""
    limbs = [limb for limb in known if limb in name.split()]
    for called in (name, *(limb for limb in known[:4] if limbs and limb not in limbs)):
        for before in ("", "with", "using", "in", "at", "on", "to", "from"):
            yield from (f"{before} {article} {word} {called}" for article in ("", "the", "your", "a", "its"))
        yield from (f"{word} {called}s", f"with {word} {called}s")
    if limbs or word in ("left", "right"):
        yield from (f"{before} {word}" for before in ("on its", "on the", "to its", "to the", "to your", "towards the"))
        yield from (f"{before} {word} side" for before in ("on its", "on the", "to its", "to the"))


def _posed(word: str, limbs: Words) -> Iterable[str]:
    """Wordings of a posture of a person: ``raising their left arm``."""
    verb, *rest = word.split()
    if not rest or not verb.endswith("ing"):
        return
    if rest[-1] in limbs:
        yield from (f"{who}{verb} {whose} {' '.join(rest)}" for whose in ("their", "his", "her", "the", "a", "one")
                    for who in ("", "who is ", "who are ", "are ", "is "))  # fmt: skip
    if rest[-1] in ("left", "right"):
        yield from (f"{who}{verb} to {side} {rest[-1]}" for side in ("the", "their", "his", "her")
                    for who in ("", "who is ", "who are ", "are ", "is "))  # fmt: skip


def direction_phrases(word: str, directions: Mapping[str, Words], ways: Mapping[str, Words]) -> Iterable[str]:
    """Yields wordings of a choice that is a direction: ``to the left`` for ``left``, ``a bit forward`` for
    ``forwards``.

    Args:
        word: The choice.
        directions: Phrases of each direction.
        ways: Words that libraries use for each direction.
    """
    names = [name for name, words in ways.items() if word.casefold().replace("_", " ") in words]
    for phrase in (phrase for name in names for phrase in directions[name]):
        yield from (phrase, f"a bit {phrase}", f"a little {phrase}", f"slightly {phrase}")
