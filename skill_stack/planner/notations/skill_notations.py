"""Skill notations: skills as signatures, tools of a model, or planning actions → mappings with known keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

LISTS = (
    "skills", "actions", "functions", "tools", "abilities", "capabilities", "operators", "commands", "api", "methods",
)  # fmt: skip
"""Keys under which a library lists what the robot can do."""

NAMES = ("name", "skill", "action", "function", "command", "id", "title", "tool")
"""Keys under which a skill has its name."""

ARGUMENTS = ("goal", "parameters", "params", "args", "arguments", "inputs")
"""Keys under which a skill has its arguments."""

CONDITIONS = ("preconditions", "precondition", "pre", "requires", "effects", "effect", "post", "postconditions")
"""Keys under which a skill has what it needs and brings about."""

FACT_NAMES = ("predicate", "fact", "relation", "name")
FACT_ARGUMENTS = ("arguments", "args", "params", "of")
"""Keys under which a fact has its predicate, or itself, and what it is about."""

ADDED = ("add", "adds", "set", "positive")
REMOVED = ("del", "delete", "deletes", "remove", "unset", "negative", "not")
"""Keys under which effects are listed apart: what is so afterwards, and what is not."""

_SIGNATURE = re.compile(r"(?:def\s+)?([A-Za-z][\w-]*)\s*(?:\((.*?)\))?\s*(?:->.*?)?:?\s*(?:[\"'#](.*))?", re.DOTALL)
_TYPED = re.compile(r"((?:\?[\w-]+\s+)+)-\s*([\w-]+)|\?([\w-]+)")


def skills_in(data: Any) -> list[Any]:
    """The skills of a library, each as a mapping where its notation is known; empty where none are found.

    Args:
        data: The content of the file.
    """
    found = data
    if isinstance(data, Mapping):
        key = next((one for one in LISTS if isinstance(data.get(one), list | dict) and data[one]), "")
        found = data[key] if key else None
    if isinstance(found, Mapping):
        found = [_named(str(name), one) for name, one in found.items()]
    return [_skill(one) for one in found] if isinstance(found, list) else []


def _named(name: str, content: Any) -> dict[str, Any]:
    """A skill of a mapping by name; what it is mapped to may be its arguments alone, or its description."""
    if isinstance(content, Mapping):
        return {"name": name, **content}
    if isinstance(content, str):
        return {"name": name, "description": content}
    return {"name": name, "args": content if isinstance(content, list) else []}


def _skill(item: Any) -> Any:
    """One skill as a mapping with ``name``."""
    if isinstance(item, str):
        return _signature(item)
    if not isinstance(item, Mapping):
        return item
    inner = item.get("function")
    data: dict[str, Any] = dict(inner) if isinstance(inner, Mapping) else dict(item)
    key = next((one for one in NAMES if isinstance(data.get(one), str)), "")
    if len(data) == 1 and not key:  # "- go_to(place): drives somewhere"
        ((name, content),) = data.items()
        data = {**_signature(str(name)), **_named("", content)}
        data["name"] = _signature(str(name))["name"]
        key = "name"
    if key and key != "name":
        data["name"] = data.pop(key)
    if isinstance(data.get("name"), str):
        data["name"] = re.sub(r"[^A-Za-z0-9_]+", "_", data["name"].strip()).strip("_")
    for one in ARGUMENTS:
        if isinstance(data.get(one), str):
            data[one] = _arguments(data[one])
    itself = _own_name(data)
    names = _argument_names(data)
    for one in CONDITIONS:
        if one in data:
            data[one] = [_variables(text, names, itself) for text in literals_in(data[one])]
    return data


def _own_name(data: dict[str, Any]) -> str:
    """The argument that stands for the robot itself, which is taken away; empty where there is none."""
    for key in ARGUMENTS:
        given = data.get(key)
        typed = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
        own = [one for one in typed if str(one.get("type", "")).casefold() in ("robot", "agent")]
        if len(own) == 1:
            data[key] = [one for one in typed if one is not own[0]]
            return str(own[0].get("name", ""))
    return ""


def _signature(text: str) -> dict[str, Any]:
    """A skill from ``go_to(place: str)``."""
    found = _SIGNATURE.match(text.strip())
    if found is None:
        return {"name": text.strip()}
    data: dict[str, Any] = {"name": found[1], "args": _arguments(found[2] or "")}
    return {**data, "description": found[3].strip(" \"'#.")} if found[3] else data


def _arguments(text: str) -> list[dict[str, Any]]:
    """Arguments from ``object, place: str`` or ``?o - item ?l - location``."""
    if "?" in text:
        pairs = [(one[1] or one[3], one[2] or "") for one in _TYPED.finditer(text)]
        return [{"name": name.lstrip("?"), "type": kind or "object"} for names, kind in pairs for name in names.split()]
    out = []
    for part in (one.strip() for one in text.split(",")):
        name, _, kind = (one.strip() for one in part.partition("=")[0].partition(":"))
        if name and name not in ("self", "robot"):
            out.append({"name": name, "type": kind or "object"})
    return out


def _argument_names(data: Mapping[str, Any]) -> frozenset[str]:
    """Names of the arguments of a skill."""
    given: Any = next((data[one] for one in ARGUMENTS if one in data), [])
    if isinstance(given, Mapping):
        given = given.get("properties", given) if given.get("type") == "object" else given
        return frozenset(map(str, given))
    names = (one.get("name") if isinstance(one, Mapping) else one for one in given) if isinstance(given, list) else ()
    return frozenset(name for name in names if isinstance(name, str))


def _variables(text: str, names: Iterable[str], itself: str = "") -> str:
    """A fact in which arguments of the skill that stand bare are variables: ``near(robot, target)``."""
    head, bracket, rest = text.partition("(")
    if not bracket:
        return text
    inside = [one.strip() for one in rest.rstrip().removesuffix(")").split(",")]
    inside = ["robot" if itself and one in (f"${itself}", f"?{itself}", itself) else one for one in inside]
    return f"{head}({', '.join(f'${one}' if one in set(names) else one for one in inside)})"


def literals_in(given: Any) -> list[str]:
    """Facts as ``predicate(argument, …)`` from lists, planning notation, mappings, or what is added and removed.

    Args:
        given: What a file has for them.
    """
    if isinstance(given, str):
        nested = given.strip()
        return _nested(nested) if nested.startswith("(") else [one.strip() for one in nested.split(";") if one.strip()]
    if isinstance(given, Mapping):
        return _mapped(given)
    return [text for one in given for text in literals_in(one)] if isinstance(given, list | tuple) else []


def _mapped(given: Mapping[str, Any]) -> list[str]:
    """Facts of a mapping: of one fact, of what is added and removed, or by the fact itself."""
    name = next((given[one] for one in FACT_NAMES if isinstance(given.get(one), str)), "")
    if name:
        return [_fact(name, given)]
    added, gone = (literals_in([given.get(one, []) for one in keys]) for keys in (ADDED, REMOVED))
    if added or gone:
        return [*(f"not {one}" for one in gone), *added]
    return [text if value is not False else f"not {text}" for text, value in given.items() if "(" in str(text)]


def _fact(name: str, given: Mapping[str, Any]) -> str:
    """A fact from its predicate, or from itself, and the keys beside it."""
    inside: Any = next((given[one] for one in FACT_ARGUMENTS if one in given), [])
    texts = [str(one) for one in inside] if isinstance(inside, list | tuple) else [str(inside)]
    negative = given.get("value") is False or given.get("negated") is True or given.get("positive") is False
    text = name if "(" in name else f"{name}({', '.join(texts)})"
    return f"not {text}" if negative else text


def _nested(text: str) -> list[str]:
    """Facts of planning notation: ``(and (on ?o ?l) (not (holding ?o)))``."""
    out: list[str] = []
    for found in re.finditer(r"(\(\s*not\s*)?\(\s*([\w-]+)((?:\s+[?$]?[\w-]+)*)\s*\)", text):
        if found[2] in ("and", "or"):
            continue
        inside = ", ".join(one.replace("?", "$") for one in found[3].split())
        out.append(f"{'not ' if found[1] else ''}{found[2].replace('-', '_')}({inside})")
    return out
