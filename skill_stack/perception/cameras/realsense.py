"""RealSense: looks of an Intel RealSense over USB, or of a recording; reconnects after it was unplugged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.shared_memory.rgbd_ring import Look
from skill_stack.core.world.camera_frame import Intrinsics

Array = np.ndarray
WAIT = 1000  # ms for a pair of pictures
AGAIN = 1.0  # s between two tries to open it


class RealSense:
    """A thread takes pairs, aligns depth with colour, and keeps the newest.

    Attributes:
        taken: Pairs taken.
        dropped: Pairs that the camera numbered and that never came.
        opened: How often the camera was opened: 1, and one more after each time it was gone.
    """

    def __init__(
        self, width: int, height: int, rate: int, now: Callable[[], float], file: Path | None = None, serial: str = ""
    ) -> None:
        """Starts taking pictures as soon as there is a camera.

        Args:
            width: Of both pictures, pixels.
            height: Of both pictures, pixels.
            rate: Hz; the camera takes the next rate that it can.
            now: Task time, s.
            file: A recording to play instead of a camera.
            serial: Serial number of the camera; empty for the first one.

        Raises:
            ResourceNotFound: ``pyrealsense2`` is not installed.
        """
        try:
            import pyrealsense2
        except ImportError as error:
            needs = "make setup EXTRAS=realsense, and apt-get install libusb-1.0-0"
            raise ResourceNotFound(f"a RealSense needs pyrealsense2: {needs} ({error})") from error
        self._sdk: Any = pyrealsense2
        self._size, self._now, self._file, self._serial = (width, height, max(rate, 6)), now, file, serial
        self._look: Look | None = None
        self._trouble = "the camera has not answered yet"
        self._last = -1
        self.taken = self.dropped = self.opened = 0
        self._ended = threading.Event()
        self._thread = WorkerThread("realsense", self._run, wanted=lambda: not self._ended.is_set(), again=AGAIN)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why there are no looks, or an empty string."""
        return self._trouble

    def newest(self) -> Look | None:
        """The newest look, or None before the first."""
        return self._look

    def close(self) -> None:
        """Releases the camera."""
        self._ended.set()
        self._thread.join(2 * WAIT / 1000)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._take()
            except RuntimeError as error:  # what the library raises for everything: no device, unplugged, busy
                self._trouble = f"RealSense: {error}"
                self._ended.wait(AGAIN)

    def _take(self) -> None:
        """Opens the camera and takes pairs until it is gone."""
        pipeline = self._sdk.pipeline()
        profile = pipeline.start(self._config())
        self.opened, self._last = self.opened + 1, -1
        align = self._sdk.align(self._sdk.stream.color)
        unit = float(profile.get_device().first_depth_sensor().get_depth_scale())
        try:
            while not self._ended.is_set():
                self._keep(align.process(pipeline.wait_for_frames(WAIT)), unit)
        finally:
            pipeline.stop()

    def _config(self) -> Any:
        sdk, config = self._sdk, self._sdk.config()
        if self._file is not None:
            config.enable_device_from_file(str(self._file), repeat_playback=False)
            return config
        if self._serial:
            config.enable_device(self._serial)
        width, height, rate = self._size
        rate = next((one for one in (6, 15, 30, 60) if one >= rate), 60)
        config.enable_stream(sdk.stream.depth, width, height, sdk.format.z16, rate)
        config.enable_stream(sdk.stream.color, width, height, sdk.format.rgb8, rate)
        return config

    def _keep(self, frames: Any, unit: float) -> None:
        depth, colour = frames.get_depth_frame(), frames.get_color_frame()
        if not depth or not colour:
            return
        number = int(depth.get_frame_number())
        if 0 <= self._last < number - 1:
            self.dropped += number - 1 - self._last
        self._last = number
        i = colour.profile.as_video_stream_profile().get_intrinsics()
        view = Intrinsics(i.width, i.height, float(i.fx), float(i.fy), float(i.ppx), float(i.ppy))
        pixels = np.asanyarray(colour.get_data()).copy()
        if colour.profile.format() == self._sdk.format.bgr8:
            pixels = np.ascontiguousarray(pixels[..., ::-1])
        metres = np.asanyarray(depth.get_data()).astype(np.float32) * np.float32(unit)
        age = max(time.time() - 1e-3 * depth.get_timestamp(), 0.0) if self._by_the_wall(depth) else 0.0
        self._look = (self._now() - age, pixels, metres, view)
        self._trouble = ""
        self.taken += 1

    def _by_the_wall(self, frame: Any) -> bool:
        """Whether a picture's time is wall time, so that its age is known."""
        domain = self._sdk.timestamp_domain
        return self._file is None and frame.get_frame_timestamp_domain() in (domain.system_time, domain.global_time)
