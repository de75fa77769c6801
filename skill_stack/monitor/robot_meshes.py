"""Robot meshes reduced for a web page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np
import trimesh

from skill_stack.core.errors import DataError
from skill_stack.monitor.link_transform import LinkTransform
from skill_stack.monitor.robot_tree import LinkShape, RobotTree

Array = np.ndarray
Colour = tuple[float, float, float]

TRIANGLES = 24_000
"""Triangles of a whole robot: the page opens at once and renders smoothly without a graphics card."""

_GREY: Colour = (0.62, 0.64, 0.68)
_CREASE = np.radians(35)  # rad, edges sharper than this stay edges
_KEEP = 300  # triangles that no mesh goes below: small parts would lose their shape


@dataclass(frozen=True, slots=True)
class LinkMesh:
    """One surface of one colour on a link.

    Attributes:
        link: Link that carries it.
        place: Pose in the link's frame.
        vertices: m, shape (vertices, 3), float32; split along edges, so that smooth shading keeps them.
        faces: Indices of vertices, shape (faces, 3), uint32.
        colour: sRGB, each 0 to 1.
    """

    link: str
    place: LinkTransform
    vertices: Array
    faces: Array
    colour: Colour


@dataclass(frozen=True, slots=True)
class MeshSurface:
    """One surface of one colour, before it is put on a link; fields as in :class:`LinkMesh`."""

    vertices: Array
    faces: Array
    colour: Colour


def load_meshes(tree: RobotTree, triangles: int = TRIANGLES) -> tuple[tuple[LinkMesh, ...], tuple[str, ...]]:
    """Loads the visuals of a robot, simplified to a number of triangles.

    A link whose visual meshes cannot be read is shown by its collision shapes.

    Args:
        tree: The robot; mesh addresses are paths or ``file://``.
        triangles: About how many triangles the whole robot may have.

    Returns:
        The surfaces, and a sentence for every mesh that could not be read.
    """
    problems: list[str] = []
    raw: dict[tuple[str, tuple[float, float, float]], list[trimesh.Trimesh]] = {}
    shown: list[LinkShape] = []
    for link in tree.links:
        for shapes in (tree.visuals, tree.collisions):
            mine = [shape for shape in shapes if shape.link == link]
            good = [shape for shape in mine if _readable(shape, raw, problems)]
            shown.extend(good)
            if good:
                break
    total = sum(len(mesh.faces) for shape in shown for mesh in raw[_key(shape)]) or 1
    share = min(1.0, triangles / total)
    surfaces = {key: [_lighten(mesh, share) for mesh in meshes] for key, meshes in raw.items()}
    return tuple(_on_links(shown, surfaces)), tuple(problems)


def _on_links(shapes: Iterable[LinkShape], surfaces: dict[tuple, list[MeshSurface]]) -> Iterable[LinkMesh]:
    for shape in shapes:
        own = shape.colour[:3] if shape.colour and shape.form != "mesh" else None
        for surface in surfaces[_key(shape)]:
            yield LinkMesh(shape.link, shape.place, surface.vertices, surface.faces, own or surface.colour)


def _key(shape: LinkShape) -> tuple[str, tuple[float, float, float]]:
    return shape.mesh or shape.form, shape.size


def _readable(shape: LinkShape, raw: dict[tuple, list[trimesh.Trimesh]], problems: list[str]) -> bool:
    """Reads a shape's meshes into ``raw`` unless they are there; notes a problem and returns False on failure."""
    if _key(shape) in raw:
        return True
    try:
        raw[_key(shape)] = _read(shape)
    except DataError as error:
        if str(error) not in problems:
            problems.append(str(error))
        return False
    return True


def _read(shape: LinkShape) -> list[trimesh.Trimesh]:
    """The meshes of a shape, one per material, scaled, in the shape's frame; raises DataError."""
    if shape.form == "box":
        return [trimesh.creation.box(shape.size)]
    if shape.form == "cylinder":
        return [trimesh.creation.cylinder(shape.size[0] / 2, shape.size[2], sections=24)]
    if shape.form == "sphere":
        return [trimesh.creation.icosphere(3, shape.size[0] / 2)]
    path = Path(unquote(urlparse(shape.mesh).path))
    try:
        scene = trimesh.load_scene(path)
    except (OSError, ValueError, NotImplementedError, ImportError) as error:
        raise DataError(f"mesh {path.name} cannot be shown: {error}") from error
    meshes = [mesh for mesh in scene.dump() if isinstance(mesh, trimesh.Trimesh)]
    if not meshes:
        raise DataError(f"mesh {path.name} cannot be shown: there are no triangles in it")
    return [mesh.apply_scale(shape.size) for mesh in meshes]


def _lighten(mesh: trimesh.Trimesh, share: float) -> MeshSurface:
    """A mesh with a share of its triangles, its creases split."""
    colour = _colour(mesh)
    bare = trimesh.Trimesh(mesh.vertices, mesh.faces, process=True)  # merges the vertices that normals had split
    bare.merge_vertices(merge_norm=True, merge_tex=True)
    wanted = max(int(len(bare.faces) * share), _KEEP)
    if wanted < len(bare.faces):
        bare = bare.simplify_quadric_decimation(face_count=wanted)
    smooth = trimesh.graph.smooth_shade(bare, angle=_CREASE)
    return MeshSurface(smooth.vertices.astype(np.float32), smooth.faces.astype(np.uint32), colour)


def _colour(mesh: trimesh.Trimesh) -> Colour:
    """The main colour of a mesh's material; grey when it has none."""
    material = getattr(mesh.visual, "material", None)
    if material is None:
        return _GREY
    r, g, b = (float(part) / 255 for part in material.main_color[:3])
    return r, g, b
