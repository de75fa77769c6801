"""PerceptionPipeline: looks in, scene out, with faults in words; limited to a share of one processor."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.camera_spec import CameraSpec, matrix_of
from skill_stack.core.rotation import from_yaw, multiply, yaw_of
from skill_stack.core.shared_memory.rgbd_ring import Look
from skill_stack.core.world import world_facts
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.frame_faults import frame_fault, frozen_fault, stamp_fault
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.world_facts import SEES
from skill_stack.perception.cameras.look_sources import LookSource
from skill_stack.perception.own_body.body_contact import BodyContact
from skill_stack.perception.own_body.self_filter import SelfFilter
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.hinged_panels import HingedPanels
from skill_stack.perception.scene.look_observer import LookObserver, Observation, upside_down
from skill_stack.perception.scene.object_map import MapEvent, ObjectMap

Array = np.ndarray
Named = Callable[[CameraFrame, Observation], Observation]
SILENT = 2.0
"""Time without a usable look after which the scene is stale, s."""
STALE = Fact(world_facts.STALE, ("scene",))
"""Stated of a scene without usable looks."""
UNPLACED = "where the robot began on the map is not known yet"
UNPOSED = "where the robot was is not known"
UPSIDE_DOWN = "the floor would be where it is if the camera were turned by half a turn: it is mounted upside down"
FIRST = 20.0
"""Time that a camera without errors has for each of its first looks, s. Meanwhile it counts as seeing, so that early
requests lead to a search and are not refused. A first look without a known pose is no error: the next one may take
seconds on a busy machine.
"""
WARM = 5
"""Number of such first looks: they wait for libraries to load."""
SLOW = 2.0
"""Time for one look from which on networks pause, s."""
PAUSE, LONGEST_PAUSE = 30.0, 600.0
"""First and longest pause of networks, s; each is twice as long as the one before, until they are quick again."""
BUDGET = 0.5
"""Share of one processor that perception may use."""


class PerceptionPipeline:
    """One camera of one robot.

    Attributes:
        scene: What has been seen.
        floor: Where the floor is free.
        last: The last look that was understood, and what it showed, or None.
        looks: How many looks were understood.
        refused: How many could not be used.
        reason: Why the last one that could not be used was refused.
        base: Where the body was at the last look that was understood, in ``map``; None before the first.
    """

    def __init__(
        self,
        camera: CameraSpec,
        source: LookSource,
        poses: PoseHistory,
        clock: Callable[[], float] = time.monotonic,
        budget: float = BUDGET,
        named: Named | None = None,
        own: SelfFilter | None = None,
        panels: HingedPanels | None = None,
        contact: BodyContact | None = None,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes the camera and the history of the robot's poses.

        Args:
            camera: Where it is on the robot.
            source: Its looks.
            poses: Poses of the base in ``odom`` by task time.
            clock: Monotonic time, s; in lock-step task time.
            budget: Share of one processor.
            named: Names things by networks, or None.
            own: Masks the robot in its looks, or None.
            panels: What has a hinge on the map, or None.
            contact: What the body meets as it walks, or None.
            wall: Monotonic time, s, also in lock-step.
        """
        self._camera, self._source, self._poses = camera, source, poses
        self._clock, self._wall, self._budget, self._named = clock, wall, budget, named
        self._own, self._panels, self._contact = own, panels or HingedPanels(()), contact
        self._observer = LookObserver(camera.near, camera.far)
        self.scene, self.floor = ObjectMap(), FloorMap()
        self.last: tuple[CameraFrame, Observation] | None = None
        self.looks = self.refused = 0
        self.reason = ""
        self.base: Pose2 | None = None
        self._stamp: float | None = None
        self._blind = False  # the newest look cannot be used, wherever it was taken
        self._good = clock()
        self._next = 0.0
        self._named_from, self._pause = -math.inf, PAUSE

    def step(self, origin: Pose2 | None, now: float) -> list[MapEvent] | None:
        """Takes the newest look, if there is one and it is due.

        Args:
            origin: Where ``odom`` begins in ``map``, or None while it is unknown.
            now: Task time, s.

        Returns:
            What changed, or None when there was nothing to see.
        """
        begin = self._clock()
        if begin < self._next:
            return None
        look = self._source.newest()
        if look is None or look[0] == self._stamp:
            return None
        if self._poses.awaits(look[0], self._wall()):
            return None
        fault = stamp_fault(look[0], self._stamp, now)
        if "jumped back" in fault:
            self._stamp = None  # a clock that began anew: the next look is believed
        frame = None if fault else self._frame(look, origin)
        fault = fault or self._fault(frame, origin)
        self._stamp = look[0] if "jumped back" not in fault else None
        self._blind = fault not in ("", UNPLACED, UNPOSED)
        if fault or frame is None:
            self.refused, self.reason = self.refused + 1, fault
            return None
        try:
            observation = self._understood(frame)
            while self._panels.found:
                self.scene.forget_at(self._panels.found.pop())
            events = self.scene.update(observation)
            self.floor.add(observation, self.scene.carried)
            if self._contact is not None and self.base is not None:
                self._contact.take(self.base, self.scene.standing, self._panels, self.floor)
        except (ValueError, LookupError, ArithmeticError) as error:  # one odd look must not cost all that was seen
            self._blind, self.reason = True, f"it cannot be understood: {_located(error)}"
            self.refused += 1
            return None
        self.last, self.looks = (frame, observation), self.looks + 1
        end = self._clock()
        self._good, self._next = end, end + (end - begin) * (1 / self._budget - 1)
        return events

    def _fault(self, frame: CameraFrame | None, origin: Pose2 | None) -> str:
        """Why a look cannot be used; empty where it can."""
        if frame is None:
            return UNPLACED if origin is None else UNPOSED
        return frame_fault(frame) or frozen_fault(frame, self.last[0] if self.last is not None else None)

    def _understood(self, frame: CameraFrame) -> Observation:
        """What a look shows; raises ValueError where its camera cannot be mounted as is stated."""
        observation = self._observer.look(frame)
        if upside_down(observation):
            raise ValueError(UPSIDE_DOWN)
        if self._own is not None:
            observation = self._own.without_hidden(observation)
        begin = self._clock()
        if self._named is None or begin < self._named_from:
            return observation
        try:
            observation = self._named(frame, observation)
        except SkillStackError as error:  # geometry goes on without names
            self.reason = str(error)
        spent = self._clock() - begin
        if spent <= SLOW:
            self._pause = PAUSE
            return observation
        self.reason = (
            f"networks took {spent:.1f} s for one look, more than {SLOW:g} s: without them for {self._pause:g} s"
        )
        self._named_from, self._pause = begin + spent + self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return observation

    def _frame(self, look: Look, origin: Pose2 | None) -> CameraFrame | None:
        """The look with the pose of the camera in the map, or None when that is not known."""
        stamp, colour, depth, intrinsics = look
        pose = self._poses.at(stamp)
        if pose is None or origin is None:
            return None
        base = in_map(pose, origin)
        self.base = Pose2(float(base[0]), float(base[1]), yaw_of(base[3:]))
        place, turn = base[:3], matrix_of(base[3:])
        if self._camera.link and self._own is not None:
            link = self._own.link(self._camera.link, stamp)
            if link is None:
                return None
            place, turn = place + turn @ link[0], turn @ link[1]
        place = place + turn @ np.array(self._camera.xyz)
        frame = CameraFrame("camera", stamp, colour, depth, intrinsics, place, turn @ self._camera.rotation)
        if frame_fault(frame):
            return frame  # it is refused for that
        own = frame if self._own is None else self._own.taken_out(frame, base)
        return None if own is None else self._panels.taken_out(own)

    @property
    def taken(self) -> float:
        """Task time of the newest look that was understood or refused, s; 0 before the first."""
        return self._stamp or 0.0

    @property
    def trouble(self) -> str:
        """Why the scene is stale, or an empty string."""
        silent = self._clock() - self._good
        begins = self.looks < WARM and not self._blind and not self._source.trouble
        if silent < (FIRST if begins else SILENT):
            return ""
        reason = self._source.trouble or self.reason or "it is silent"
        return f"nothing seen for {silent:.0f} s: {reason}"

    def graph(self, now: float) -> SceneGraph:
        """The scene at a task time, s; with :data:`SEES`, or :data:`STALE` without usable looks."""
        graph = self.scene.graph(now)
        state = {STALE} if self.trouble else {SEES}
        return replace(graph, objects={**graph.objects, **self._panels.seen}, facts=graph.facts | state)

    @property
    def eye(self) -> Pose2 | None:
        """Position and direction of the camera at the last understood look; None before the first."""
        if self.last is None:
            return None
        place, ahead = self.last[0].position, self.last[0].rotation[:, 2]
        return Pose2(float(place[0]), float(place[1]), math.atan2(float(ahead[1]), float(ahead[0])))


def in_map(pose: Array, origin: Pose2) -> Array:
    """A pose in ``odom`` as one in ``map``: position and w-x-y-z orientation, shape (7,)."""
    there = origin.compose(Pose2(float(pose[0]), float(pose[1]), 0.0))
    w, x, y, z = from_yaw(origin.yaw).tolist()
    a, b, c, d = (float(value) for value in pose[3:])
    return np.array([there.x, there.y, float(pose[2]), *multiply((w, x, y, z), (a, b, c, d))])


def _located(error: Exception) -> str:
    """An error with the line of this package that it came from."""
    ours = [one for one in traceback.extract_tb(error.__traceback__) if "skill_stack" in Path(one.filename).parts]
    line = f" ({Path(ours[-1].filename).name}, line {ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}: {error}{line}"
