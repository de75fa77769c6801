"""Pictures and intrinsics as messages, and back."""

from __future__ import annotations

import sys

import numpy as np
from builtin_interfaces.msg import Time
from sensor_msgs.msg import CameraInfo, Image

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.nodes.wire.wire_basics import header

Array = np.ndarray
COLOURS = {"rgb8": (0, 1, 2), "bgr8": (2, 1, 0), "rgba8": (0, 1, 2), "bgra8": (2, 1, 0), "mono8": (0, 0, 0)}
"""Encodings of colour, and which of their channels are red, green and blue."""
CHANNELS = {"rgb8": 3, "bgr8": 3, "rgba8": 4, "bgra8": 4, "mono8": 1}
DEPTHS = {"16UC1": ("u2", 0.001), "mono16": ("u2", 0.001), "32FC1": ("f4", 1.0)}
"""Encodings of depth: type of numbers, and m of one step (REP-118)."""


def image_message(pixels: Array, stamp: Time, frame: str) -> Image:
    """A picture.

    Args:
        pixels: RGB, uint8, shape (height, width, 3), or depth in m, float32, shape (height, width).
        stamp: When it was taken.
        frame: Optical frame, prefix included.
    """
    depth = pixels.ndim == 2
    data = np.ascontiguousarray(pixels, np.float32 if depth else np.uint8)
    return Image(
        header=header(stamp, frame),
        height=data.shape[0],
        width=data.shape[1],
        encoding="32FC1" if depth else "rgb8",
        is_bigendian=int(sys.byteorder == "big"),
        step=data.strides[0],
        data=data.tobytes(),
    )


def colour_of(message: Image) -> Array:
    """RGB, uint8, shape (height, width, 3).

    Raises:
        DataError: The encoding is none of :data:`COLOURS`, or the data are too short.
    """
    if message.encoding not in COLOURS:
        raise DataError(f"colour comes as '{message.encoding}'; readable are {', '.join(COLOURS)}")
    count = CHANNELS[message.encoding]
    rows = _rows(message, count)
    pixels = rows[:, : message.width * count].reshape(message.height, message.width, count)
    return np.ascontiguousarray(pixels[:, :, list(COLOURS[message.encoding])])


def depth_of(message: Image) -> Array:
    """Depth, m, float32, shape (height, width); what is no number stays as it is.

    Raises:
        DataError: The encoding is none of :data:`DEPTHS`, or the data are too short.
    """
    if message.encoding not in DEPTHS:
        raise DataError(f"depth comes as '{message.encoding}'; readable are {', '.join(DEPTHS)}")
    name, unit = DEPTHS[message.encoding]
    kind = np.dtype((">" if message.is_bigendian else "<") + name)
    rows = _rows(message, kind.itemsize)[:, : message.width * kind.itemsize]
    values = np.ascontiguousarray(rows).view(kind)
    return np.asarray(values.astype(np.float32) * np.float32(unit))


def _rows(message: Image, size: int) -> Array:
    step = message.step or message.width * size
    data = np.frombuffer(bytes(message.data), np.uint8)
    if not message.height or not message.width:
        raise DataError("the picture is empty")
    if step < message.width * size or data.size < step * message.height:
        said = f"{message.width} x {message.height} {message.encoding}"
        raise DataError(f"a picture of {said} has {data.size} bytes in rows of {step}")
    return data[: step * message.height].reshape(message.height, step)


def camera_info_message(intrinsics: Intrinsics, stamp: Time, frame: str) -> CameraInfo:
    """Intrinsics without distortion."""
    i = intrinsics
    k = [i.fx, 0.0, i.cx, 0.0, i.fy, i.cy, 0.0, 0.0, 1.0]
    p = [i.fx, 0.0, i.cx, 0.0, 0.0, i.fy, i.cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    message = CameraInfo(header=header(stamp, frame), height=i.height, width=i.width, distortion_model="plumb_bob")
    message.k, message.p, message.d = k, p, [0.0] * 5
    message.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    return message


def intrinsics_of(message: CameraInfo) -> Intrinsics:
    """Intrinsics; of a camera that was never calibrated they have a :attr:`Intrinsics.fault`."""
    k = message.k
    return Intrinsics(message.width, message.height, float(k[0]), float(k[4]), float(k[2]), float(k[5]))
