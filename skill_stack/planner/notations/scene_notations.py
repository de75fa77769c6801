"""Scene notations: nested rooms, relations as triples or edges, bare names and coordinates → objects and facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from skill_stack.planner.notations.skill_notations import literals_in

LISTS = (
    "objects", "things", "entities", "items", "nodes", "vertices", "places", "rooms", "locations", "areas", "people",
    "persons", "humans",
)  # fmt: skip
"""Keys under which a scene lists what there is."""

PLACES = ("places", "rooms", "locations", "areas")
"""Those of them that are places."""

RELATIONS = ("relations", "edges", "triples", "links", "predicates", "state_facts", "relationships")
"""Keys under which a scene states relations of things."""

CONTENTS = ("objects", "contains", "contents", "items", "things", "furniture", "rooms", "children")
"""Keys of a thing under which it lists what is in it or on it."""

SPATIAL = {
    "inside": "in", "inside_of": "in", "within": "in", "located_in": "in", "is_in": "in", "on_top_of": "on",
    "is_on": "on", "upon": "on", "ontop": "on", "next_to": "near", "beside": "near", "close_to": "near",
    "located_at": "at", "is_at": "at",
}  # fmt: skip
"""Relations in other words, and what they are called here."""

EDGES = (
    ("from", "source", "subject", "src", "a"),
    ("relation", "predicate", "rel", "type", "label", "name"),
    ("to", "target", "object", "dst", "b"),
)
"""Keys of an edge: where it begins, what it is, where it ends."""

OTHER = frozenset(
    "name description start size origin facts init robot walls cameras lights frame units version".split()
)
"""Keys of a scene that are no things."""


def scene_plain(data: Any) -> Any:
    """A scene with lists of flat things and with facts, where its notation is known.

    Args:
        data: The scene as it is written.
    """
    if isinstance(data, list):
        data = {"objects": data}
    if not isinstance(data, Mapping):
        return data
    data = _listed(data)
    out = {key: value for key, value in data.items() if key not in (*RELATIONS, "nodes", "vertices")}
    facts = [text for key in ("facts", "init") for text in literals_in(out.pop(key, []))]
    facts += [fact for key in RELATIONS for fact in _relations(data.get(key, []))]
    out |= _lists(data, facts)
    _spoken_of(out, facts)
    return {**out, "facts": facts} if facts else out


def _lists(data: Mapping[str, Any], facts: list[str]) -> dict[str, Any]:
    """The lists of a scene with flat things; contained things are among its objects, and facts state where."""
    out: dict[str, Any] = {}
    inner: list[Any] = []
    for key in LISTS:
        if isinstance(data.get(key), list | Mapping):
            whole = [list(_flat(item, key in PLACES, facts)) for item in _items(data[key])]
            name = "objects" if key in ("nodes", "vertices") else key
            out[name] = [one for flat in whole for one in flat[:1]]
            inner += [one for flat in whole for one in flat[1:]]
    if inner:
        out["objects"] = [*out.get("objects", data.get("objects", [])), *inner]
    return out


def _listed(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A scene with a list of things, also where it has them by their names beside its other keys."""
    spare = {key: value for key, value in data.items() if key not in OTHER and key not in RELATIONS}
    if not spare or any(key in data for key in LISTS):
        return data
    if not all(isinstance(one, Mapping | list | str) for one in spare.values()):
        return data
    return {**{key: value for key, value in data.items() if key not in spare}, "objects": spare}


def _items(given: Any) -> list[Any]:
    """Things of a list, or of a mapping by name: to what they are, where they are, or what kind they have."""
    if not isinstance(given, Mapping):
        return [{"id": one} if isinstance(one, str) else one for one in given]
    out: list[Any] = []
    for name, one in given.items():
        if isinstance(one, str):
            out.append({"id": str(name), "type": one})
        elif isinstance(one, list | tuple):
            numbers = bool(one) and all(isinstance(k, int | float) for k in one)
            out.append({"id": str(name), **({"position": list(one)} if numbers else {"contains": one})})
        elif isinstance(one, Mapping) and set(one) <= {"x", "y", "z", "yaw", "theta"} and one:
            out.append({"id": str(name), "position": dict(one)})
        else:
            out.append({"id": str(name), **(one if isinstance(one, Mapping) else {})})
    return out


