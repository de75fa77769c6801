"""Speakers: needs in the first person, without irrelevant words."""

from __future__ import annotations

from collections.abc import Sequence

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language.implied.knowledge import called
from skill_stack.language.words.lexicon import Lexicon
from skill_stack.language.words.lexicon_files import SpeechWords
from skill_stack.language.words.text import Token


def unhedged(tokens: Sequence[Token], hedges: frozenset[str]) -> list[Token]:
    """Removes hedges such as ``a bit`` and ``kind of``."""
    out: list[Token] = []
    for token in tokens:
        if out and f"{out[-1].text} {token.text}" in hedges:
            out.pop()
        else:
            out.append(token)
    return out


def plain(tokens: list[Token]) -> list[Token]:
    """Removes a relative clause between commas and a clause of result, and ``got`` of ``have got``."""
    texts = [token.text for token in tokens]
    begin = next((k for k in range(len(texts) - 1) if texts[k] == "," and texts[k + 1] in ("who", "which")), None)
    end = next((k for k in range(begin + 2, len(texts)) if texts[k] == ","), None) if begin is not None else None
    if begin is not None and end is not None:
        tokens = [*tokens[:begin], *tokens[end + 1 :]]
    such = next((k for k, token in enumerate(tokens) if token.text == "that"), 0)
    if such and "so" in [token.text for token in tokens[:such]]:
        tokens = tokens[:such]  # "so hot that I can't think"
    return [one for one, before in zip(tokens, [None, *tokens], strict=False)
            if one.text != "got" or before is None or before.text not in ("have", "has")]  # fmt: skip


def _reported(own: str, said: list[str], words: SpeechWords) -> list[tuple[str, list[str]]]:
    """A need that a person is reported to have stated: ``(Anna says) she is thirsty``."""
    if len(said) > 1 and said[0] in ("he", "she", "they"):
        return [(own, ["i", words.first_person.get(said[1], said[1]), *said[2:]])]
    if len(said) > 1 and said[0] in ("his", "her", "their"):
        return [(own, ["my", *said[1:]])]
    return [(own, said)] if said else []


def speakers(said: list[str], scene: SceneGraph, lexicon: Lexicon) -> list[tuple[str, list[str]]]:
    """Returns who may have a need, each with the need in the first person: ``i am thirsty`` of ``Anna is thirsty``."""
    out = [("me", said)]
    people = lexicon.things.types["person"].kinds
    for thing in scene.objects.values():
        for name in (thing.id, thing.kind, *thing.names) if thing.kind in people else ():
            words = list(lexicon.split(name))
            for start in ([], ["the"], ["my"], ["our"]):
                rest = said[len(start) + len(words) :]
                if said[: len(start) + len(words)] == [*start, *words] and rest:
                    own = thing.id.replace("_", " ")
                    rest = [lexicon.speech.own_of.get(word, word) for word in rest]
                    out.append((own, ["i", lexicon.speech.first_person.get(rest[0], rest[0]), *rest[1:]]))
                    out.append((own, ["my", *rest]))  # "Anna's feet are cold"
                    if rest[0] in lexicon.speech.reporting and len(rest) > 1:
                        out += _reported(own, rest[2:] if rest[1] == "that" else rest[1:], lexicon.speech)
    rest = [word for word in said if word not in lexicon.speech.times]
    if len(rest) < len(said):
        out += [("me", rest)] if rest else []
    return out


def where_of(said: Sequence[str], scene: SceneGraph) -> SceneObject | None:
    """Returns the place after a preposition, ``it is dark in the kitchen``, or the subject if a place; or None."""
    rooms = (thing for thing in scene.objects.values() if thing.kind == "place")
    places = ((name.split(), thing) for thing in rooms for name in called(thing))
    found = ((at, len(words), thing) for words, thing in places for at in _named_at(said, words))
    best = max(found, key=lambda one: one[:2], default=None)
    return best[2] if best is not None else _subject(said, scene)


def _subject(said: Sequence[str], scene: SceneGraph) -> SceneObject | None:
    """The place that is the subject: ``the corridor is dark``."""
    rooms = (thing for thing in scene.objects.values() if thing.kind == "place" and thing.id != "start")
    begins = ((thing, name.split()) for thing in rooms for name in called(thing))
    return next((thing for thing, words in begins for at in (0, 1) if list(said[at : at + len(words)]) == words), None)


def _named_at(said: Sequence[str], words: Sequence[str]) -> list[int]:
    """Positions of words after a preposition."""
    begins = (at for at in range(1, len(said)) if list(said[at : at + len(words)]) == list(words))
    return [at for at in begins if {"in", "at", "on"} & set(said[max(0, at - 2) : at])]


def without_where(said: list[str], scene: SceneGraph) -> list[str]:
    """Removes a place at the end of the words."""
    places = (name.split() for thing in scene.objects.values() if thing.kind == "place" for name in called(thing))
    if not any(said[-len(words) :] == words for words in places):
        return said
    at = next((k for k in range(len(said) - 1, 0, -1) if said[k] in ("in", "at", "on")), len(said))
    return said[:at]
