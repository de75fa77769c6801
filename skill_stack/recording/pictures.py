"""Encoders of camera pictures: H.264 where PyAV is installed, else JPEG."""

from __future__ import annotations

import io
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from PIL import Image

from skill_stack.recording.cdr import CdrWriter
from skill_stack.recording.format import PICTURE_TYPE, VIDEO_TYPE

Array = np.ndarray
QUALITY = 85
"""Of JPEG."""
KEY_SECONDS = 2.0
"""Seconds after which a picture is one that needs none before it."""
CRF = "26"
"""Constant rate factor of x264: its middle range, in which differences are hard to see."""


class PictureEncoder(Protocol):
    """Encodes the pictures of one camera.

    Attributes:
        type: ROS type of its messages.
    """

    type: str

    def encode(self, pixels: Array, stamp: int, frame: str) -> list[bytes]:
        """Returns the messages that a picture gives.

        Args:
            pixels: RGB, uint8, shape (height, width, 3).
            stamp: When it was taken, wall time, ns.
            frame: Name of the frame of the camera.
        """


class JpegEncoder:
    """Pictures one by one, as sensor_msgs/msg/CompressedImage."""

    type = PICTURE_TYPE

    def encode(self, pixels: Array, stamp: int, frame: str) -> list[bytes]:
        """See :class:`PictureEncoder`."""
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "JPEG", quality=QUALITY)
        cdr = CdrWriter()
        cdr.time(stamp)
        cdr.text(frame)
        cdr.text("jpeg")
        cdr.blob(data.getbuffer())
        return [cdr.done()]


class VideoEncoder:
    """A film in H.264 without B-frames, as foxglove_msgs/msg/CompressedVideo."""

    type = VIDEO_TYPE

    def __init__(self, rate: float) -> None:
        """Prepares for pictures of any size.

        Args:
            rate: Pictures per second, about.
        """
        self._rate = rate
        self._codec: Any = None
        self._shape: tuple[int, ...] = ()
        self._number = 0

    def _open(self, height: int, width: int) -> Any:
        import av

        codec = av.CodecContext.create("libx264", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.time_base = Fraction(1, 1000)
        codec.gop_size = max(round(KEY_SECONDS * self._rate), 1)
        codec.max_b_frames = 0
        codec.thread_count = 1
        codec.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": CRF, "annexb": "1"}
        return codec

    def encode(self, pixels: Array, stamp: int, frame: str) -> list[bytes]:
        """See :class:`PictureEncoder`. Odd last rows and columns are left out, since the format has none."""
        import av

        height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
        if (height, width) != self._shape:
            self._codec, self._shape = self._open(height, width), (height, width)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels[:height, :width]), "rgb24")
        picture.pts = self._number
        self._number += 1
        messages = []
        for packet in self._codec.encode(picture):
            cdr = CdrWriter()
            cdr.time(stamp)
            cdr.text(frame)
            cdr.blob(bytes(packet))
            cdr.text("h264")
            messages.append(cdr.done())
        return messages


def encoder(rate: float) -> PictureEncoder:
    """Returns the best encoder that is installed.

    Args:
        rate: Pictures per second, about.
    """
    return VideoEncoder(rate) if find_spec("av") is not None else JpegEncoder()
