"""Markers of a scene as plates to be seen; nothing runs into them."""

from __future__ import annotations

import mujoco
import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import ResourceNotFound, UnknownName
from skill_stack.core.scene_tags import SceneTags

Array = np.ndarray
PIXELS = 32  # of one cell of a marker
THICK = 0.001  # m
NOBODY = 4
"""A contact bit that nothing else has: without any, a model made of a URDF would leave plates out as mere looks."""
_OUT_IS_Z = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""From a frame with x to the right, y up and z out of the marker to its plate's (x out, z up)."""


def add_tags(spec: mujoco.MjSpec, tags: SceneTags) -> None:
    """Adds one plate for each marker, with a white rim of a cell.

    Raises:
        ResourceNotFound: The extra ``perception``, which knows what markers look like, is not installed.
        UnknownName: There is no such family.
    """
    for number, tag in tags.places.items():
        picture, cells = _picture(tags.family, number)
        name, half = f"tag_{number}", tags.edge * (cells + 2) / cells / 2
        texture = spec.add_texture(name=name, type=mujoco.mjtTexture.mjTEXTURE_2D, nchannel=3)
        texture.height, texture.width = picture.shape[:2]
        texture.data = picture.tobytes()
        material = spec.add_material(name=name, specular=0.0, emission=0.3)
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
        turn = Rotation.from_euler("xyz", tag.rpy).as_matrix() @ _OUT_IS_Z
        x, y, z, w = Rotation.from_matrix(turn).as_quat().tolist()
        spec.worldbody.add_geom(
            name=name, type=mujoco.mjtGeom.mjGEOM_BOX, pos=list(tag.xyz), quat=[w, x, y, z], size=[half, half, THICK],
            material=name, contype=NOBODY, conaffinity=0,
        )  # fmt: skip


def _picture(family: str, number: int) -> tuple[Array, int]:
    """A marker as one prints it, with a white rim of a cell, RGB, uint8; and its cells across, black rim included."""
    try:
        import cv2
    except ImportError as error:
        raise ResourceNotFound("markers are drawn by OpenCV: make setup EXTRAS=ros,dev,perception") from error
    named = {
        "tag36h11": cv2.aruco.DICT_APRILTAG_36h11, "tag25h9": cv2.aruco.DICT_APRILTAG_25h9,
        "tag16h5": cv2.aruco.DICT_APRILTAG_16h5, "aruco_4x4": cv2.aruco.DICT_4X4_250,
        "aruco_5x5": cv2.aruco.DICT_5X5_250, "aruco_6x6": cv2.aruco.DICT_6X6_250,
    }  # fmt: skip
    if family not in named:
        raise UnknownName("family of tags", family, named)
    dictionary = cv2.aruco.getPredefinedDictionary(named[family])
    cells = int(dictionary.markerSize) + 2
    marker = cv2.aruco.generateImageMarker(dictionary, number, cells * PIXELS)
    marker = marker[::-1, ::-1] if family.startswith("tag") else marker  # OpenCV has AprilTags upside down
    framed = np.pad(marker, PIXELS, constant_values=255)
    return np.ascontiguousarray(np.repeat(framed[..., None], 3, axis=2)), cells
