"""Pictures as messages: every encoding that is read, and what is refused with its reason."""

import numpy as np
import pytest

pytest.importorskip("rclpy")

from builtin_interfaces.msg import Time
from sensor_msgs.msg import CameraInfo, Image

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.nodes.wire.wire_camera import camera_info_message, colour_of, depth_of, image_message, intrinsics_of

RNG = np.random.default_rng(1)
COLOUR = RNG.integers(0, 255, (6, 8, 3), dtype=np.uint8)
DEPTH = RNG.uniform(0.3, 6.0, (6, 8)).astype(np.float32)


def image(data, encoding, width=8, height=6, big=0):
    return Image(
        height=height, width=width, encoding=encoding, is_bigendian=big, step=data.strides[0], data=data.tobytes()
    )


def test_pictures_come_back_as_they_went() -> None:
    assert (colour_of(image_message(COLOUR, Time(), "camera")) == COLOUR).all()
    assert (depth_of(image_message(DEPTH, Time(), "camera")) == DEPTH).all()


@pytest.mark.parametrize(("encoding", "order"), [("bgr8", [2, 1, 0]), ("rgba8", [0, 1, 2, 0]), ("bgra8", [2, 1, 0, 0])])
def test_other_orders_of_colour_are_read(encoding, order) -> None:
    data = np.ascontiguousarray(COLOUR[:, :, order])
    assert (colour_of(image(data, encoding)) == COLOUR).all()


@pytest.mark.parametrize("big", [0, 1])
def test_depth_in_millimetres_is_read_in_either_order_of_bytes(big) -> None:
    data = np.round(DEPTH * 1000).astype(">u2" if big else "<u2")
    assert np.abs(depth_of(image(data, "16UC1", big=big)) - DEPTH).max() < 0.00051


def test_rows_may_be_longer_than_the_picture() -> None:
    padded = np.zeros((6, 32), np.uint8)
    padded[:, :24] = COLOUR.reshape(6, 24)
    assert (colour_of(image(padded, "rgb8")) == COLOUR).all()


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (image(COLOUR, "yuv422"), "colour comes as 'yuv422'; readable are rgb8"),
        (image(COLOUR[:3], "rgb8"), "has 72 bytes in rows of 24"),
        (Image(encoding="rgb8"), "empty"),
    ],
)
def test_what_cannot_be_read_is_refused(message, reason) -> None:
    with pytest.raises(DataError, match=reason):
        colour_of(message)
    with pytest.raises(DataError, match="depth comes as"):
        depth_of(message)


def test_intrinsics_come_back_and_missing_ones_have_a_fault() -> None:
    view = Intrinsics.from_view(640, 480, 1.2)
    assert intrinsics_of(camera_info_message(view, Time(), "camera")) == view
    assert "not calibrated" in intrinsics_of(CameraInfo(width=640, height=480)).fault
