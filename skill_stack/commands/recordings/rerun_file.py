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
ROBOT, PATH, CAMERA, STEPS, EVENTS = "world/robot", "world/path", "camera", "steps", "events"
"""Entities of the file, besides the signals."""


def write(path: Path, line: RunTimeline, tree: RobotTree, meshes: Iterable[LinkMesh]) -> None:
    """Writes ``….rrd``; raises DataError where Rerun is not installed."""
    try:
        import rerun as rr
    except ImportError as error:
        raise DataError("Rerun needs the extra 'rerun'; without it: skill-stack episodes view") from error
    stream = rr.RecordingStream("skill_stack", recording_id=line.title)
    stream.save(path, default_blueprint=_layout(line))
    stream.log("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
    stream.log(PATH, rr.LineStrips3D([line.base * (1.0, 1.0, 0.0)], radii=0.008), static=True)
    for number, mesh in enumerate(meshes):
        entity = f"{ROBOT}/{mesh.link}/surface_{number}"
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
        stream.log(ROBOT, _pose(rr, base, orientation))
        joints = dict(zip(line.joints, line.positions[row].tolist()))
        for link, place in tree.in_root(joints).items():
            stream.log(f"{ROBOT}/{link}", _pose(rr, place.translation, place.rotation))
        for name, signal in line.signals.items():
            stream.log(_entity(name), rr.Scalars(float(signal.values[row])))
        if (picture := line.picture(now)) is not None:
            stream.log(CAMERA, rr.Image(picture).compress(jpeg_quality=80))
    for begin, _, outcome, words in line.steps:
        stream.set_time("run", duration=begin)
        stream.log(STEPS, rr.TextLog(f"{words} ({outcome})"))
    for time, words in line.events:
        stream.set_time("run", duration=time)
        stream.log(EVENTS, rr.TextLog(words))
    stream.flush()
    stream.disconnect()


def _layout(line: RunTimeline) -> Any:
    """Which views are shown where: the robot with its camera, a plot for each unit, and the words."""
    import rerun.blueprint as rrb

    units: dict[str, list[str]] = {}
    for name, signal in line.signals.items():
        units.setdefault(signal.unit, []).append(name)
    plots = [
        rrb.TimeSeriesView(origin="/", contents=[f"/{_entity(name)}" for name in names],
                           name=f"{names[0] if len(names) == 1 else 'joints'} [{unit}]",
                           plot_legend=rrb.PlotLegend(visible=len(names) == 1))
        for unit, names in units.items()
    ]  # fmt: skip
    words = [rrb.TextLogView(origin=origin, name=origin) for origin in (STEPS, EVENTS)]
    seen: list[Any] = [rrb.Spatial3DView(origin="world", name="robot")]
    if line.picture(float(line.times[-1])) is not None:
        seen.append(rrb.Spatial2DView(origin=CAMERA, name="camera"))
    return rrb.Blueprint(
        rrb.Horizontal(
            rrb.Vertical(rrb.Horizontal(*seen), rrb.Horizontal(*words), row_shares=[2, 1]), rrb.Grid(*plots),
            column_shares=[3, 2],
        ),
        rrb.BlueprintPanel(state="collapsed"), rrb.SelectionPanel(state="collapsed"),
        rrb.TimePanel(state="collapsed", timeline="run"),
    )  # fmt: skip


def _entity(signal: str) -> str:
    return f"signals/{signal.replace(' ', '_')}"


def _pose(rr: Any, translation: Iterable[float], rotation: Iterable[float]) -> Any:
    """A pose of Rerun, whose quaternions are x-y-z-w."""
    w, x, y, z = rotation
    return rr.Transform3D(translation=list(translation), quaternion=[x, y, z, w])
