"""``skill-stack calibrate camera``: lens and mounting of a camera by a ChArUco board, kept for that robot."""

from __future__ import annotations

import argparse
import importlib.util
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import add_namespace, attach, block_of, confirmed, note, print_json, resources
from skill_stack.core.arguments import positive
from skill_stack.core.errors import DataError, ResourceNotFound

if TYPE_CHECKING:
    from skill_stack.core.robots.camera_calibration import CameraCalibration
    from skill_stack.core.robots.camera_spec import CameraSpec
    from skill_stack.perception.calibration.calibration import Board, Calibrated
    from skill_stack.perception.calibration.calibration_looks import BoardLook

WANTED, PATIENCE = 15, 60.0
"""Looks that are taken of a running camera, and longest time to wait for each, s."""
WORST_MISS, WORST_SPREAD = 1.0, 0.02
"""Error of the lens, pixels, and of the mounting, m, above which nothing is stored."""
LEAST_COVERED = 0.5
"""Share of the picture in which corners should have been seen."""
MANY = 5
"""Pose samples that the mounting needs."""


def add_arguments(parser: Any) -> None:
    """Declares the options."""
    parser.add_argument("--camera", default="", help="its name in cameras.yaml (default: the first)")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="pictures of the board: the lens alone")
    parser.add_argument("--looks", type=Path, metavar="DIR", help="a recording with poses: lens and mounting")
    parser.add_argument("--realsense", action="store_true", help="open a RealSense that nobody else has open")
    parser.add_argument("--views", type=int, default=WANTED, help=f"looks of the running camera (default: {WANTED})")
    parser.add_argument("--columns", type=int, default=7, help="squares of the board across (default: 7)")
    parser.add_argument("--rows", type=int, default=5, help="and down (default: 5)")
    parser.add_argument("--square", type=positive, default=0.04, metavar="M", help="its edge, m (default: 0.04)")
    parser.add_argument("--marker", type=positive, default=0.03, metavar="M", help="that of a marker (default: 0.03)")
    parser.add_argument("--board", type=Path, metavar="FILE", help="write the board as a picture to print, and end")
    add_namespace(parser)


def run(options: argparse.Namespace) -> int:
    """0 when a calibration was kept or the board written, 1 when you said no.

    Raises:
        DataError: The board is detected in too few looks, or the result is implausible; then nothing is stored.
    """
    if importlib.util.find_spec("cv2") is None:
        raise ResourceNotFound("perception needs OpenCV: make setup")
    from skill_stack.core.robots.camera_calibration import calibration_path, keep_calibration
    from skill_stack.core.robots.camera_spec import load_camera

    board = _board(options)
    if options.board is not None:
        return _print_board(board, options.board)
    found = resources()
    camera = load_camera(found.robot(options.robot), options.camera)
    looks = _looks(options, camera, board)
    calibration, lens = _measured(options, looks, board)
    path = calibration_path(found.overlay, options.robot, options.camera)
    if not options.json:
        _tell(calibration, lens, camera)
    _believe(calibration)
    if not options.yes and not confirmed(path):
        note("nothing is kept")
        return 1
    keep_calibration(calibration, path)
    if options.json:
        print_json({"robot": options.robot, "file": str(path), **calibration.model_dump(mode="json")})
    note(f"kept in {path}; perception uses it from the next start")
    return 0


def _board(options: argparse.Namespace) -> Board:
    from skill_stack.perception.calibration.calibration import Board

    if min(options.columns, options.rows) < 3 or not 0 < options.marker < options.square:
        raise DataError("a board has at least 3 x 3 squares, and markers smaller than its squares")
    return Board(options.columns, options.rows, options.square, options.marker)


def _print_board(board: Board, path: Path) -> int:
    import numpy as np

    from skill_stack.perception.grasps.drawing import save_picture

    grey = np.pad(board.picture(200), 100, constant_values=255)
    save_picture(path, np.repeat(grey[..., None], 3, axis=2))
    width, height = board.columns * board.square * 100, board.rows * board.square * 100
    note(f"{path}: print it so that the board measures {width:g} x {height:g} cm, and glue it onto something flat")
    return 0


