"""The body of an object of shape ``mesh``: from a file, or drawn by a seed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.drawn_solids import drawn_solid
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.solid import MeshBody
from skill_stack.core.world.solid_file import load_solid

DRAWN = "drawn:"
"""Beginning of the mesh of an object whose shape a seed draws: ``drawn:<family>:<seed>``."""


def solid_of(thing: SceneObject) -> MeshBody:
    """The body of an object of shape ``mesh``, stretched to the object's size.

    Raises:
        DataError: Its mesh file is missing or unusable.
        UnknownName: There is no such family of shapes.
    """
    return _solid(thing.mesh, tuple(thing.size))


@lru_cache(maxsize=64)
def _solid(mesh: str, size: tuple[float, float, float]) -> MeshBody:
    if mesh.startswith(DRAWN):
        family, _, seed = mesh.removeprefix(DRAWN).partition(":")
        if not seed.isdecimal():
            raise DataError(f"mesh '{mesh}': a drawn shape is called {DRAWN}<family>:<seed>")
        made = drawn_solid(family, int(seed))
    else:
        made = load_solid(Path(mesh))
    return made.scaled(np.array(size) / made.size)
