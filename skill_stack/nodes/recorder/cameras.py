"""Cameras: pictures of a robot, from shared memory or from topics, encoded for its recording."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Image

from skill_stack.core.errors import DataError
from skill_stack.core.robots.deployment import Deployment
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing, rgbd_path
from skill_stack.recording.format import COMPRESSED, topic
from skill_stack.recording.pictures import PictureEncoder, encoder
from skill_stack.recording.recorder import RunRecorder
from skill_stack.recording.run_writer import RunWriter

Array = np.ndarray
NS = 10**9
DROPPED_FROM = 16_000_000
"""Bytes that wait for the disk from which pictures are left out, so that everything else still fits."""
_ORDER = {"rgb8": (0, 1, 2), "bgr8": (2, 1, 0), "rgba8": (0, 1, 2), "bgra8": (2, 1, 0), "mono8": (0, 0, 0)}
"""Places of red, green and blue in a pixel."""


def picture_of(message: Image) -> Array | None:
    """RGB pixels of a message, uint8, shape (height, width, 3); None for what is no colour picture, or is cut off."""
    order = _ORDER.get(message.encoding)
    if order is None:
        return None
    depth = 1 if message.encoding == "mono8" else len(message.encoding) - 1
    data = np.frombuffer(message.data, np.uint8)
    if len(data) < message.step * message.height or message.step < message.width * depth:
        return None
    rows = data[: message.step * message.height].reshape(message.height, message.step)
    pixels = rows[:, : message.width * depth].reshape(message.height, message.width, depth)
    return np.ascontiguousarray(pixels[:, :, list(order)])


class Cameras:
    """Records the pictures of a deployment.

    Attributes:
        instead_of: Topics that need not be heard, since their pictures are in shared memory.
        dropped: Pictures that were left out since the disk was slow.
    """

    def __init__(self, recorder: RunRecorder, deployment: Deployment, block: Path, namespace: str) -> None:
        """Takes the settings of a deployment.

        Args:
            recorder: What records.
            deployment: The deployment.
            block: The robot's shared block.
            namespace: ROS namespace.
        """
        self._recorder, self._wanted, self._namespace = recorder, deployment.recording, namespace.strip("/")
        seen = deployment.perception
        self._name = seen.camera
        self._path = rgbd_path(block, seen.camera) if seen.camera and seen.source == "simulator" else None
        self.instead_of = frozenset({topic(self._namespace, "camera/image_raw")} if self._path else ())
        self.dropped = 0
        self._ring: RgbdRing | None = None
        self._stamp = -1.0
        self._due: dict[str, float] = {}
        self._encoders: dict[str, PictureEncoder] = {}
        self._writer: RunWriter | None = None

    def look(self, now: float) -> None:
        """Records the newest picture in shared memory.

        Args:
            now: Monotonic time, s.
        """
        if self._path is None or not self._is_due(self._name, now):
            return
        if self._ring is None or self._ring.replaced:
            try:
                self._ring = RgbdRing(self._path)
            except (FileNotFoundError, DataError):
                return
        look = self._ring.newest()
        if look is not None and look[0] != self._stamp:
            self._stamp = look[0]
            self._record(self._name, look[1], int(time.time() * NS), self._name, now)

    def take(self, at: str, data: bytes) -> None:
        """Records a picture of a topic.

        Args:
            at: Name of the topic.
            data: The sensor_msgs/Image in CDR.
        """
        now = time.monotonic()
        if not self._is_due(at, now):
            return
        message = deserialize_message(data, Image)
        pixels = picture_of(message)
        if pixels is not None:
            stamp = message.header.stamp.sec * NS + message.header.stamp.nanosec
            self._record(at, pixels, stamp, message.header.frame_id, now)

    def _is_due(self, name: str, now: float) -> bool:
        if not self._wanted.cameras or self._recorder.writer is None:
            return False
        if self._recorder.writer is not self._writer:  # a new file must not need pictures of the one before
            self._writer, self._encoders = self._recorder.writer, {}
        if self._recorder.writer.backlog > DROPPED_FROM:
            self.dropped += 1
            return False
        return now >= self._due.get(name, 0.0)

    def _record(self, name: str, pixels: Array, stamp: int, frame: str, now: float) -> None:
        self._due[name] = now + 1.0 / self._wanted.picture_rate
        if name not in self._encoders:
            self._encoders[name] = encoder(self._wanted.picture_rate)
        made, received = self._encoders[name], int(time.time() * NS)
        at = name if name.startswith("/") else topic(self._namespace, name)
        for data in made.encode(pixels, stamp, frame):
            self._recorder.take(f"{at}/{COMPRESSED}", made.type, data, received, stamp)
