"""PlanLine: the path of the present plan on the floor of the page."""

from __future__ import annotations

from typing import Any

import numpy as np
import viser

from skill_stack.core.world.scene import SceneGraph
from skill_stack.monitor.link_transform import LinkTransform
from skill_stack.monitor.plan_view import STEP_COLOURS, PlanView, Point, plan_path
from skill_stack.monitor.scene_view import WORLD

_HEIGHT = 0.03  # m above the floor
_WIDTH = 0.035  # m
_RADIUS = 0.38  # m, the disc around a place
_MOVED = 0.05  # m, the line is drawn anew when the robot has moved this far
_DONE = ("succeeded", "failed", "interrupted")


class PlanLine:
    """A line from the robot through the places of the coming steps, and a disc at every place of the plan."""

    def __init__(self, server: viser.ViserServer) -> None:
        """Draws nothing yet."""
        self._scene = server.scene
        self._discs: list[Any] = []
        self._line: Any = None
        self._drawn: tuple[Any, ...] = ()
        self._from: Point = (0.0, 0.0, 0.0)

    def update(self, plan: PlanView, scene: SceneGraph, base: LinkTransform | None) -> None:
        """Shows a plan.

        Args:
            plan: The plan with the states of its steps.
            scene: Where its places are.
            base: Pose of the robot in ``map``; without it there are discs but no line.
        """
        path = plan_path(plan, scene)
        key = tuple((point, step.status) for point, step in path)
        here = None if base is None else (base.translation[0], base.translation[1], _HEIGHT)
        if key == self._drawn and (here is None or np.hypot(*np.subtract(here, self._from)[:2]) < _MOVED):
            return
        if key != self._drawn:
            self._draw_discs(key)
            self._drawn = key
        points = [point for point, step in path if step.status not in _DONE]
        self._draw_line([here, *points] if here and points else [])
        self._from = here or self._from

    def _draw_discs(self, places: tuple[tuple[Point, str], ...]) -> None:
        for disc in self._discs:
            disc.remove()
        self._discs = [
            self._scene.add_cylinder(
                f"{WORLD}/plan/place_{number}",
                _RADIUS,
                0.01,
                color=STEP_COLOURS.get(status, STEP_COLOURS[""]),
                opacity=0.45,
                cast_shadow=False,
                position=(point[0], point[1], 0.01),
            )
            for number, (point, status) in enumerate(places)
        ]

    def _draw_line(self, points: list[Point]) -> None:
        if self._line is not None:
            self._line.remove()
            self._line = None
        if len(points) > 1:
            segments = np.array(list(zip(points[:-1], points[1:])))
            colour = STEP_COLOURS["running"]
            self._line = self._scene.add_line_segments(f"{WORLD}/plan/line", segments, colour, thickness=_WIDTH)
