"""Knowledge: needs and wishes that people state, and what serves them, as data (``config/knowledge/*.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.scene import SceneGraph, SceneObject
from skill_stack.planner.language.lexicon import Lexicon
from skill_stack.planner.language.text import STOPS, Token
from skill_stack.planner.language.verb_forms import bases
from skill_stack.planner.saying import Saying

IGNORED = frozenset(
    "very so really quite rather bit little robot please now just too hey oh sorry um uh again already still somehow "
    "terribly awfully pretty actually totally extremely today here".split()
)
"""Words that make no difference to a need."""

MOST_THINGS = 3
"""Things of a use that are tried, the best first."""

_FIRST_PERSON = {
    "is": "am",
    "wants": "want",
    "needs": "need",
    "has": "have",
    "feels": "feel",
    "was": "was",
    "does": "do",
}


class Need(DataModel):
    """One need or wish.

    Attributes:
        say: How people state it; ``{x}`` and ``{y}`` stand for any words, ``(a|b)`` for a choice.
        use: Use of the things that serve it; empty where the words name the thing themselves.
        ask: What is then asked for, in words, the best first; ``{do_x}`` is ``{x}`` with its verb in the base form.
    """

    say: tuple[str, ...]
    use: str = ""
    ask: tuple[str, ...]


class KnowledgeFile(DataModel):
    """``config/knowledge/*.yaml``; the file explains its keys."""

    needs: tuple[Need, ...] = ()
    wishes: tuple[Need, ...] = ()
    lead_ins: tuple[str, ...] = ()
    uses: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of needs, wishes and uses.

    Attributes:
        needs: Needs; what they ask for comes before what the words say by themselves.
        wishes: Wishes; they count only where the words are no instruction by themselves.
        uses: Kinds and names of things by use.
    """

    needs: tuple[Need, ...] = ()
    uses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wishes: tuple[Need, ...] = ()
    lead_ins: tuple[str, ...] = ()

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Knowledge:
        """Reads files.

        Raises:
            DataError: A file is wrong.
        """
        files = [load_model(KnowledgeFile, path) for path in paths if path.suffix == ".yaml"]
        uses = tuple((name, kinds) for file in files for name, kinds in file.uses.items())
        needs, wishes = ([need for file in files for need in getattr(file, name)] for name in ("needs", "wishes"))
        lead_ins = tuple(words for file in files for words in file.lead_ins)
        return cls(tuple(needs), uses, tuple(wishes), lead_ins)


class Needs:
    """Hears needs and wishes in what is said."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Takes what is known; sayings are prepared when they are first needed.

        Args:
            knowledge: Needs, wishes and uses.
            lexicon: The language.
        """
        self._knowledge, self._lexicon = knowledge, lexicon
        self._sayings: dict[str, Saying] = {}
        split = [[word for word in lexicon.split(one) if word not in IGNORED] for one in knowledge.lead_ins]
        self._lead_ins = sorted(filter(None, split), key=len, reverse=True)

    def requests(self, tokens: Sequence[Token], scene: SceneGraph) -> list[str]:
        """What a stated need asks for, in words, the best first; nothing when it is none.

        Args:
            tokens: What was said.
            scene: What there is.
        """
        return self._asked(self._knowledge.needs, tokens, scene)

    def wished(self, tokens: Sequence[Token], scene: SceneGraph) -> list[str]:
        """What a wish asks for, in words, the best first: ``the cup belongs on the shelf``; nothing when it is none.

        Args:
            tokens: What was said.
            scene: What there is.
        """
        return self._asked(self._knowledge.wishes, tokens, scene)

    def _asked(self, needs: Iterable[Need], tokens: Sequence[Token], scene: SceneGraph) -> list[str]:
        """Requests of the needs that the words state, by the one who speaks or by someone else."""
        said = [t.text for t in tokens if t.text not in STOPS and t.text != "," and t.text not in IGNORED]
        said = self._without_lead_in(said)
        out: list[str] = []
        for speaker, words in _speakers(said, scene, self._lexicon):
            for need in needs:
                heard = (self._saying(saying).heard(words) for saying in need.say)
                parts = next((one for one in heard if one is not None), None)
                if parts is not None:
                    out += self._worded(need, parts, speaker, said, scene)
        return list(dict.fromkeys(out))

    def _without_lead_in(self, said: list[str]) -> list[str]:
        """The words without ``I think that`` and the like."""
        for lead_in in self._lead_ins:
            if said[: len(lead_in)] == lead_in and len(said) > len(lead_in):
                return self._without_lead_in(said[len(lead_in) :])
        return said

    def _saying(self, text: str) -> Saying:
        """A saying, prepared once."""
        if text not in self._sayings:
            self._sayings[text] = Saying.of(text, lambda one: [w for w in self._lexicon.split(one) if w not in IGNORED])
        return self._sayings[text]

    def _worded(
        self, need: Need, parts: Mapping[str, str], speaker: str, said: Sequence[str], scene: SceneGraph
    ) -> list[str]:
        """What one need asks for, with the things that serve it."""
        asked = [one.replace("{speaker}", speaker) for one in need.ask]
        for name, part in parts.items():
            verb, *rest = part.split()
            done = [" ".join((base, *rest)) for base in bases(verb)]
            given = [one.replace(f"{{{name}}}", part) for one in asked]
            asked = [one.replace(f"{{do_{name}}}", way) for one in given for way in done or [part]]
        if not need.use:
            return asked
        things = self._fitting(need.use, said, scene)[:MOST_THINGS]
        return [one.replace("{thing}", thing.id.replace("_", " ")) for one in asked for thing in things]

    def _fitting(self, use: str, said: Sequence[str], scene: SceneGraph) -> list[SceneObject]:
        """Things of a use: what was said by name first, then what is called so, then the nearest."""
        names = [name for known, kinds in self._knowledge.uses if known == use for name in kinds]
        pose = scene.robot
        ranked = []
        for thing in scene.things:
            called = {name.replace("_", " ").casefold() for name in (thing.kind, thing.id, *thing.names)}
            ranks = [-1 if name in said else names.index(name) for name in called if name in names]
            away = pose.distance_to(thing.position[0], thing.position[1]) if pose else 0.0
            ranked += [(min(ranks), away, thing.id, thing)] if ranks else []
        return [thing for *_, thing in sorted(ranked, key=lambda one: one[:3])]


def _speakers(said: list[str], scene: SceneGraph, lexicon: Lexicon) -> list[tuple[str, list[str]]]:
    """Who may have a need, and the need as that one would state it: ``Anna is thirsty`` → ``i am thirsty``."""
    out = [("me", said)]
    people = (*lexicon.things.kinds["person"], "person", "patient", "guest", "child", "user")
    for thing in scene.objects.values():
        for name in (thing.id, thing.kind, *thing.names) if thing.kind in people else ():
            words = list(lexicon.split(name))
            for start in ([], ["the"], ["my"], ["our"]):
                rest = said[len(start) + len(words) :]
                if said[: len(start) + len(words)] == [*start, *words] and rest:
                    out.append((thing.id.replace("_", " "), ["i", _FIRST_PERSON.get(rest[0], rest[0]), *rest[1:]]))
    return out
