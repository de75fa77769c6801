"""Scans and point clouds as messages: as drivers send them, and as nobody should."""

import numpy as np
import pytest

pytest.importorskip("sensor_msgs", reason="needs ROS 2")

from sensor_msgs.msg import LaserScan, PointCloud2, PointField

from skill_stack.core.errors import DataError
from skill_stack.nodes.wire.wire_ranges import beams_of, cloud_of

POINTS = np.arange(18, dtype=float).reshape(6, 3) / 4


def scan(**changed) -> LaserScan:
    given = {"angle_min": -1.0, "angle_increment": 0.5, "range_min": 0.1, "range_max": 9.0, "ranges": [1.0, 2.0, 3.0]}
    return LaserScan(**{**given, **changed})


def cloud(points=POINTS, kind="f4", height=1, big=False, skip=4, padding=0, names="xyz") -> PointCloud2:
    """A cloud with other bytes before, between and after, as intensity, ring and padding of rows."""
    number = {"f4": PointField.FLOAT32, "f8": PointField.FLOAT64, "i4": PointField.INT32}[kind]
    size, width = int(kind[1]), len(points) // height
    step = skip + 3 * (size + 1)
    fields = [PointField(name=n, offset=skip + i * (size + 1), datatype=number, count=1) for i, n in enumerate(names)]
    data, order = b"", (">" if big else "<") + kind
    for row in points.reshape(height, width, 3):
        for point in row:
            data += b"\x07" * skip + b"".join(np.array(v, order).tobytes() + b"\x09" for v in point)
        data += b"\x00" * padding
    about = {"height": height, "width": width, "point_step": step, "row_step": width * step + padding}
    return PointCloud2(fields=fields, is_bigendian=big, data=data, **about)


def test_beams_have_directions_and_distances() -> None:
    angles, ranges, limits = beams_of(scan())
    assert angles.tolist() == [-1.0, -0.5, 0.0] and ranges.tolist() == [1.0, 2.0, 3.0]
    assert limits == pytest.approx((0.1, 9.0))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ranges": []}, "a scan of 0 beams"),
        ({"range_min": 5.0, "range_max": 1.0}, "a scan from 5 to 1 m"),
        ({"angle_increment": 90.0}, "turns more than twice"),
    ],
)
def test_a_scan_that_makes_no_sense_is_refused(changed, message) -> None:
    with pytest.raises(DataError, match=message):
        beams_of(scan(**changed))


@pytest.mark.parametrize("form", [{}, {"kind": "f8"}, {"big": True}, {"height": 2, "padding": 5}, {"skip": 0}])
def test_points_are_read_in_every_form(form) -> None:
    assert np.array_equal(cloud_of(cloud(**form)), POINTS)


@pytest.mark.parametrize(
    ("form", "changed", "message"),
    [
        ({"names": "xyw"}, {}, "a cloud without z; it has x, y, w"),
        ({"kind": "i4"}, {}, "no 32-bit or 64-bit number"),
        ({}, {"data": b"123"}, "came with 3 bytes"),
        ({}, {"row_step": 7}, "6 points of 19 bytes"),
        ({}, {"point_step": 5, "row_step": 30}, "within its 5 bytes"),
        ({}, {"width": 4_000_000}, "at most 500000"),
    ],
)
def test_a_cloud_that_makes_no_sense_is_refused(form, changed, message) -> None:
    made = cloud(**form)
    for name, value in changed.items():
        setattr(made, name, value)
    with pytest.raises(DataError, match=message):
        cloud_of(made)
