"""Library shapes: skills and scenes in other forms → the keys of the models.

Lists or mappings, other names for the same key, other names of types, variables as ``?x`` or ``{x}``: clear ones are
converted; keys irrelevant to planning are left out.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.world.scene_file import ObjectFile, SceneFile
from skill_stack.language import name_words

SKILL_KEYS = {
    "goal": ("parameters", "params", "args", "arguments", "inputs"),
    "phrases": ("examples", "example", "utterances", "phrasings"),
    "description": ("desc", "doc", "docstring", "summary", "help", "about"),
    "preconditions": ("precondition", "pre", "requires"), "effects": ("effect", "post", "postconditions"),
}  # fmt: skip
PARAMETER_KEYS = {
    "choices": ("enum", "options", "values", "allowed"), "lower": ("min", "minimum"), "upper": ("max", "maximum"),
    "unit": ("units",), "description": ("desc", "doc"),
}  # fmt: skip
OBJECT_KEYS = {
    "id": ("name",), "kind": ("type", "category", "class"), "colour": ("color",), "position": ("pos", "xyz", "xy"),
    "names": ("aliases", "synonyms", "labels", "other_names"), "size": ("dimensions", "extent"),
}  # fmt: skip
"""Other names of the keys of the data models."""

GROUPS = {
    "objects": "", "things": "", "entities": "", "items": "", "places": "room", "rooms": "room", "locations": "room",
    "areas": "room", "people": "person", "persons": "person", "humans": "person",
}  # fmt: skip
"""Keys under which a scene lists its things, and the default kind of their entries."""

NUMBERS = frozenset("number int integer float double real".split())
ANYTHING = frozenset("string str text word words name id any thing item entity object obj".split())
"""Types of arguments without information on their purpose."""

FREE = frozenset("string str text words any sentence utterance message speech object".split())
"""Types of arguments that may be any words in a skill that speaks."""

SPOKEN = frozenset(
    "message text utterance sentence speech phrase words question content announcement info information note reminder "
    "news answer reply greeting statement notice saying line lines prompt what".split()
)
"""Words in the names of arguments that are said aloud."""

TOPICS = frozenset(
    "song songs music track genre artist playlist melody tune query topic keyword keywords term note notes podcast "
    "film movie".split()
)
"""Words in the names of arguments that are about what need not be in the scene."""

SAYING = frozenset(
    "say says tell tells speak speaks talk talks ask asks announce announces inform informs notify notifies remind "
    "reminds answer answers report reports utter utters greet greets shout shouts respond responds reply replies voice "
    "communicate communicates broadcast broadcasts deliver delivers relay relays tts verbalize pronounce "
    "pronounces whisper whispers converse".split()
)
"""Verbs of skills that speak."""

SIZES = (("small", "little", "tiny"), ("big", "large"), ("tall", "high"), ("long",), ("short",), ("medium",))
"""Synonymous words for sizes, where a scene states a size in words and not in metres."""

WHERE = {"on": "on", "in": "in", "inside": "in", "room": "in", "location": "in", "at": "at"}
"""Keys for the place of a thing, and the predicates of the resulting facts."""

SPACING = 2.0
"""Distance between things without a stated position, m: not on each other, and not where the robot begins."""

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_VARIABLE = re.compile(r"\?([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|<([A-Za-z_]\w*)>")
_PREDICATE = re.compile(r"[A-Za-z]\w*(?=\s*\()")
_log = logging.getLogger(__name__)


def skill_shape(item: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """One skill with the keys of :class:`skill_stack.core.skills.skill.SkillSpec`.

    Args:
        item: The skill as it is written.
        origin: What a warning names as the source.
    """
    data = _renamed(item, SKILL_KEYS)
    goal = data.get("goal")
    if goal is not None:
        speaks = _speaks(data)
        data["goal"] = [_parameter_shape(one, speaks) for one in _listed(goal, "name")]
    for key in ("preconditions", "effects"):
        if key in data:
            data[key] = [literal_text(one) for one in _texts(data[key])]
    if "phrases" in data:
        said = _texts(data["phrases"])
        data["phrases"] = [_VARIABLE.sub(lambda m: f"{{{m[1] or m[2] or m[3]}}}", one) for one in said]
    return _known(data, {*SkillSpec.model_fields}, origin)


def scene_shape(data: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """A scene with the keys of :class:`skill_stack.core.world.scene_file.SceneFile`, and its ``facts``.

    Args:
        data: The scene as it is written.
        origin: What a warning names as the source.
    """
    facts = [literal_text(one) for one in _texts(data.get("facts", data.get("init", [])))]
    things: list[dict[str, Any]] = []
    for group, kind in GROUPS.items():
        for item in _listed(data.get(group, ()), "id"):
            things.append(_thing_shape(item, kind, facts, f"{origin}: {group}"))
    facts = [_by_id(fact, _ids(things)) for fact in facts]
    _put(things, facts)
    kept = _known({**data, "objects": things}, {*SceneFile.model_fields}, origin, {*GROUPS, "facts", "init"})
    return {**kept, "facts": facts}


def _speaks(data: Mapping[str, Any]) -> bool:
    """Whether a skill speaks, by its name or description."""
    described = str(data.get("description", "")).casefold().split()
    named = name_words(str(data.get("name", "")))
    return bool(SAYING & {*named, *described[:3]})


def _parameter_shape(item: Any, speaks: bool = False) -> Any:
    """One argument of a skill.

    Args:
        item: It, as it is written.
        speaks: Whether the skill speaks, so that an argument may be any words.
    """
    if isinstance(item, str) and ((speaks and SPOKEN & set(name_words(item))) or TOPICS & set(name_words(item))):
        item = {"name": item, "type": "words"}
    if not isinstance(item, Mapping):
        return item
    data = _renamed(item, PARAMETER_KEYS)
    limits = data.pop("range", None)
    if isinstance(limits, list | tuple) and len(limits) == 2:
        data |= {"lower": limits[0], "upper": limits[1]}
    if isinstance(data.get("choices"), list | tuple):
        data["choices"] = [_word(one) for one in data["choices"]]
    if isinstance(data.get("default"), bool):
        data["default"] = _word(data["default"])
    kind = str(data.get("type", "")).casefold()
    if kind in ("bool", "boolean"):
        data["choices"] = data.get("choices") or ["on", "off"]
    data |= _type_shape(data, "words" if _is_words(data, kind, speaks) else kind)
    return {key: value for key, value in data.items() if key in GoalParameter.model_fields}


def _is_words(data: Mapping[str, Any], kind: str, speaks: bool) -> bool:
    """Whether an argument may be any words: what is said aloud, or what need not be in the scene."""
    if kind not in FREE or data.get("choices"):
        return False
    named = set(name_words(str(data.get("name", ""))))
    said = speaks and (kind in SPOKEN or not SPOKEN.isdisjoint(named))
    return said or (kind != "object" and not TOPICS.isdisjoint(named))


def _type_shape(data: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The type of an argument, and the kind of thing where its type is one in other words."""
    if data.get("choices"):
        return {"type": "choice"}
    if kind in NUMBERS:
        return {"type": "number"}
    if kind in ("object", "choice", "words", "way"):
        return {"type": kind}
    if kind:
        return {"type": "object", "kind": "" if kind in ANYTHING else kind.replace("_", " ")}
    return {} if {"unit", "lower", "upper", "default", "choices"} & set(data) else {"type": "object"}


