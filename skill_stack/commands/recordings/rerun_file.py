"""A recording as a file of Rerun: robot with meshes, frames, plots, pictures, words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.monitor.robot_meshes import LinkMesh
from skill_stack.monitor.robot_tree import RobotTree
from skill_stack.monitor.shown_run import RunTimeline

POSES = 15.0
"""Poses of the robot and pictures per second."""


def write(path: Path, line: RunTimeline, tree: RobotTree, meshes: Iterable[LinkMesh]) -> None:
    """Writes ``….rrd``; raises DataError where Rerun is not installed."""
    try:
        import rerun as rr
    except ImportError as error:
        raise DataError("Rerun needs the extra 'rerun'; without it: skill-stack episodes view") from error
    stream = rr.RecordingStream("skill_stack", recording_id=line.title)
    stream.save(path)
    stream.log("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
    for number, mesh in enumerate(meshes):
        entity = f"world/robot/{mesh.link}/surface_{number}"
        colours = np.tile((255 * np.array(mesh.colour)).astype(np.uint8), (len(mesh.vertices), 1))
        stream.log(
            entity,
            rr.Mesh3D(vertex_positions=mesh.vertices, triangle_indices=mesh.faces, vertex_colors=colours),
            _pose(rr, mesh.place.translation, mesh.place.rotation),
            static=True,
        )
    step = max(round(line.times.size / max(float(line.times[-1]), 1e-9) / POSES), 1)
    for row in range(0, line.times.size, step):
        now = float(line.times[row])
        stream.set_time("run", duration=now)
        base, orientation = line.base[row].tolist(), line.orientations[row].tolist()
        stream.log("world/robot", _pose(rr, base, orientation))
        joints = dict(zip(line.joints, line.positions[row].tolist()))
        for link, place in tree.in_root(joints).items():
            stream.log(f"world/robot/{link}", _pose(rr, place.translation, place.rotation))
        for name, signal in line.signals.items():
            stream.log(f"signals/{name.replace(' ', '_')}", rr.Scalars(float(signal.values[row])))
        if (picture := line.picture(now)) is not None:
            stream.log("camera", rr.Image(picture).compress(jpeg_quality=80))
    for begin, _, outcome, words in line.steps:
        stream.set_time("run", duration=begin)
        stream.log("steps", rr.TextLog(f"{words} ({outcome})"))
    for time, words in line.events:
        stream.set_time("run", duration=time)
        stream.log("events", rr.TextLog(words))
    stream.flush()
    stream.disconnect()


def _pose(rr: Any, translation: Iterable[float], rotation: Iterable[float]) -> Any:
    """A pose of Rerun, whose quaternions are x-y-z-w."""
    w, x, y, z = rotation
    return rr.Transform3D(translation=list(translation), quaternion=[x, y, z, w])