def _flat(item: Any, place: bool, facts: list[str]) -> Iterator[Any]:
    """A thing, and what it contains; that it is in it or on it becomes a fact."""
    if not isinstance(item, Mapping):
        yield item
        return
    data = _thing(item)
    inner = [one for key in CONTENTS if isinstance(data.get(key), list | Mapping) for one in _items(data.pop(key))]
    name = str(data.get("id", data.get("name", "")))
    kind = str(data.get("kind", data.get("type", "")))
    room = place or kind in ("room", "place", "area", "zone", "location", "floor", "house")
    yield data
    for one in inner:
        if isinstance(one, Mapping):
            within = str(one.get("id", one.get("name", "")))
            facts.append(f"{'in' if room else 'on'}({_id(within)}, {_id(name)})")
        yield from _flat(one, False, facts)


def _thing(item: Mapping[Any, Any]) -> dict[str, Any]:
    """A thing with its coordinates, its names and the kind of a person where the models look for them."""
    data = {_key(key): value for key, value in item.items()}
    for key in ("position", "pos", "pose", "location", "coordinates", "coords", "xyz", "xy"):
        where = _coordinates(data.get(key), key)
        if where is not None:
            data.pop(key)
            data["position"] = where
    if "label" in data and "id" in data:
        data["names"] = [str(data.pop("label")), *(data.get("names") or [])]
    if str(data.get("type", data.get("class", data.get("category", "")))).casefold() == "human":
        data |= {"kind": "person"}
        data = {key: value for key, value in data.items() if key not in ("type", "class", "category")}
    return data


def _coordinates(given: Any, key: str) -> list[float] | None:
    """Coordinates as a list, or None where they are none; of a pose the place alone."""
    if isinstance(given, Mapping) and {"x", "y"} <= set(given):
        given = [given["x"], given["y"], *([given["z"]] if "z" in given else [])]
    numbers = isinstance(given, list | tuple) and len(given) >= 2 and all(isinstance(one, int | float) for one in given)
    if not numbers:
        return None
    return [float(one) for one in given[: 2 if key == "pose" else 3]]


def _relations(given: Any) -> Iterator[str]:
    """Facts of triples, edges, and words such as ``cup on table``."""
    for one in given if isinstance(given, list) else ():
        if isinstance(one, str):
            if "(" in one:
                yield from literals_in(one)
                continue
            one = one.split(maxsplit=2) if len(one.split()) == 3 else one.split(" ", 2)
        if isinstance(one, Mapping):
            one = [next((one[key] for key in keys if key in one), None) for keys in EDGES]
        if isinstance(one, list | tuple) and len(one) == 3 and all(isinstance(part, str) for part in one):
            name = _id(one[1])
            yield f"{SPATIAL.get(name, name)}({_id(one[0])}, {_id(one[2])})"


def _spoken_of(scene: dict[str, Any], facts: list[str]) -> None:
    """Adds things that only facts of place name: a thing that contains others is a room."""
    known = _known(scene)
    for fact in facts if known else ():
        found = re.fullmatch(r"(in|on|at|near)\(([\w-]+), *([\w-]+)\)", fact)
        for at, name in enumerate(found.groups()[1:]) if found else ():
            if _id(name) in known or name == "robot":
                continue
            known.add(_id(name))
            thing = {"id": name, "type": "room"} if at == 1 and fact.startswith("in(") else {"id": name}
            scene.setdefault("objects", []).append(thing)


def _known(scene: Mapping[str, Any]) -> set[str]:
    """Ids and other names of the things that a scene lists."""
    listed = [scene[key] for key in LISTS if isinstance(scene.get(key), list)]
    things = [one for some in listed for one in some if isinstance(one, Mapping)]
    names = {_id(str(name)) for one in things for name in (one.get("names") or one.get("aliases") or ())}
    return names | {_id(str(one.get("id", one.get("name", "")))) for one in things}


def _key(key: Any) -> str:
    """A key as text; YAML reads ``on`` as a truth value."""
    return {True: "on", False: "off"}[key] if isinstance(key, bool) else str(key)


def _id(text: str) -> str:
    """A name as ids are written."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text.strip()).strip("_") or text
