"""Searches of drawn flats with a walking camera alone: by views, and by random frontiers to compare with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from skill_stack.core.camera_frame import CameraFrame
from skill_stack.core.camera_spec import CameraSpec, DepthErrors, rotation_of
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.scene import Pose2, SceneObject
from skill_stack.evaluation.search_rooms import KINDS, Flat, random_flat
from skill_stack.evaluation.search_score import FlatScore, SearchScore
from skill_stack.hardware.drawn_scene import DrawnScene
from skill_stack.perception.floor_map import FloorMap
from skill_stack.perception.living_scene import LivingScene
from skill_stack.perception.observer import Observer
from skill_stack.perception.search_map import NEVER, Room, SearchMap
from skill_stack.perception.track import Track
from skill_stack.perception.view_search import DONE, Budget, SearchReport, View, ViewSearch

Array = np.ndarray
Way = Literal["views", "frontiers"]
CAMERA = CameraSpec(
    xyz=(0.34, 0.0, 0.09), rpy=(0.0, 0.20, 0.0), width=320, height=240, near=0.25, far=4.5,
    errors=DepthErrors(subpixel=0.02, step=0.0157),
)  # fmt: skip
"""The camera of the Go2 as its ``cameras.yaml`` has it, drawn at the size to which perception reduces its looks: the
noise is that of four of its pixels together."""
SPEED, TURNING = 0.5, 1.0  # m/s and rad/s
BASE = 0.30  # m: height of the base of a standing Go2
RADIUS = 0.35  # m: half its length
REACH = 3.2
"""Distance up to which a thing of 16 cm is known for what it is, m."""
LIKELIER = 3.0
"""How much likelier a thing is in the room where its kind usually is, per area."""
TILT, HEIGHT = math.radians(0.3), 0.005
"""Errors of the camera's pose that a robot knows no better: standard deviations, rad and m."""
WALKED, TURNED = 0.5, 0.6  # m and rad between looks on the way
CLOSE = 0.3
"""Distance from the true centre within which something found is the thing, m."""
AGAIN = 4
"""Cells around a frontier that was visited within which no other is chosen."""
PERHAPS = 0.2
"""Share of looks that must have taken something for what is looked for, so that it is worth going there."""
LARGEST = 0.6
"""Length of the largest thing that may be one, m."""
FAR = Budget(80.0, 900.0)
"""How far a search may go here."""
NEAR_LOOKS = 4
"""Looks from near by that say what something is."""


def run_flat(seed: int) -> FlatScore:
    """Both searches of the flat of a seed."""
    return FlatScore(seed, run_search(seed, "views"), run_search(seed, "frontiers"))


class WalkingEye:
    """A body that goes along ways in a drawn flat and understands what its camera sees; no physics."""

    def __init__(self, flat: Flat, camera: CameraSpec = CAMERA) -> None:
        """Builds the flat."""
        self._flat, self._camera = flat, camera
        self._drawn = DrawnScene(flat.setup(), camera)
        self._rng = np.random.default_rng([22, flat.seed])
        self._observer, self.scene, self.floor = Observer(camera.near, camera.far), LivingScene(), FloorMap()
        self.pose, self.stamp, self.looks = flat.start, 0.0, 0
        self._checked: set[str] = set()
        self._asked = self._sure = ""
        rooms = [
            Room(name, low, high, LIKELIER if KINDS[flat.kind] == name else 1.0)
            for name, (low, high) in flat.rooms.items()
        ]
        self.area = SearchMap(rooms, RADIUS, REACH, camera.view)

    def close(self) -> None:
        """Gives the renderer back."""
        self._drawn.__exit__()

    def found(self) -> SceneObject | None:
        """The thing that is looked for, once it was seen from near by."""
        track = self.scene.tracks.get(self._sure)
        return track.thing(self.stamp) if track is not None else None

    def doubted(self) -> SceneObject | None:
        """Something that may be it, the nearest first, and that nobody has gone to look at."""
        fits = [track for track in self.scene.tracks.values() if self._may_be(track)]
        best = min(fits, key=lambda track: self.pose.distance_to(*track.position[:2].tolist()), default=None)
        self._asked = best.id if best is not None else ""
        return best.thing(self.stamp) if best is not None else None

    def _may_be(self, track: Track) -> bool:
        kind, colour = self._flat.kind, self._flat.colour
        fits = _share(track.colours, colour) >= PERHAPS and (
            _share(track.kinds, kind) >= PERHAPS or track.sightings < 6
        )
        small = max(track.size.tolist()) < LARGEST
        return track.id not in self._checked and small and fits and track.sightings > 1

    def settle(self) -> None:
        """Looks at what was asked for from near by; what these looks say of it counts alone."""
        name, self._asked = self._asked, ""
        if not name:
            return
        self._checked.add(name)
        track = self.scene.tracks.get(name)
        if track is None:
            return
        before = {**track.kinds}, {**track.colours}
        for _ in range(NEAR_LOOKS):
            self.look()
        wanted = (self._flat.kind, self._flat.colour)
        gained = [
            {k: v - old.get(k, 0.0) for k, v in now.items()} for now, old in zip((track.kinds, track.colours), before)
        ]
        if all(_share(votes, word) > 0.5 for votes, word in zip(gained, wanted)):
            self._sure = track.id

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
        grid = self.floor.grid()
        if grid is not None:
            self.area.take(grid, Pose2(float(place[0]), float(place[1]), self.pose.yaw))
        self.stamp += 0.2
        self.looks += 1

    def turn(self, yaw: float) -> None:
        """Turns where it stands and looks meanwhile."""
        left = wrap_angle(yaw - self.pose.yaw)
        steps = max(1, math.ceil(abs(left) / TURNED))
        for _ in range(steps):
            self.pose = Pose2(self.pose.x, self.pose.y, wrap_angle(self.pose.yaw + left / steps))
            self.stamp += abs(left) / steps / TURNING
            self.look()

    def go(self, way: Sequence[tuple[float, float]], yaw: float | None) -> float:
        """Goes along places, looking on the way, then turns; gives how far it went, m."""
        length = since = 0.0
        for x, y in way[1:]:
            step = math.dist((self.pose.x, self.pose.y), (x, y))
            if step < 1e-6:
                continue
            along = math.atan2(y - self.pose.y, x - self.pose.x)
            if abs(wrap_angle(along - self.pose.yaw)) > TURNED:
                self.turn(along)
            self.pose = Pose2(x, y, along)
            length, since, self.stamp = length + step, since + step, self.stamp + step / SPEED
            if since >= WALKED:
                since = 0.0
                self.look()
        if yaw is not None:
            self.turn(yaw)
        return length