def _looks(options: argparse.Namespace, camera: CameraSpec, board: Board) -> list[BoardLook]:
    """Looks at the board from the chosen source."""
    from skill_stack.perception.calibration.calibration_looks import looks_in_pictures, looks_in_recording, steady_looks

    if options.pictures is not None and options.looks is not None:
        raise DataError("either --pictures or --looks, not both")
    if options.pictures is not None:
        return looks_in_pictures(options.pictures)
    if options.looks is not None:
        return looks_in_recording(options.looks, camera)
    from skill_stack.runtime.line.newest_look import LiveCamera

    attach(options.namespace).close()  # says clearly when there is none
    note("For the lens hold the board still at different places and slants, into the corners of the picture too.")
    note("For the mounting leave the board where it is and move the robot: tilt and turn it. Ctrl-C ends the taking.")
    looks: list[BoardLook] = []
    block = block_of(options.namespace)
    with LiveCamera(
        block, options.robot, options.camera, resources(), measured=False, realsense=options.realsense
    ) as live:
        try:
            for look in steady_looks(live.newest, camera, board, options.views, PATIENCE):
                looks.append(look)
                note(f"{len(looks)} of {options.views}")
        except KeyboardInterrupt:
            note(f"ended with {len(looks)} looks")
    return looks


def _measured(
    options: argparse.Namespace, looks: Sequence[BoardLook], board: Board
) -> tuple[CameraCalibration, Calibrated]:
    """The lens, and the mounting where poses are known and turn enough."""
    from skill_stack.core.robots.camera_calibration import CameraCalibration, MeasuredLens, MeasuredMount
    from skill_stack.perception.calibration.calibration import board_pose, calibrate_camera, mounting

    if not looks:
        raise DataError("there are no looks at the board")
    lens = calibrate_camera([look.grey for look in looks], board)
    i = lens.intrinsics
    kept = MeasuredLens(
        width=i.width, height=i.height, fx=i.fx, fy=i.fy, cx=i.cx, cy=i.cy, distortion=lens.distortion,
        miss=lens.miss, views=lens.views,
    )  # fmt: skip
    pairs = [(look.carrier, board_pose(look.grey, board, lens)) for look in looks]
    posed = [(carrier, pose) for carrier, pose in pairs if carrier is not None and pose is not None]
    mount = None
    if len(posed) >= MANY:
        try:
            xyz, rpy, spread = mounting([one for one, _ in posed], [pose for _, pose in posed])
            mount = MeasuredMount(xyz=xyz, rpy=rpy, spread=spread, looks=len(posed))
        except DataError as error:
            note(f"the mounting is not measured: {error}")
    today = date.today().isoformat()
    return CameraCalibration(camera=options.camera, date=today, lens=kept, mount=mount), lens


def _tell(calibration: CameraCalibration, lens: Calibrated, camera: CameraSpec) -> None:
    """Prints measured and stated values with their errors."""
    stated, i = camera.intrinsics, lens.intrinsics
    print(f"lens from {lens.views} looks, {lens.miss:.2f} pixels off, corners in {lens.covered:.0%} of the picture")
    scale = i.width / stated.width
    for name, doubt in zip(("fx", "fy", "cx", "cy"), lens.doubt):
        was = getattr(stated, name) * scale
        print(f"  {name} {getattr(i, name):8.2f} ± {doubt:.2f} pixels   (stated: {was:.2f})")
    if lens.covered < LEAST_COVERED:
        note("the corners of the picture were hardly seen: distortion is not well known there")
    mount = calibration.mount
    if mount is None:
        return
    print(f"mounting from {mount.looks} looks, {mount.spread * 1e3:.1f} mm off")
    for name, now, was in zip("xyz", mount.xyz, camera.xyz):
        print(f"  {name}     {now:8.4f} m   (stated: {was:.4f})")
    for name, now, was in zip(("roll", "pitch", "yaw"), mount.rpy, camera.rpy):
        print(f"  {name:5} {math.degrees(now):8.2f}°  (stated: {math.degrees(was):.2f}°)")


def _believe(calibration: CameraCalibration) -> None:
    """Refuses implausible results."""
    lens, mount = calibration.lens, calibration.mount
    if lens is not None and lens.miss > WORST_MISS:
        raise DataError(
            f"corners are {lens.miss:.2f} pixels off, {WORST_MISS} are believed: is the board flat, still, and of "
            "--columns, --rows, --square and --marker as given?"
        )
    if mount is not None and mount.spread > WORST_SPREAD:
        raise DataError(
            f"the board seems to have moved by {mount.spread:.3f} m, {WORST_SPREAD} are believed: did it stay where it "
            "is while the robot moved?"
        )