def _thing_shape(item: Any, kind: str, facts: list[str], origin: str) -> Any:
    """One thing of a scene; its place and its state become facts."""
    if not isinstance(item, Mapping):
        return item
    data = _renamed(item, OBJECT_KEYS)
    name = str(data.get("id", ""))
    facts += _stated(data, name)
    data["id"] = name if _ID.fullmatch(name) else _name(name)
    if isinstance(data.get("size"), str):
        data["names"] = [*_texts(data.get("names", ())), *_sized(data)]
        del data["size"]
    if kind and "kind" not in data:
        data |= {"kind": kind, "shape": "point"} if kind == "room" else {"kind": kind}
    data.setdefault("kind", re.sub(r"[_\d]+$", "", data["id"]).rpartition("_")[2] or "thing")
    if isinstance(data["kind"], str) and re.match(r"[A-Z][a-z]", data["kind"]):
        data["kind"] = " ".join(name_words(data["kind"]))  # "DeskLamp" is a lamp as well
    joined = re.search(r"[a-z][A-Z]", name) is not None
    if joined:
        data["names"] = [" ".join(name_words(name)), *_texts(data.get("names", ()))]  # "BreakfastBar"
    elif data["id"] != name:
        data["names"] = [name, *_texts(data.get("names", ()))]
    elif "names" in data:
        data["names"] = _texts(data["names"])
    return _known(data, {*ObjectFile.model_fields}, origin, {*WHERE, "state", "states"})


def _stated(data: Mapping[str, Any], name: str) -> Iterator[str]:
    """Facts of where a thing is and of its state."""
    for key, predicate in WHERE.items():
        where = data.get(key)
        if isinstance(where, str) and key not in ObjectFile.model_fields:
            yield f"{predicate}({name}, {where})"
    yield from (f"{_name(one)}({name})" for one in _texts(data.get("state", data.get("states"))) if one)


