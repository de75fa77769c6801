"""PolicyPicture: an input of a slow network that takes a camera's newest frame."""

from __future__ import annotations

import numpy as np
from PIL import Image

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.frame_ring import FrameSource
from skill_stack.core.skills.manifest_chunk import ManifestImage

Array = np.ndarray


class PolicyPicture:
    """One input.

    Attributes:
        name: Name of the input.
        array: What the network sees; written by :meth:`take`.
    """

    def __init__(self, entry: ManifestImage, frames: FrameSource, network: ForeignNetwork) -> None:
        """Takes the network's type.

        Args:
            entry: The image's entry in the manifest.
            frames: Who has the frames.
            network: The network.

        Raises:
            DataError: The input has another shape than the manifest states.
        """
        self.name, self._entry, self._frames = entry.name, entry, frames
        size = (entry.height, entry.width)
        shape = (1, 3, *size) if entry.layout == "nchw" else (1, *size, 3)
        if network.shape(entry.name) != shape:
            raise DataError(f"policy: image '{entry.name}' is {list(network.shape(entry.name))}, not {list(shape)}")
        self.array: Array = np.zeros(shape, network.dtype(entry.name))
        self._mean, self._std = np.array(entry.mean, np.float32), np.array(entry.std, np.float32)

    def take(self, task_time: float) -> str:
        """Writes :attr:`array` from the newest frame.

        Args:
            task_time: Task time of the question, s; later frames would be another moment.

        Returns:
            Why there is none, or an empty text.
        """
        entry = self._entry
        frame = self._frames.newest(entry.camera, task_time)
        if frame is None:
            return f"camera '{entry.camera}' has no picture"
        age = task_time - frame.task_time
        if age > entry.max_age:
            return f"the newest picture of camera '{entry.camera}' is {age:.2f} s old, limit {entry.max_age:g} s"
        pixels = frame.pixels
        if pixels.shape[:2] != (entry.height, entry.width):
            scaled = Image.fromarray(pixels).resize((entry.width, entry.height), Image.Resampling.BILINEAR)
            pixels = np.asarray(scaled)
        if entry.channels == "bgr":
            pixels = pixels[:, :, ::-1]
        values = (pixels.astype(np.float32) * np.float32(entry.scale) - self._mean) / self._std
        self.array[0] = values.transpose(2, 0, 1) if entry.layout == "nchw" else values
        return ""
