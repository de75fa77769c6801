"""Markers of a scene as visible plates without contacts."""

from __future__ import annotations

from collections.abc import Iterator

import mujoco
import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import ResourceNotFound, UnknownName
from skill_stack.core.world.scene_tags import SceneTags

Array = np.ndarray
Colour = tuple[float, float, float, float]
LAYER = 0.001  # m between plate, black square and white cells
NOBODY = 4
"""A contact bit that nothing else has: without one, a model made from a URDF would drop the plates as visuals."""
WHITE, BLACK = (0.95, 0.95, 0.95, 1.0), (0.03, 0.03, 0.03, 1.0)


def add_tags(spec: mujoco.MjSpec, tags: SceneTags) -> None:
    """Adds one plate per marker, with a white margin of one cell.

    They are made of boxes: models made of a URDF draw no textures.

    Raises:
        ResourceNotFound: The extra ``perception``, which contains the marker images, is not installed.
        UnknownName: There is no such family, or no object that is to carry one.
    """
    for number, tag in tags.places.items():
        cells = _cells(tags.family, number)
        x, y, z, w = Rotation.from_matrix(tag.rotation).as_quat().tolist()
        carrier = spec.body(tag.carrier) if tag.carrier else spec.worldbody
        if carrier is None:
            raise UnknownName(f"object that carries marker {number}", tag.carrier, [body.name for body in spec.bodies])
        body = carrier.add_body(name=f"tag_{number}", pos=list(tag.xyz), quat=[w, x, y, z])
        edge, side = tags.edge, tags.edge / len(cells)
        _box(body, (0.0, 0.0, -LAYER), (edge + 2 * side, edge + 2 * side), WHITE)
        _box(body, (0.0, 0.0, 0.0), (edge, edge), BLACK)
        for row, first, last in _runs(cells):
            middle = ((first + last) / 2 * side - edge / 2, edge / 2 - (row + 0.5) * side, LAYER)
            _box(body, middle, ((last - first) * side, side), WHITE)


def _box(body: mujoco.MjsBody, place: tuple[float, float, float], size: tuple[float, float], colour: Colour) -> None:
    body.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX, pos=list(place), size=[size[0] / 2, size[1] / 2, LAYER / 2], rgba=colour,
        contype=NOBODY, conaffinity=0, mass=0.0,
    )  # fmt: skip


def _runs(cells: Array) -> Iterator[tuple[int, int, int]]:
    """Row, first column and end of each run of white cells."""
    for row, line in enumerate(cells):
        ends = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(int), [0]])))
        yield from ((row, int(first), int(last)) for first, last in ends.reshape(-1, 2))


def _cells(family: str, number: int) -> Array:
    """White cells of a printed marker, its black border included, bool, shape (cells, cells)."""
    try:
        import cv2
    except ImportError as error:
        raise ResourceNotFound("markers are drawn by OpenCV: make setup") from error
    named = {
        "tag36h11": cv2.aruco.DICT_APRILTAG_36h11, "tag25h9": cv2.aruco.DICT_APRILTAG_25h9,
        "tag16h5": cv2.aruco.DICT_APRILTAG_16h5, "aruco_4x4": cv2.aruco.DICT_4X4_250,
        "aruco_5x5": cv2.aruco.DICT_5X5_250, "aruco_6x6": cv2.aruco.DICT_6X6_250,
    }  # fmt: skip
    if family not in named:
        raise UnknownName("family of tags", family, named)
    dictionary = cv2.aruco.getPredefinedDictionary(named[family])
    count = int(dictionary.markerSize) + 2
    marker = cv2.aruco.generateImageMarker(dictionary, number, count * 4)[2::4, 2::4]
    return np.asarray((marker[::-1, ::-1] if family.startswith("tag") else marker) > 127)  # OpenCV has them upside down
