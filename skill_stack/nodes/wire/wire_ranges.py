"""Measurements of lasers and lidars as ``sensor_msgs/LaserScan`` and ``sensor_msgs/PointCloud2``."""

from __future__ import annotations

import numpy as np
from sensor_msgs.msg import LaserScan, PointCloud2, PointField

from skill_stack.core.errors import DataError

Array = np.ndarray
MOST_BEAMS, MOST_POINTS = 20_000, 500_000
_KINDS = {PointField.FLOAT32: "f4", PointField.FLOAT64: "f8"}


def beams_of(message: LaserScan) -> tuple[Array, Array, tuple[float, float]]:
    """Directions in the plane of the scan, rad, distances, m, and the least and greatest distance.

    Raises:
        DataError: It is not valid; the message states why.
    """
    ranges = np.asarray(message.ranges, float)
    if not 0 < ranges.size <= MOST_BEAMS:
        raise DataError(f"a scan of {ranges.size} beams; 1 to {MOST_BEAMS} are taken")
    if not 0.0 <= message.range_min < message.range_max:
        raise DataError(f"a scan from {message.range_min:g} to {message.range_max:g} m")
    angles = message.angle_min + message.angle_increment * np.arange(ranges.size)
    if not abs(message.angle_increment) * ranges.size <= 4 * np.pi:
        raise DataError(f"a scan of {ranges.size} beams {message.angle_increment:g} rad apart turns more than twice")
    return angles, ranges, (float(message.range_min), float(message.range_max))


def cloud_of(message: PointCloud2) -> Array:
    """Points in the frame of the message, m, shape (N, 3); those without a measurement are not finite.

    Raises:
        DataError: It is not valid; the message states why.
    """
    count, step = message.height * message.width, message.point_step
    if count > MOST_POINTS:
        raise DataError(f"a cloud of {count} points; at most {MOST_POINTS} are taken")
    fields = {field.name: field for field in message.fields}
    if missing := [name for name in "xyz" if name not in fields]:
        raise DataError(f"a cloud without {', '.join(missing)}; it has {', '.join(fields) or 'no fields'}")
    if message.row_step < message.width * step or len(message.data) < message.height * message.row_step:
        raise DataError(f"a cloud of {count} points of {step} bytes came with {len(message.data)} bytes")
    order, kinds = ">" if message.is_bigendian else "<", []
    for name in "xyz":
        kind = _KINDS.get(fields[name].datatype)
        if kind is None or fields[name].offset + int(kind[1]) > step:
            raise DataError(f"a cloud whose {name} is no 32-bit or 64-bit number within its {step} bytes")
        kinds.append(order + kind)
    offsets = [fields[name].offset for name in "xyz"]
    layout = np.dtype({"names": list("xyz"), "formats": kinds, "offsets": offsets, "itemsize": step})
    rows = np.frombuffer(message.data, np.uint8)[: message.height * message.row_step].reshape(message.height, -1)
    packed = np.ascontiguousarray(rows[:, : message.width * step]).reshape(-1).view(layout)
    return np.stack([packed[name].astype(float) for name in "xyz"], axis=-1)
