"""MotionFrames: a motion out of an ``.npz`` as whole_body_tracking writes it, at the rate of the policy."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.skills.manifest_motion import ManifestMotionFile, ManifestReference

Array = np.ndarray
LARGEST = 256 << 20  # bytes


@dataclass(frozen=True, slots=True)
class MotionFrames:
    """A motion, one row per run of the policy.

    Attributes:
        joint_pos: Joints, rad, shape (frames, joints of the policy).
        joint_vel: Their speeds, rad/s.
        body_pos: Positions of bodies in the motion's world, m, shape (frames, bodies, 3).
        body_quat: Their orientations, w-x-y-z, shape (frames, bodies, 4).
    """

    joint_pos: Array
    joint_vel: Array
    body_pos: Array
    body_quat: Array


def load_motion(folder: Path, spec: ManifestReference, joints: tuple[str, ...], rate: float) -> MotionFrames:
    """Reads a motion file.

    Args:
        folder: Where it lies.
        spec: The section of the manifest.
        joints: Joints of the policy, in its order.
        rate: Runs of the policy per second, Hz.

    Raises:
        DataError: The file is missing, another one than the skill states, holds objects, or lacks something.
    """
    assert spec.file is not None
    path, entry = folder / spec.file.file, spec.file
    arrays = _arrays(path, entry, spec)
    pos, vel = arrays[spec.joint_pos], arrays[spec.joint_vel]
    names = entry.joints or joints
    missing = [name for name in joints if name not in names]
    if missing:
        raise DataError(f"motion {path.name}: its joints lack {missing}")
    frames = len(pos)
    bodies = max(len(spec.bodies), 1)
    shapes: dict[str, tuple[int, ...]] = {spec.joint_pos: (frames, len(names)), spec.joint_vel: (frames, len(names))}
    shapes |= {spec.body_pos: (frames, bodies, 3)} if spec.body_pos else {}
    shapes |= {spec.body_quat: (frames, bodies, 4)} if spec.body_quat else {}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise DataError(f"motion {path.name}: '{name}' has the shape {list(arrays[name].shape)}, not {list(shape)}")
        if not np.isfinite(arrays[name]).all():
            raise DataError(f"motion {path.name}: '{name}' holds a value that is not finite")
    own = [names.index(name) for name in joints]
    place = arrays[spec.body_pos] if spec.body_pos else np.zeros((frames, bodies, 3))
    turn = arrays[spec.body_quat] if spec.body_quat else np.tile(np.array([1.0, 0, 0, 0]), (frames, bodies, 1))
    turn = turn[..., [3, 0, 1, 2]] if spec.body_quat and spec.quaternion == "xyzw" else turn
    whole = MotionFrames(pos[:, own], vel[:, own], place, turn)
    return _resampled(whole, _times(path, entry, arrays, frames, rate))


def _arrays(path: Path, entry: ManifestMotionFile, spec: ManifestReference) -> dict[str, Array]:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"motion {path.name} is larger than {LARGEST >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"motion {path.name} is missing beside the model: {error}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != entry.sha256:
        raise DataError(f"motion {path.name} is not the file that the skill states (sha256 {found[:12]}…)")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            missing = [name for name in spec.outputs if name not in archive.files]
            if missing:
                raise DataError(f"motion {path.name} has no {missing}; it has {sorted(archive.files)}")
            names = [*spec.outputs, *(["fps"] if "fps" in archive.files else [])]
            return {name: np.asarray(archive[name], float) for name in names}
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"motion {path.name} is no archive of plain arrays: {error}") from error


def _times(path: Path, entry: ManifestMotionFile, arrays: dict[str, Array], frames: int, rate: float) -> Array:
    """The policy's frames as positions between the file's frames."""
    fps = entry.rate or (float(arrays["fps"].ravel()[0]) if "fps" in arrays and arrays["fps"].size else 0.0)
    if not fps > 0.0:
        raise DataError(f"motion {path.name} does not say its frames per second; give reference.file.rate")
    length = (frames - 1) / fps
    last = length if entry.last is None else entry.last
    if last > length + 1e-6 or entry.first > length:
        raise DataError(f"motion {path.name} is {length:g} s long; {entry.first:g} to {last:g} s of it are asked for")
    count = int(np.floor((last - entry.first) * rate + 1e-6)) + 1
    return np.clip((entry.first + np.arange(count) / rate) * fps, 0.0, frames - 1)


def _resampled(motion: MotionFrames, places: Array) -> MotionFrames:
    """The motion at interpolated frames; orientations are averaged, since neighbouring ones are close."""
    low = np.minimum(np.floor(places + 1e-6).astype(int), len(motion.joint_pos) - 1)
    high = np.minimum(low + 1, len(motion.joint_pos) - 1)
    share = np.clip(places - low, 0.0, 1.0)

    def between(values: Array) -> Array:
        weight = share.reshape(-1, *(1,) * (values.ndim - 1))
        return np.asarray((1.0 - weight) * values[low] + weight * values[high])

    first, second = motion.body_quat[low], motion.body_quat[high]
    second = np.where((first * second).sum(-1, keepdims=True) < 0.0, -second, second)
    weight = share.reshape(-1, 1, 1)
    turn = (1.0 - weight) * first + weight * second
    norm = np.linalg.norm(turn, axis=-1, keepdims=True)
    if (norm < 0.5).any():
        raise DataError("motion: an orientation in it has no length")
    return MotionFrames(between(motion.joint_pos), between(motion.joint_vel), between(motion.body_pos), turn / norm)
