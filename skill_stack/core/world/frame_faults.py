"""Validation of camera frames, with reasons in words."""

from __future__ import annotations

import numpy as np

from skill_stack.core.world.camera_frame import LARGEST_SIDE, CameraFrame

Array = np.ndarray

LEAST_MEASURED = 0.02
"""Share of pixels with a depth below which a look is unusable."""

BLACK = 4
"""Brightness of the brightest hundredth of pixels below which a picture is black, of 255."""

PLAIN = 12
"""Range of every channel from the darkest to the brightest hundredth below which a picture is of one colour, of 255."""

MOVED, TURNED = 0.02, 0.03
"""How far a camera moves, m, and turns, rad, so that no two pictures are the same to the last bit."""

JUMP = 5.0
"""How far a stamp may be ahead of the clock, s."""


def frame_fault(frame: CameraFrame, measured: bool = True) -> str:
    """Why a look cannot be used, or an empty string.

    Args:
        frame: The look.
        measured: Whether depth is needed; else a picture of one colour alone cannot be used, as of a covered camera.
    """
    fault = _shape_fault(frame) or frame.intrinsics.fault or _pose_fault(frame)
    return fault or (_depth_fault(frame) if measured else "") or _colour_fault(frame, covered=not measured)


def stamp_fault(stamp: float, last: float | None, now: float) -> str:
    """Why the stamp of a look is invalid, or an empty string.

    Args:
        stamp: Of the look, s of task time.
        last: Of the look before, or None.
        now: Task time, s.
    """
    if not np.isfinite(stamp):
        return f"its stamp is {stamp}"
    if stamp > now + JUMP:
        return f"its stamp lies {stamp - now:.1f} s ahead of the clock"
    if last is not None and stamp < last:
        return f"time jumped back by {last - stamp:.3f} s"
    return ""


def frozen_fault(frame: CameraFrame, before: CameraFrame | None) -> str:
    """Why a look cannot be a new one, or an empty string: it is the same to the last bit, from another place.

    Args:
        frame: The look; it has no other fault.
        before: The look before, or None.
    """
    if before is None or before.depth.shape != frame.depth.shape:
        return ""
    turned = float(np.arccos(np.clip((np.trace(frame.rotation.T @ before.rotation) - 1) / 2, -1.0, 1.0)))
    moved = float(np.linalg.norm(frame.position - before.position))
    if moved < MOVED and turned < TURNED:
        return ""
    same = np.array_equal(frame.depth, before.depth, equal_nan=True) and np.array_equal(frame.colour, before.colour)
    return (
        f"the picture is the same as before, although the camera moved by {moved:.2f} m: it is frozen" if same else ""
    )


def cleaned_depth(depth: Array, near: float, far: float) -> Array:
    """Depth with every invalid distance set to 0.

    Args:
        depth: m, shape (height, width); NaN, infinite and negative values are allowed.
        near: Least distance that the camera can measure, m.
        far: Largest distance that is believed, m.

    Returns:
        float32, same shape.
    """
    depth = np.asarray(depth, np.float32)
    with np.errstate(invalid="ignore"):
        good = (depth >= near) & (depth <= far)
    return np.where(good, depth, np.float32(0.0))


def _shape_fault(frame: CameraFrame) -> str:
    colour, depth, size = frame.colour, frame.depth, (frame.intrinsics.height, frame.intrinsics.width)
    if colour.size == 0 or depth.size == 0:
        return "the picture is empty"
    if colour.ndim != 3 or colour.shape[2] != 3 or colour.dtype != np.uint8:
        return f"colour is {colour.dtype} {colour.shape}, not uint8 (height, width, 3)"
    if depth.ndim != 2 or not np.issubdtype(depth.dtype, np.floating):
        return f"depth is {depth.dtype} {depth.shape}, not float (height, width) in m"
    if depth.shape != colour.shape[:2] or depth.shape != size:
        return f"colour {colour.shape[:2]}, depth {depth.shape} and camera_info {size} differ in size"
    if max(size) > LARGEST_SIDE:
        return f"{size[1]} x {size[0]} pixels are more than {LARGEST_SIDE} on a side"
    return ""


def _pose_fault(frame: CameraFrame) -> str:
    if not (np.isfinite(frame.position).all() and np.isfinite(frame.rotation).all()):
        return "where the camera was is not known"
    if np.abs(frame.rotation @ frame.rotation.T - np.eye(3)).max() > 1e-3 or np.linalg.det(frame.rotation) < 0:
        return "the camera's orientation is no rotation"
    return ""


def _depth_fault(frame: CameraFrame) -> str:
    sample = frame.depth[::4, ::4]
    with np.errstate(invalid="ignore"):
        measured = float((sample > 0).mean())
    if measured < LEAST_MEASURED:
        return f"depth is missing in {1 - measured:.0%} of the picture"
    return ""


def _colour_fault(frame: CameraFrame, covered: bool) -> str:
    low, high = np.percentile(frame.colour[::4, ::4], (1, 99), axis=(0, 1))
    if high.max() < BLACK:
        return "the picture is black"
    return "the picture shows one colour alone: the camera is covered" if covered and (high - low).max() < PLAIN else ""
