"""``skill-stack looks``: records a running robot's camera with the robot's pose estimates into a folder."""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from skill_stack.commands.common import add_json, add_namespace, attach, block_of, note, print_json, resources
from skill_stack.core.errors import DataError, ResourceNotFound

if TYPE_CHECKING:
    from skill_stack.core.world.camera_frame import CameraFrame
    from skill_stack.runtime.line.newest_look import LiveCamera

WANTED, EVERY = 20, 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("into", type=Path, metavar="DIR", help="folder of the recording; made if need be")
    parser.add_argument("--robot", required=True, help="the robot that runs")
    parser.add_argument("--camera", default="", help="its name in cameras.yaml (default: the first)")
    parser.add_argument("--count", type=int, default=WANTED, metavar="N", help=f"looks (default: {WANTED})")
    parser.add_argument("--every", type=float, default=EVERY, metavar="S", help=f"s between looks (default: {EVERY:g})")
    parser.add_argument("--realsense", action="store_true", help="open a RealSense that nobody else has open")
    parser.add_argument("--as-stated", action="store_true", help="as cameras.yaml has it, whatever was calibrated")
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when every look was taken, 130 when Ctrl-C ended it; the looks taken so far are kept.

    Raises:
        DataError: The folder already has a recording, or no look came; the message states why.
    """
    if importlib.util.find_spec("cv2") is None:
        raise ResourceNotFound("perception needs OpenCV: make setup")
    from skill_stack.perception.cameras.recording import FILE, save_recording
    from skill_stack.runtime.line.newest_look import LiveCamera

    if options.count < 1 or not 0 <= options.every < 1e6:
        raise DataError(f"--count {options.count} --every {options.every}: at least one look, and no time below 0 s")
    if (options.into / FILE).exists():
        raise DataError(f"{options.into} holds a recording already; name another folder")
    attach(options.namespace).close()  # says clearly when there is none
    block, more = block_of(options.namespace), {"measured": not options.as_stated, "realsense": options.realsense}
    with LiveCamera(block, options.robot, options.camera, resources(), **more) as live:
        taking = _Taking(live, options.count, options.every)
        file = save_recording(options.into, taking)
    if options.json:
        print_json({"file": str(file), "looks": taking.taken, "wanted": options.count})
    note(f"{taking.taken} looks in {file}; use them with --looks or --dataset {options.into}")
    return 130 if taking.ended else 0


class _Taking:
    """Looks one after the other, until there are enough or Ctrl-C."""

    def __init__(self, live: LiveCamera, count: int, every: float) -> None:
        self._live, self._count, self._every = live, count, every
        self.taken, self.ended = 0, False

    def __iter__(self) -> Iterator[CameraFrame]:
        try:
            for frame in self._live.looks(self._count, self._every):
                yield frame
                self.taken += 1
                note(f"{self.taken} of {self._count}")
        except KeyboardInterrupt:
            self.ended = True
