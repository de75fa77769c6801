"""Searches of rendered flats with a moving camera: by views, and by random frontiers as a baseline."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec, DepthErrors, rotation_of
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.evaluation.scenes.search_rooms import KINDS, Flat, random_flat
from skill_stack.evaluation.scores.search_score import FlatScore, SearchScore
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.search.search_map import NEVER, Room, SearchMap
from skill_stack.perception.search.search_session import PATIENCE, SearchSession
from skill_stack.perception.search.search_target import SearchTarget
from skill_stack.perception.search.view_search import DONE, Budget, SearchReport, View, ViewSearch

Array = np.ndarray
Way = Literal["views", "frontiers"]
CAMERA = CameraSpec(
    xyz=(0.34, 0.0, 0.09), rpy=(0.0, 0.20, 0.0), width=320, height=240, near=0.25, far=4.5,
    errors=DepthErrors(subpixel=0.02, step=0.0157),
)  # fmt: skip
"""The Go2's camera of ``cameras.yaml``, rendered at the size to which perception reduces its frames, with the noise of
four averaged pixels.
"""
SPEED, TURNING = 0.5, 1.0  # m/s and rad/s
BASE = 0.30  # m: height of the base of a standing Go2
RADIUS = 0.35  # m: half its length
REACH = 3.2
"""Distance up to which an object of 16 cm is recognised, m."""
LIKELIER = 3.0
"""Factor of the probability density in the room where an object's kind usually is."""
TILT, HEIGHT = math.radians(0.3), 0.005
"""Standard deviations of the camera's pose error, rad and m."""
WALKED, TURNED = 0.5, 0.6  # m and rad between looks on the way
CLOSE = 0.3
"""Distance from the true centre within which a found object counts as right, m."""
EDGE = 0.03
"""Share of the probability at which random frontiers stop."""
AGAIN = 4
"""Cells around a visited frontier within which no other is chosen."""
FAR = Budget(80.0, 900.0)
"""Path limit of a search here."""


def run_flat(seed: int) -> FlatScore:
    """Both searches of the flat of a seed."""
    return FlatScore(seed, run_search(seed, "views"), run_search(seed, "frontiers"))


class WalkingEye:
    """A body that follows paths in a rendered flat and perceives through its camera; no physics.

    Attributes:
        quarry: The object that it searches.
        area: The area to search.
        pose: Where it is.
        stamp: Task time, s.
        looks: Number of frames.
        path: How far it went, m.
        even: How far it had gone when no more was unseen than a search by views leaves, m; None before.
        taken: Is given each look: where the camera was.
    """

    def __init__(self, flat: Flat, camera: CameraSpec = CAMERA) -> None:
        """Builds the flat."""
        self._flat, self._camera = flat, camera
        self._drawn = DrawnScene(flat.setup(), camera)
        self._rng = np.random.default_rng([22, flat.seed])
        self._observer, self.scene, self.floor = LookObserver(camera.near, camera.far), ObjectMap(), FloorMap()
        self.pose, self.stamp, self.looks, self.path = flat.start, 0.0, 0, 0.0
        self.even: float | None = None
        self.quarry = SearchTarget(frozenset({flat.kind}), flat.colour)
        rooms = [
            Room(name, low, high, LIKELIER if KINDS[flat.kind] == name else 1.0)
            for name, (low, high) in flat.rooms.items()
        ]
        self.area = SearchMap(rooms, RADIUS, REACH, camera.view)
        self.taken: Callable[[Pose2], None] = self._note

    def close(self) -> None:
        """Frees the renderer."""
        self._drawn.__exit__()

    def found(self) -> SceneObject | None:
        """The searched object, once it was seen from near by."""
        return self.quarry.found(self.scene, self.stamp)

    def look(self) -> None:
        """One look from where the body is."""
        turn = rotation_of((0.0, 0.0, self.pose.yaw))
        place = turn @ self._camera.xyz + (self.pose.x, self.pose.y, BASE)
        rotation = turn @ self._camera.rotation
        colour, depth, _ = self._drawn.look((place, rotation), self._rng, count=False)
        tilt = rotation_of((*self._rng.normal(0, TILT, 2).tolist(), 0.0)) @ rotation
        told = place + (0.0, 0.0, float(self._rng.normal(0, HEIGHT)))
        frame = CameraFrame("eval", self.stamp, colour, depth, self._camera.intrinsics, told, tilt)
        seen = self._observer.look(frame)
        self.scene.update(seen)
        self.floor.add(seen)
        self.taken(Pose2(float(place[0]), float(place[1]), self.pose.yaw))
        self.stamp += 0.2
        self.looks += 1

    def _note(self, eye: Pose2) -> None:
        """Takes a look where no session does."""
        grid = self.floor.grid()
        if grid is not None:
            self.area.take(grid, eye)
        self.quarry.look(self.scene, np.array([eye.x, eye.y]))

    def turn(self, yaw: float, most: float = math.pi) -> None:
        """Turns on the spot by at most an angle, and takes frames meanwhile."""
        left = max(-most, min(most, wrap_angle(yaw - self.pose.yaw)))
        steps = max(1, math.ceil(abs(left) / TURNED))
        for _ in range(steps):
            self.pose = Pose2(self.pose.x, self.pose.y, wrap_angle(self.pose.yaw + left / steps))
            self.stamp += abs(left) / steps / TURNING
            self.look()

    def go(self, way: Sequence[tuple[float, float]], far: float = math.inf) -> list[tuple[float, float]]:
        """Goes along places, takes frames on the way, up to a distance; returns the remaining places.

        Args:
            way: Places, m.
            far: Largest distance, m; it takes a frame at the end.
        """
        went = since = 0.0
        left = list(way)
        while left and went < far:
            x, y = left.pop(0)
            step = math.dist((self.pose.x, self.pose.y), (x, y))
            if step < 1e-6:
                continue
            along = math.atan2(y - self.pose.y, x - self.pose.x)
            if abs(wrap_angle(along - self.pose.yaw)) > TURNED:
                self.turn(along)
            self.pose = Pose2(x, y, along)
            went, since, self.stamp = went + step, since + step, self.stamp + step / SPEED
            self.path += step
            if since >= WALKED:
                since = 0.0
                self.look()
        return left


