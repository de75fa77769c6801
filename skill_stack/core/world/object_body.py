"""The body of an object of shape ``mesh``: from a file, or drawn by a seed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.drawn_solids import drawn_solid, laid_solid
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.solid import MeshBody
from skill_stack.core.world.solid_file import load_solid

DRAWN = {"drawn": drawn_solid, "laid": laid_solid}
"""Makers of shapes that a seed draws, by the beginning of the mesh: ``drawn:<family>:<seed>``; ``laid`` is stretched,
and stands on its firmest side.
"""


def is_drawn(mesh: str) -> bool:
    """Whether a mesh is drawn, not from a file."""
    return mesh.partition(":")[0] in DRAWN


def solid_of(thing: SceneObject) -> MeshBody:
    """The body of an object of shape ``mesh``, stretched to the object's size.

    Raises:
        DataError: Its mesh file is missing or unusable.
        UnknownName: There is no such family of shapes.
    """
    return _solid(thing.mesh, tuple(thing.size))


@lru_cache(maxsize=64)
def _solid(mesh: str, size: tuple[float, float, float]) -> MeshBody:
    if is_drawn(mesh):
        kind, family, seed = (*mesh.split(":", 2), "", "")[:3]
        if not seed.isdecimal():
            raise DataError(f"mesh '{mesh}': a drawn shape is called {kind}:<family>:<seed>")
        made = DRAWN[kind](family, int(seed))
    else:
        made = load_solid(Path(mesh))
    return made.scaled(np.array(size) / made.size)
