"""Knowledge: needs and wishes that people state, and what serves them, as data (``config/knowledge/*.yaml``)."""

from __future__ import annotations

import math
import re
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
    "very so really quite rather bit little robot please now just too hey oh sorry um uh again already somehow "
    "terribly awfully pretty actually totally extremely today here terrible awful horrible splitting slight severe "
    "nasty absolutely completely incredibly super far way such kind sort much tonight currently all over suddenly "
    "quickly anymore anywhere any more truly seriously badly desperately urgently bloody damn some".split()
)
"""Words that make no difference to a need."""

SAME = {"somebody": "someone", "anybody": "anyone", "everybody": "everyone", "telly": "tv", "mum": "mom"}
"""Words that mean the same to a need."""

TIMES = frozenset("morning evening afternoon yesterday tomorrow always finally nearly almost still".split())
"""Words of time that make no difference to a need where it is not heard with them."""

THERE = 6.0
"""Distance up to which a thing is at a place that a need names, m."""

_HELPER = re.compile(r"\{use:([a-z ]+)\}")

MOST_THINGS = 3
"""Things of a use that are tried, the best first."""

_OWN = {"herself": "myself", "himself": "myself", "themselves": "myself", "his": "my", "her": "my", "their": "my"}

REPORTING = frozenset("says thinks complains mentioned said finds reckons feels".split())
"""Verbs by which somebody's words are told."""