def run_search(seed: int, way: Way, budget: Budget = FAR) -> SearchScore:
    """One search of one flat.

    Args:
        seed: The flat.
        way: How it is searched.
        budget: How far it may go.
    """
    flat = random_flat(seed)
    eye = WalkingEye(flat)
    words = f"the {flat.colour} {flat.kind}"
    try:
        report = _by_views(eye, budget, words) if way == "views" else _by_frontiers(eye, budget, seed)
    finally:
        eye.close()
    true = next((one for one in flat.objects if one.id == flat.target), None)
    even = eye.path if eye.even is None else eye.even
    right = report.outcome == "absent" if true is None else report.outcome == "found"
    if true is not None and report.thing is not None:
        right = math.dist(true.position[:2], report.thing.position[:2]) < CLOSE
    return SearchScore(
        seed, way, true is not None, report.outcome, right, eye.path, len(report.views), eye.looks, report.looked,
        report.sentence(words), even,
    )  # fmt: skip


def _by_views(eye: WalkingEye, budget: Budget, words: str) -> SearchReport:
    """Follows :class:`SearchSession`, a step at a time: each look may change the next view."""
    looking = SearchSession(words, words, eye.quarry, ViewSearch(eye.area, budget), eye.stamp)

    def take(place: Pose2) -> None:
        looking.look(eye.scene, eye.floor.grid(), place, eye.pose, eye.stamp)

    eye.look()
    eye.taken = take
    eye.look()
    going: View | None = None
    way: list[tuple[float, float]] = []
    while (view := looking.view) is not None:
        if view is not going:
            going, way = view, list(view.way[1:])
        if way:
            way = eye.go(way, WALKED)
        elif abs(wrap_angle(view.pose.yaw - eye.pose.yaw)) > 1e-6:
            eye.turn(view.pose.yaw, TURNED)
        else:
            eye.look()
    return looking.report


def _by_frontiers(eye: WalkingEye, budget: Budget, seed: int) -> SearchReport:
    """Goes to a random place beside unseen floor and turns around once there, until nothing is left."""
    rng, search = np.random.default_rng([23, seed]), ViewSearch(eye.area, budget)
    report = SearchReport("unsure")
    for _ in range(2):
        eye.look()
    _around(eye, search)
    been: list[tuple[int, int]] = []
    while eye.found() is None and eye.path < budget.path:
        far, before = eye.area.reach(eye.pose)
        goals = [(int(r), int(c)) for r, c in eye.area.frontiers if far[r, c] < NEVER]
        goals = [goal for goal in goals if all(math.dist(goal, one) > AGAIN for one in been)]
        if not goals or search.left <= EDGE:
            report.outcome = "absent"
            break
        goal = goals[int(rng.integers(len(goals)))]
        been.append(goal)
        eye.go(eye.area.way(before, goal))
        _around(eye, search)
        report.views.append(eye.pose)
    report.thing = eye.found()
    if report.thing is not None:
        report.outcome = "found"
    report.looked = 1.0 - search.left
    return report


def _around(eye: WalkingEye, search: ViewSearch) -> None:
    """Turns around once, and approaches possible matches."""
    for _ in range(4):
        eye.turn(wrap_angle(eye.pose.yaw + math.pi / 2))
    if eye.even is None and search.left <= DONE:
        eye.even = eye.path
    while eye.found() is None and (perhaps := eye.quarry.unconfirmed_candidate(eye.scene, eye.pose)) is not None:
        view = search.towards(eye.pose, perhaps.thing(eye.stamp))
        if view is not None:
            eye.go(view.way)
            eye.turn(view.pose.yaw)
            for _ in range(PATIENCE):
                if perhaps.id not in eye.quarry.checked:
                    eye.look()
        eye.quarry.give_up(perhaps.id)