def _sized(data: Mapping[str, Any]) -> list[str]:
    """Names of a thing whose size is said in words: ``large ball``, ``big ball``."""
    said = str(data["size"]).casefold()
    words = next((group for group in SIZES if said in group), (said,))
    kind = str(data.get("kind", "")).replace("_", " ")
    nouns = [one for one in (kind, kind.rpartition(" ")[2], *_texts(data.get("names", ()))) if one]
    return [f"{word} {noun}" for word in words for noun in dict.fromkeys(nouns) if not set(words) & set(noun.split())]


def _put(things: Iterable[Any], facts: Iterable[str]) -> None:
    """Gives things without a position that of what they are on or in, or else one of their own."""
    named = {one["id"]: one for one in things if isinstance(one, dict)}
    held = dict(re.findall(r"^(?:on|in|at)\(([\w-]+), *([\w-]+)\)$", "\n".join(facts), re.MULTILINE))
    for number, name in enumerate(named):
        chain = [name]  # the thing, what it is on, what that is in, …
        while "position" not in named[chain[-1]] and held.get(chain[-1]) in named and held[chain[-1]] not in chain:
            chain.append(held[chain[-1]])
        angle, radius = 2.4 * number, SPACING * math.sqrt(number + 9)  # a spiral: none lies upon another
        own = [round(radius * math.cos(angle), 3), round(radius * math.sin(angle), 3)]
        place = named[chain[-1]].get("position", own)
        for each in chain:
            named[each].setdefault("position", place)


def _ids(things: Iterable[Any]) -> dict[str, str]:
    """Ids of things by how else they may be written: ``living room`` for ``living_room``, and their other names."""
    known = [one for one in things if isinstance(one, dict)]
    out: dict[str, str] = {}
    for spelt in ("id", "names"):
        for one in known:
            for name in (one["id"],) if spelt == "id" else one.get("names", ()):
                out.setdefault(_name(str(name)), one["id"])
    return out


def _by_id(fact: str, ids: Mapping[str, str]) -> str:
    """A fact with its things by their ids, however they are written."""
    begin, bracket, rest = fact.partition("(")
    given = [one.strip() for one in rest.rstrip().removesuffix(")").split(",")] if bracket else []
    meant = [one if one in ids.values() else ids.get(_name(one), one) for one in given]
    return f"{begin}({', '.join(meant)})" if bracket else fact


def _renamed(item: Mapping[str, Any], keys: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    """The mapping with other names of keys replaced by those that are known, where these are not there."""
    data = {_word(key): value for key, value in item.items()}
    for key, others in keys.items():
        for other in others:
            if key not in data and other in data:
                data[key] = data.pop(other)
    return data


def _listed(given: Any, name: str) -> list[Any]:
    """A list of mappings from a list, from a mapping by name, or from the properties of a JSON schema."""
    if isinstance(given, Mapping):
        given = given.get("properties", given) if given.get("type") == "object" else given
        return [{name: key, **(one if isinstance(one, Mapping) else {"type": one} if name == "name" else {})}
                for key, one in given.items()]  # fmt: skip
    if not isinstance(given, list | tuple):
        return [] if given is None else [given]
    return [{name: one, "type": "object"} if isinstance(one, str) and name == "name" else
            {name: one} if isinstance(one, str) else one for one in given]  # fmt: skip


def _known(data: Mapping[str, Any], keys: set[str], origin: str, used: Iterable[str] = ()) -> dict[str, Any]:
    """The keys of the data models; other keys are left out, with a warning."""
    spare = sorted(set(data) - keys - set(used))
    if spare:
        _log.warning("%s: not used for planning: %s", origin, ", ".join(spare))
    return {key: value for key, value in data.items() if key in keys}


def _texts(given: Any) -> list[str]:
    """A list of texts from a list or from one text with semicolons."""
    if isinstance(given, str):
        return [one.strip() for one in given.split(";") if one.strip()]
    return [str(one) for one in given] if isinstance(given, list | tuple) else []


def literal_text(text: str) -> str:
    """A fact with its variables as ``$x``, its negation as ``not``, and its predicate in small letters.

    Args:
        text: The fact as it is written, e.g. ``!handsFree(?robot)``.
    """
    text = _VARIABLE.sub(lambda found: f"${found[1] or found[2] or found[3]}", text.strip())
    text = re.sub(r"^(?:!|~|¬)\s*", "not ", text)
    return _PREDICATE.sub(lambda found: "_".join(name_words(found[0])), text)


def _word(value: Any) -> str:
    """A choice as a word; YAML reads ``on`` and ``off`` as truth values."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _name(text: str) -> str:
    """A name as ids are written."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")