def run_search(seed: int, way: Way, budget: Budget = FAR) -> SearchScore:
    """One search of one flat.

    Args:
        seed: The flat.
        way: How it is searched.
        budget: How far it may go.
    """
    flat = random_flat(seed)
    eye = WalkingEye(flat)
    try:
        for _ in range(2):
            eye.look()
        report = _by_views(eye, budget) if way == "views" else _by_frontiers(eye, budget, seed)
    finally:
        eye.close()
    true = next((one for one in flat.objects if one.id == flat.target), None)
    right = report.outcome == "absent" if true is None else report.outcome == "found"
    if true is not None and report.thing is not None:
        right = math.dist(true.position[:2], report.thing.position[:2]) < CLOSE
    words = f"the {flat.colour} {flat.kind}"
    return SearchScore(
        seed, way, true is not None, report.outcome, right, report.path, len(report.views), eye.looks, report.looked,
        report.sentence(words),
    )  # fmt: skip


def _by_views(eye: WalkingEye, budget: Budget) -> SearchReport:
    def look(view: View) -> tuple[SceneObject | None, float, float]:
        began = eye.stamp
        length = eye.go(view.way, view.pose.yaw)
        eye.look()
        eye.settle()
        return eye.found(), length, eye.stamp - began

    return ViewSearch(eye.area, budget).search(lambda: eye.pose, look, eye.found, eye.doubted)


def _by_frontiers(eye: WalkingEye, budget: Budget, seed: int) -> SearchReport:
    """Goes to a random place beside what is unseen and turns around once there, until nothing is left."""
    rng, search = np.random.default_rng([23, seed]), ViewSearch(eye.area, budget)
    report = SearchReport("unsure")
    report.path += _around(eye, search)
    been: list[tuple[int, int]] = []
    while eye.found() is None and report.path < budget.path:
        far, before = eye.area.reach(eye.pose)
        goals = [(int(r), int(c)) for r, c in eye.area.frontiers if far[r, c] < NEVER]
        goals = [goal for goal in goals if all(math.dist(goal, one) > AGAIN for one in been)]
        if not goals or search.left <= DONE:
            report.outcome = "absent"
            break
        goal = goals[int(rng.integers(len(goals)))]
        been.append(goal)
        report.path += eye.go(eye.area.way(before, goal), None)
        report.path += _around(eye, search)
        report.views.append(eye.pose)
    report.thing = eye.found()
    if report.thing is not None:
        report.outcome = "found"
    report.looked = 1.0 - search.left
    return report


def _around(eye: WalkingEye, search: ViewSearch) -> float:
    """Turns around once, and goes to see what may be it; gives how far it went, m."""
    length = 0.0
    for _ in range(4):
        eye.turn(wrap_angle(eye.pose.yaw + math.pi / 2))
    while eye.found() is None and (thing := eye.doubted()) is not None:
        view = search.towards(eye.pose, thing)
        if view is not None:
            length += eye.go(view.way, view.pose.yaw)
        eye.settle()
    return length


def _share(votes: Mapping[str, float], word: str) -> float:
    """Share of votes that a word has."""
    return votes.get(word, 0.0) / max(sum(votes.values()), 1e-9)
