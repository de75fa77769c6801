"""Filling: omitted arguments that only one object can fill."""

from __future__ import annotations

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.language.clauses.binding import Binding


def fill(binding: Binding, scene: SceneGraph) -> None:
    """Fills missing parameters whose name only one object has: the printer for ``printer``.

    Args:
        binding: Changed in place, with a note on each assumption.
        scene: The scene.
    """
    for name in list(binding.missing):
        if not any(p.name == name and p.type == "object" for p in binding.frame.skill.goal):
            continue
        fits = [thing for thing in scene.things if name in _last_words(thing)]
        if len(fits) == 1:
            binding.missing.remove(name)
            binding.values[name] = fits[0].id
            binding.assumed += 1
            binding.notes.append(f"no {name} was named, so the {fits[0].label}")


def _last_words(thing: SceneObject) -> set[str]:
    """The last words of an object's kind and names; ``place`` is no such kind."""
    called = (*(() if thing.kind == "place" else (thing.kind,)), *thing.names)
    plain = (name.replace("_", " ").casefold().rstrip("0123456789 ") for name in called)
    return {name.split()[-1] for name in plain if name}