_FIRST_PERSON = {
    "is": "am",
    "looks": "am",
    "seems": "am",
    "sounds": "am",
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
    categories: dict[str, tuple[str, ...]] = {}
    places: dict[str, tuple[str, ...]] = {}
    acts: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of needs, wishes, uses, categories and places.

    Attributes:
        needs: Needs; what they ask for comes before what the words say by themselves.
        wishes: Wishes; they count only where the words are no instruction by themselves.
        uses: Kinds and names of things by use.
        lead_ins: Words before a need or a wish that make no difference.
        categories: Kinds and names of things by the category that people name instead.
        places: Kinds and names of the usual places of things, by their kind or category.
        acts: Kinds and names of the things that a verb can be done with.
    """

    needs: tuple[Need, ...] = ()
    uses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    wishes: tuple[Need, ...] = ()
    lead_ins: tuple[str, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    acts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Knowledge:
        """Reads files.

        Raises:
            DataError: A file is wrong.
        """
        files = [load_model(KnowledgeFile, path) for path in paths if path.suffix == ".yaml"]
        merged: dict[str, tuple[str, ...]] = {}
        for file in files:  # one use may be told in several files
            for name, kinds in file.uses.items():
                merged[name] = (*merged.get(name, ()), *kinds)
        uses = tuple(merged.items())
        needs, wishes = ([need for file in files for need in getattr(file, name)] for name in ("needs", "wishes"))
        lead_ins = tuple(words for file in files for words in file.lead_ins)
        categories, places, acts = (
            tuple(pair for file in files for pair in getattr(file, name).items())
            for name in ("categories", "places", "acts")
        )
        return cls(tuple(needs), uses, tuple(wishes), lead_ins, categories, places, acts)

    def suits(self, request: str, thing: SceneObject) -> bool:
        """Whether what is asked for can be done with a thing, by the verb that it begins with."""
        kinds = dict(self.acts).get(request.split()[0])
        return kinds is None or bool(_called(thing) & set(kinds))

    def usual_places(self, thing: SceneObject) -> tuple[str, ...]:
        """Kinds and names of the places where a thing usually is, those of its kind before those of its categories."""
        called = {name.replace("_", " ").casefold() for name in (thing.kind, thing.id, *thing.names)}
        groups = [name for name, kinds in self.categories if called & set(kinds)]
        own = [place for name, places in self.places if name in called for place in places]
        more = [place for name, places in self.places if name in groups for place in places]
        return tuple(dict.fromkeys((*own, *more)))


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
        return self._asked(self._knowledge.wishes, tokens, scene, anywhere=False)

    def placed(self, tokens: Sequence[Token], scene: SceneGraph) -> list[str]:
        """What a wish asks for that leaves it to usual places where something goes; nothing when it is none.

        Args:
            tokens: What was said.
            scene: What there is.
        """
        return self._asked((one for one in self._knowledge.wishes if "{place}" in "".join(one.ask)), tokens, scene)

    def _asked(
        self, needs: Iterable[Need], tokens: Sequence[Token], scene: SceneGraph, anywhere: bool = True
    ) -> list[str]:
        """Requests of the needs that the words state, by the one who speaks or by someone else."""
        tokens = _plain([t.read_as(SAME.get(t.text, t.text)) for t in tokens])
        plain = _unhedged(tokens)
        said = [t.text for t in tokens if t.text not in STOPS and t.text != "," and t.text not in IGNORED]
        whole, said = said, self._without_lead_in(said)
        out: list[str] = []
        hedged = [t.text for t in plain if t.text not in STOPS and t.text != "," and t.text not in IGNORED]
        ways = [said, *([_without_where(said, scene)] if anywhere else []), whole, self._without_lead_in(hedged)]
        heard_of = [one for k, way in enumerate(ways) if way not in ways[:k]
                    for one in _speakers(way, scene, self._lexicon)]  # fmt: skip
        known = list(needs)
        for speaker, words in heard_of:
            for need in known:
                heard = (self._saying(saying).heard(words) for saying in need.say)
                parts = next((one for one in heard if one is not None), None)
                if parts is not None and all(self._unbroken(part, tokens) for part in parts.values()):
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
            self._sayings[text] = Saying.of(text, self._plain_words)
        return self._sayings[text]

    def _unbroken(self, part: str, tokens: Sequence[Token]) -> bool:
        """Whether no instruction begins within an open part: in ``nobody is watching tv, turn it off`` it is the tv."""
        words = set(part.split())
        marks = (at for at, one in enumerate(tokens[:-1]) if one.text == "," or one.text in STOPS)
        base = self._lexicon.english.base & words
        begun = (at for at in marks if tokens[at + 1].text in base or tokens[at + 3 : at + 4] and "do" in words
                 and tokens[at + 2].text == "you" and tokens[at + 3].text == "do")  # fmt: skip
        return not any(at > 0 and tokens[at - 1].text in words for at in begun)

    def _plain_words(self, text: str) -> list[str]:
        """The words of a text that make a difference, one word for those that mean the same."""
        return [SAME.get(word, word) for word in self._lexicon.split(text) if word not in IGNORED]

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
        asked = [way for one in asked for way in self._with_places(one, parts, scene)]
        asked = [way for one in asked for way in self._with_helpers(one, said, scene)]
        if not need.use:
            return asked
        things = self._fitting(need.use, said, scene)[:MOST_THINGS]
        pairs = [(one, thing) for one in asked for thing in things]
        if _where(said, scene) is not None:  # what is there is meant before what serves it best elsewhere
            pairs = [(one, thing) for thing in things for one in asked]
        return [one.replace("{thing}", thing.id.replace("_", " ")) for one, thing in pairs
                if "{thing}" not in one or self._knowledge.suits(one, thing)]  # fmt: skip

    def _with_places(self, asked: str, parts: Mapping[str, str], scene: SceneGraph) -> list[str]:
        """A request with the usual place of what is spoken of in the place of ``{place}``."""
        if "{place}" not in asked:
            return [asked]
        words = [word for word in parts.get("x", "").split() if word not in self._lexicon.small.articles]
        said = {" ".join(words), " ".join(words).removesuffix("s")}
        things = [thing for thing in scene.things if said & _called(thing)]
        wanted = [place for thing in things for place in self._knowledge.usual_places(thing)]
        found = [place.id for name in wanted for place in scene.objects.values() if name in _called(place)]
        return [asked.replace("{place}", name.replace("_", " ")) for name in list(dict.fromkeys(found))[:MOST_THINGS]]

    def _with_helpers(self, asked: str, said: Sequence[str], scene: SceneGraph) -> list[str]:
        """A request with the best thing of another use in the place of ``{use:…}``; none where there is no such."""
        found = _HELPER.search(asked)
        if found is None:
            return [asked]
        things = self._fitting(found[1], said, scene)[:1]
        return [asked.replace(found[0], thing.id.replace("_", " ")) for thing in things]

    def _fitting(self, use: str, said: Sequence[str], scene: SceneGraph) -> list[SceneObject]:
        """Things of a use: what was said by name first, then what is called so, then the nearest."""
        names = [name for known, kinds in self._knowledge.uses if known == use for name in kinds]
        pose, where = scene.robot, _where(said, scene)
        ranked = []
        for thing in scene.things:
            called = {name.replace("_", " ").casefold() for name in (thing.kind, thing.id, *thing.names)}
            spoken = f" {' '.join(said)} "
            ranks = [-len(name.split()) if f" {name} " in spoken else names.index(name)
                     for name in called if name in names]  # fmt: skip
            away = pose.distance_to(thing.position[0], thing.position[1]) if pose else 0.0
            if where is not None:  # "it is dark in the kitchen": the lamp there
                away = math.dist(thing.position[:2], where.position[:2])
                ranks = [min(rank, 0) for rank in ranks] if away < THERE else ranks
            ranked += [(min(ranks), away, thing.id, thing)] if ranks else []
        return [thing for *_, thing in sorted(ranked, key=lambda one: one[:3])]


def _unhedged(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without ``a bit``, ``kind of`` and the like, which change no need."""
    out: list[Token] = []
    for token in tokens:
        if out and (out[-1].text, token.text) in HEDGES:
            out.pop()
        else:
            out.append(token)
    return out


def _plain(tokens: list[Token]) -> list[Token]:
    """The tokens without what is only said of somebody beside, and with ``have`` for ``have got``."""
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


def _reported(own: str, said: list[str]) -> list[tuple[str, list[str]]]:
    """What somebody is told to have said: ``(Anna says) she is thirsty``."""
    if len(said) > 1 and said[0] in ("he", "she", "they"):
        return [(own, ["i", _FIRST_PERSON.get(said[1], said[1]), *said[2:]])]
    if len(said) > 1 and said[0] in ("his", "her", "their"):
        return [(own, ["my", *said[1:]])]
    return [(own, said)] if said else []


HEDGES = frozenset({("a", "bit"), ("a", "little"), ("a", "tad"), ("kind", "of"), ("sort", "of"), ("a", "lot"),
                    ("getting", "rather"), ("a", "touch"), ("by", "now")})  # fmt: skip
"""Pairs of words that only weaken what is said."""


def _speakers(said: list[str], scene: SceneGraph, lexicon: Lexicon) -> list[tuple[str, list[str]]]:
    """Who may have a need, and the need as that one would state it: ``Anna is thirsty`` → ``i am thirsty``."""
    out = [("me", said)]
    people = lexicon.things.types["person"].kinds
    for thing in scene.objects.values():
        for name in (thing.id, thing.kind, *thing.names) if thing.kind in people else ():
            words = list(lexicon.split(name))
            for start in ([], ["the"], ["my"], ["our"]):
                rest = said[len(start) + len(words) :]
                if said[: len(start) + len(words)] == [*start, *words] and rest:
                    own = thing.id.replace("_", " ")
                    rest = [_OWN.get(word, word) for word in rest]
                    out.append((own, ["i", _FIRST_PERSON.get(rest[0], rest[0]), *rest[1:]]))
                    out.append((own, ["my", *rest]))  # "Anna's feet are cold"
                    if rest[0] in REPORTING and len(rest) > 1:
                        out += _reported(own, rest[2:] if rest[1] == "that" else rest[1:])
    rest = [word for word in said if word not in TIMES]
    if len(rest) < len(said):
        out += [("me", rest)] if rest else []
    return out


def _called(thing: SceneObject) -> set[str]:
    """What a thing is called."""
    return {name.replace("_", " ").casefold() for name in (thing.kind, thing.id, *thing.names)}


def _where(said: Sequence[str], scene: SceneGraph) -> SceneObject | None:
    """The place that the words end with: ``it is dark in the kitchen``."""
    for thing in scene.objects.values():
        for name in _called(thing) if thing.kind == "place" else ():
            words = name.split()
            if list(said[-len(words) :]) == words and {"in", "at", "on"} & set(said[: -len(words)][-2:]):
                return thing
    return None


def _without_where(said: list[str], scene: SceneGraph) -> list[str]:
    """The words without the place at their end."""
    where = _where(said, scene)
    if where is None:
        return said
    at = next((k for k in range(len(said) - 1, 0, -1) if said[k] in ("in", "at", "on")), len(said))
    return said[:at]
