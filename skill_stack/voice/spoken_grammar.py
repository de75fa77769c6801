"""SpokenGrammar: what people can say to a robot, made of the phrases of its skills and the names around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from skill_stack.core.skills.skill import SLOT, GoalParameter
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.voice.voice_settings import VoiceSettings

_WORD = re.compile(r"[a-z][a-z']*")
_OTHER = re.compile(r"[^a-z']+")
_REFERENCE = r"<\1>"


def spoken(text: str) -> str:
    """A text as it is spoken: words of lower-case letters and apostrophes."""
    return " ".join(_OTHER.sub(" ", text.lower()).split())


@dataclass(frozen=True, slots=True)
class SpokenGrammar:
    """Commands with slots, and what can stand in each.

    Attributes:
        commands: Phrasings; ``{slot}`` stands for one of a slot's fillings.
        slots: Fillings by slot.
        polite: What may stand before and after.
        joining: What joins two commands.
        whole: What is said alone: answers, corrections, stops.
    """

    commands: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]]
    polite: tuple[str, ...]
    joining: tuple[str, ...]
    whole: tuple[str, ...]

    @classmethod
    def of_robot(cls, library: SkillLibrary, names: Iterable[str], settings: VoiceSettings) -> SpokenGrammar:
        """The grammar of a robot; phrases with free words are left out.

        Args:
            library: Its skills.
            names: Names of things and places.
            settings: Words around commands.
        """
        plain = tuple(text for text in dict.fromkeys(map(spoken, names)) if text)
        slots = {"name": plain, "article": settings.articles, "thing": ("{article} {name}",)}
        commands: list[str] = []
        for spec in library:
            fillings = {one.name: _filling(one, settings, slots) for one in spec.goal}
            for phrase in spec.phrases:
                filled = [fillings.get(slot, "") for slot in SLOT.findall(phrase)]
                if all(filled):
                    pieces = [spoken(piece) for piece in SLOT.sub("\0", phrase).split("\0")]
                    commands.append(" ".join(" ".join(pair) for pair in zip(pieces, [*filled, ""])).strip())
        whole = (*settings.answers, *settings.stop, *settings.estop)
        kept = tuple(dict.fromkeys(" ".join(command.split()) for command in commands))
        return cls(kept, slots, settings.polite, settings.joining, whole)

    def words(self) -> frozenset[str]:
        """Every word in it."""
        texts = (
            *self.commands,
            *self.polite,
            *self.joining,
            *self.whole,
            *(t for one in self.slots.values() for t in one),
        )
        return frozenset(word for text in texts for word in _WORD.findall(SLOT.sub(" ", text)))

    def names(self) -> tuple[str, ...]:
        """Names, and commands up to their first slot, as hints for recognisers that take phrases."""
        plain = (SLOT.split(command)[0].strip() for command in self.commands)
        return tuple(dict.fromkeys(text for text in (*self.slots.get("name", ()), *plain, *self.whole) if text))

    def jsgf(self, known: Callable[[str], bool] = lambda word: True) -> str:
        """The grammar in the JSpeech Grammar Format, without what holds unknown words.

        Args:
            known: Whether a word has a pronunciation.
        """

        def kept(texts: Iterable[str]) -> list[str]:
            return [text for text in texts if all(map(known, _WORD.findall(SLOT.sub(" ", text))))]

        slots = {name: found for name, texts in self.slots.items() if (found := kept(texts))}
        if "name" not in slots:
            slots.pop("thing", None)
        commands = [text for text in kept(self.commands) if all(slot in slots for slot in SLOT.findall(text))]
        rules = {**slots, "polite": kept(self.polite), "joining": kept(self.joining), "command": commands}
        rules["whole"] = kept(self.whole)
        rules["order"] = ["<command>", "<command> <joining> <order>"]
        lines = [
            f"<{name}> = {' | '.join(SLOT.sub(_REFERENCE, text) for text in texts)};" for name, texts in rules.items()
        ]
        public = "public <said> = <whole> | [<polite>] <order> [<polite>];"
        return "\n".join(["#JSGF V1.0;", "grammar robot;", *lines, public]) + "\n"


def _filling(parameter: GoalParameter, settings: VoiceSettings, slots: dict[str, tuple[str, ...]]) -> str:
    """What stands for an argument in a command; empty where anything could. Adds the slots that it needs."""
    if parameter.type == "object":
        return "{thing}"
    if parameter.type == "choice":
        name = f"{parameter.name}_choice"
        texts = tuple(spoken(word) for choice in parameter.choices for word in parameter.words_of(choice))
        slots[name] = tuple(dict.fromkeys((*slots.get(name, ()), *filter(None, texts))))
        return f"{{{name}}}"
    units = settings.units.get(parameter.unit, ()) if parameter.type == "number" else ()
    if not units:
        return ""
    name = "unit_" + _OTHER.sub("_", parameter.unit)
    slots[name], slots["number"] = units, settings.numbers
    return f"{{number}} {{{name}}}"
