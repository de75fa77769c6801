"""Mesh files of objects (OBJ, STL) as bodies, with limits and clear errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.solid import MeshBody, convex_solid

Array = np.ndarray
FORMATS = ("obj", "stl")
LARGEST_FILE = 20_000_000
"""Bytes."""
MOST_FACES = 50_000
EXTENTS = (0.002, 3.0)
"""Least and largest greatest extent that an object has, m."""
CONCAVITY = 0.05
"""Concavity up to which coacd leaves a part whole, as a share of the body."""


def load_solid(path: Path, scale: float = 1.0) -> MeshBody:
    """Reads a mesh file; the body's origin becomes the middle of its bounding box.

    Convex parts come from coacd where it is installed (extra ``meshes``); without it physics has the convex hull.

    Args:
        path: An OBJ or STL file.
        scale: Metres for each unit of the file.

    Raises:
        DataError: It is missing, too large, empty, not closed, or not in metres.
    """
    mesh = _mesh(path)
    vertices, faces = scale * np.asarray(mesh.vertices, float), np.asarray(mesh.faces, int)
    extent = float(np.ptp(vertices, axis=0).max())
    if not EXTENTS[0] <= extent <= EXTENTS[1]:
        raise DataError(
            f"{path}: {extent:g} m large, which is no object for a hand; if it is not in metres, state "
            f"'mesh_scale', e.g. 0.001 for millimetres"
        )
    hull = convex_solid(vertices)
    parts = hull.parts if mesh.is_convex else _convex_parts(vertices, faces) or hull.parts
    return MeshBody(((vertices, faces),), parts).scaled(np.ones(3))


def _mesh(path: Path) -> Any:
    """The triangles of a file, checked."""
    import trimesh  # slow to import; only who has meshes needs it

    kind = path.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise DataError(f"{path}: a mesh is a file of {', '.join(FORMATS)}, not '{kind}'")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{path}: larger than {LARGEST_FILE // 1_000_000} MB; reduce its faces")
        with path.open("rb") as content:  # without a resolver, so that it names no other files
            mesh: Any = trimesh.load_mesh(content, file_type=kind)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    except DataError:
        raise
    except Exception as error:  # whatever a broken file makes the parser raise
        raise DataError(f"{path}: no {kind} file: {error}") from error
    if not len(getattr(mesh, "faces", ())):
        raise DataError(f"{path}: it has no triangles")
    if len(mesh.faces) > MOST_FACES:
        raise DataError(f"{path}: {len(mesh.faces)} triangles are more than {MOST_FACES}; reduce them")
    if not np.isfinite(mesh.vertices).all():
        raise DataError(f"{path}: a vertex is not finite")
    if not mesh.is_watertight:
        raise DataError(f"{path}: its surface is not closed, so nothing says what is inside; close it")
    if mesh.volume < 0.0:
        mesh.invert()
    return mesh


def _convex_parts(vertices: Array, faces: Array) -> tuple[Array, ...]:
    """Convex parts by coacd; none where it is not installed."""
    try:
        import coacd
    except ImportError:
        return ()
    coacd.set_log_level("error")
    found = coacd.run_coacd(coacd.Mesh(vertices, faces), threshold=CONCAVITY, seed=0)
    return tuple(np.asarray(points, float) for points, _ in found)
