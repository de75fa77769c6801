"""ObjectMap: objects seen by cameras, updated look by look."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from skill_stack.core.spatial import solids
from skill_stack.core.spatial.relations import support
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.perception.scene.colour_names import MISTAKEN
from skill_stack.perception.scene.detection import KINDS, Detection
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.object_track import GLIMPSED, STILL, ObjectTrack, in_the_air
from skill_stack.perception.scene.partial_objects import FARTHEST, WHOLE, held_at, is_piece, shift_by
from skill_stack.perception.scene.shape_fitting import LEAST
from skill_stack.perception.scene.visibility import sight_of

Array = np.ndarray
Change = Literal["appeared", "moved", "removed"]
GATE = 0.12
"""Distance up to which a detection matches a track, in addition to its size and the errors, m."""
CARRIED = 4.0
"""Distance up to which a vanished object may reappear elsewhere, m: across a room."""
NEVER = 1e3
GONE_AFTER = 3
"""Consecutive looks through the place of an object after which it is removed."""
MANY = 3
"""Number of objects vanishing at once, while fewer stay, that indicates a wrong camera pose instead."""
BELIEVED_AFTER = 2
"""Looks that must show an object before it is confirmed."""
SURE = 0.35
"""Confidence of a detection that starts a track."""
WAITING = 3.0
"""Time within which the second look must follow, s."""
MOST_SURE = 0.99
"""Largest confidence of a wall: one that a map states has 1, and it alone has no doorway where one was seen."""
IN_WALL = 0.09
"""Distance from the plane of a wall up to which a detection belongs to it, m."""
BEYOND_WALL = 4.0
"""Distance beyond the end of a wall up to which a detection in its plane may extend it, m."""
DOUBLE = 0.4
"""Distance of the middles of two tracks up to which they are of one thing, as a share of the smallest extent."""
WITHIN = 0.8
"""The same as a share of the larger one's half extents, where the smaller one's middle is within it."""
ON = 0.2
"""Distance from the outline of what is known better up to which the middle of a track of it may be, m: half of what is
guessed of a depth that is not seen."""
UNEQUAL, LEAST_COMMON, OTHER = 0.35, 0.2, 4.0
"""Standard deviation of the logarithm of an extent from look to look; the least share of looks with the same colours;
and the logarithm of the unlikelihood from which on two things are different ones.
"""


@dataclass(frozen=True, slots=True)
class MapEvent:
    """A change of the scene.

    Attributes:
        change: What happened.
        name: Id of the thing.
        stamp: Task time of the look that showed it, s.
        distance: How far it was moved, m.
    """

    change: Change
    name: str
    stamp: float
    distance: float = 0.0


class ObjectMap:
    """The objects of one place.

    A thing that is hidden or out of view stays. A thing whose place is seen empty is removed after some looks. If
    another one with the same appearance is detected meanwhile, the thing was moved. A thing that a hand holds stays:
    it is where it was last seen, until it is seen to stand somewhere.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self.tracks: dict[str, ObjectTrack] = {}
        self.walls: list[Detection] = []
        self.stamp: float | None = None
        self._gone: list[ObjectTrack] = []
        self._names: set[str] = set()
        self._held: set[str] = set()
        self._followed: set[str] = set()  # known things that the robot's own body hides in part in the newest look
        self._begun = 0
        self._eye: Array | None = None
        self._way = 0.0
        self._from: dict[str, tuple[Array, float]] = {}  # place, m, and heading of things, seen from the camera

    def update(self, seen: Observation) -> list[MapEvent]:
        """Takes a look.

        Args:
            seen: The look; its frame is that of the scene.

        Returns:
            What changed by it.
        """
        stamp = seen.stamp
        self._keep_walls(seen.walls)
        for track in [track for track in self.tracks.values() if self._part_of_wall(track.last)]:
            del self.tracks[track.id]  # before more of it was seen it looked like a thing
        likely = [one for one in seen.things if one.confidence >= SURE or one.pixels > 400]
        self._way += math.dist(seen.cloud.eye, self._eye) if self._eye is not None else 0.0
        self._eye = seen.cloud.eye
        found = self._by_surface([one for one in likely if not self._part_of_wall(one)], seen)
        pairs = self._associate(found, stamp)
        events: list[MapEvent] = []
        for track, detection in pairs:
            track.doubt(self._way)
            moved = track.see(detection, stamp)
            if moved > 4 * STILL and self._believed(track):
                events.append(MapEvent("moved", track.id, stamp, moved))
            if track.sightings == BELIEVED_AFTER:
                self._name(track)
                events.append(MapEvent("appeared", track.id, stamp))
        self._follow_held(seen)
        taken = {id(detection) for _, detection in pairs}
        events += self._missed({track.id for track in self.tracks.values() if track.last_seen == stamp}, seen)
        events += self._begin([one for one in found if id(one) not in taken], stamp)
        self._drop_doubles(stamp)
        events += self._reunite(stamp)
        for track in self.tracks.values():
            track.on = support(track, self.tracks.values())
        self._let_go(stamp)
        self._note_places(seen)
        self.stamp = stamp
        return events

    def _follow_held(self, seen: Observation) -> None:
        """Takes known things that the robot's own body hides in part: they may have stayed, or gone with the robot."""
        heading, turn = _facing(seen)
        self._followed.clear()
        for one in seen.beside:  # with its other faces, where they are pieces by themselves
            mask = np.isin(seen.labels, [other.label for other in seen.beside if other.colour == one.colour])
            for track in [*self.tracks.values(), *self._gone]:
                if track.last_seen == seen.stamp or not self._believed(track):
                    continue
                begun = [(track.position, track.yaw)]
                if track.id in self._from:
                    place, yaw = self._from[track.id]
                    begun.append((seen.cloud.eye + turn @ place, yaw + heading))
                begun = [(p, yaw) for p, yaw in begun if math.dist(p, one.surface) < track.size.max() + FARTHEST]
                found = held_at(track, one, mask, seen.cloud, begun)
                if found is not None:
                    self._take_back(track)
                    self.tracks[track.id] = track
                    track.carry(*found, seen.stamp)
                    self._followed.add(track.id)
                    break

    @property
    def carried(self) -> tuple[ObjectTrack, ...]:
        """Known things that the newest look showed behind the robot's own body and on nothing: hands have them."""
        followed = [track for track in self.tracks.values() if track.id in self._followed]
        return tuple(one for one in followed if in_the_air(one.position[2] - one.size[2] / 2, bool(one.on)))

    @property
    def standing(self) -> tuple[ObjectTrack, ...]:
        """Confirmed things that no hand has."""
        away = self._followed | self._held
        return tuple(one for one in self.tracks.values() if self._believed(one) and one.id not in away)

    def _note_places(self, seen: Observation) -> None:
        """Notes where things are from the camera, for those that go with it from now on."""
        heading, turn = _facing(seen)
        for track in self.tracks.values():
            if track.last_seen == seen.stamp:
                self._from[track.id] = turn.T @ (track.position - seen.cloud.eye), track.yaw - heading

    def _drop_doubles(self, stamp: float) -> None:
        """Keeps one of two tracks of one colour that are within one another, as no two solids are: the older one.

        What one look shows as two whole things is two: no thing is seen twice in one picture.
        """
        tracks = sorted(self.tracks.values(), key=lambda track: -track.sightings)
        if len(tracks) < 2:
            return
        places = np.array([track.position for track in tracks])
        reach = np.array([track.size.max() for track in tracks]) / 2
        near = np.linalg.norm(places[:, None] - places[None], axis=2) < np.maximum(reach[:, None], reach[None])
        for number, other in np.argwhere(np.triu(near, 1)).tolist():
            one, two = tracks[number], tracks[other]
            apart = one.last_seen == two.last_seen == stamp and one.last.whole and two.last.whole
            if _same_colour(one, two) and one.id in self.tracks and not apart and _within_one_another(one, two):
                self.tracks.pop(two.id, None)

    def _reunite(self, stamp: float) -> list[MapEvent]:
        """Takes a thing for one whose place is empty, if it looks like that and was first seen since: that one moved.

        When it was first seen, its shape or that the other one is gone may not have been known.
        """
        events = []
        for was in self._missing():
            fits = [
                (unlike, track.id)
                for track in self.tracks.values()
                if track.absent == 0 and track.first_seen > was.last_seen and self._believed(track)
                if (unlike := _unlikeness(was, track)) < OTHER and math.dist(was.position, track.position) < CARRIED
            ]
            if not fits:
                continue
            track = self.tracks.pop(min(fits)[1])
            self._take_back(was)
            track.take_over(was)
            self.tracks[track.id] = track
            events.append(MapEvent("moved", track.id, stamp, math.dist(was.position, track.position)))
        return events

    def _missing(self) -> list[ObjectTrack]:
        """Things whose place was seen empty."""
        return [t for t in self.tracks.values() if t.absent > 0 and self._believed(t)] + self._gone

    def _take_back(self, track: ObjectTrack) -> None:
        """Takes a missing thing from where it was."""
        self.tracks.pop(track.id, None)
        if track in self._gone:
            self._gone.remove(track)

    def identify(self, track_id: str, name: str) -> None:
        """Gives a track the name of a thing that it is known to be; another one with that name gets a new one.

        Args:
            track_id: Id of the track.
            name: The name; empty: a new one.
        """
        track, other = self.tracks.pop(track_id), self.tracks.get(name)
        if other is not None:
            self._name(other)
        track.id = name or self._new_name(track)
        self._names.add(track.id)
        self.tracks[track.id] = track

    def forget_at(self, thing: SceneObject) -> None:
        """Forgets what was taken for things where another thing is; what stands close to that is seen again."""
        self.tracks = {name: one for name, one in self.tracks.items() if not solids.over(one, thing, ON)}

    def hold(self, name: str) -> None:
        """Takes that a hand holds an object, which hides it and takes it away from where it was seen."""
        self._held.add(name)

    def _let_go(self, stamp: float) -> None:
        """Takes that no hand holds what is seen to stand on something."""
        self._held -= {track.id for track in self.tracks.values() if track.on and track.last_seen == stamp}

    def restore(self, tracks: Iterable[ObjectTrack], walls: Iterable[Detection]) -> None:
        """Restores a stored scene, replacing everything seen so far.

        Args:
            tracks: Things, each with the name that it keeps.
            walls: Walls.
        """
        self.tracks = {track.id: track for track in tracks}
        self._names |= set(self.tracks)
        self.walls = list(walls)

    def _associate(self, found: list[Detection], stamp: float) -> list[tuple[ObjectTrack, Detection]]:
        """Pairs of tracks and detections; a track of which this look showed a piece is not also of another colour."""
        tracks = list(self.tracks.values())
        if not tracks or not found:
            return []
        cost = np.array([
            [NEVER if track.last_seen == stamp and _strange(track, one) else _unlike(track, one) for one in found]
            for track in tracks
        ])  # fmt: skip
        rows, columns = linear_sum_assignment(cost)
        return [(tracks[r], found[c]) for r, c in zip(rows, columns) if cost[r, c] < NEVER]

    def _by_surface(self, found: list[Detection], look: Observation) -> list[Detection]:
        """Takes pieces of known objects; returns the other detections, partial ones moved to the place of their
        surface.
        """
        known = [track for track in self.tracks.values() if track.wholes >= WHOLE and self._believed(track)]
        left: list[Detection] = []
        for one in found:
            near = [t for t in known if math.dist(t.position[:2], one.surface[:2]) < t.radius + FARTHEST]
            points = look.cloud.points[look.labels == one.label] if near else np.zeros((0, 3))
            shifts = ((track, shift_by(track, one, points, look.cloud)) for track in near)
            track, shift = next(((t, shift) for t, shift in shifts if shift is not None), (None, None))
            if track is None or shift is None:
                left.append(one)
            elif is_piece(track, one):
                track.doubt(self._way)
                track.add_partial_look(shift, look.stamp)
            else:
                place = np.array([*(track.position[:2] + shift), one.position[2]])
                left.append(replace(one, position=place, deviation=GLIMPSED))
        return left

    def _missed(self, seen_ids: set[str], look: Observation) -> list[MapEvent]:
        """Updates objects that the look did not show."""
        events = []
        missed = [track for track in self.tracks.values() if track.id not in seen_ids]
        sights = {track.id: sight_of(track, look.cloud) for track in missed}
        gone = sum(self._believed(track) and sights[track.id] == "gone" for track in missed)
        lost = MANY <= gone > sum(self._believed(self.tracks[name]) for name in seen_ids)
        for track in missed:
            sight = "hidden" if lost and sights[track.id] == "gone" else sights[track.id]
            track.hidden = sight in ("hidden", "out of view")
            if sight == "gone":
                track.absent += 1
                track.sure *= 0.7
            waited = look.stamp - track.last_seen > WAITING and not track.hidden and not self._believed(track)
            if track.absent >= GONE_AFTER or waited:
                del self.tracks[track.id]
                if self._believed(track):
                    self._gone.append(track)
                    events.append(MapEvent("removed", track.id, look.stamp))
        return events

    def _begin(self, found: list[Detection], stamp: float) -> list[MapEvent]:
        """Unmatched detections: an object that was carried here, or a new one."""
        events = []
        for one in found:
            fresh = ObjectTrack.from_detection(f"new_{self._begun + 1}", one, stamp)
            track = self._carried_here(fresh)
            if track is not None:
                was = track.position.copy()
                self._take_back(track)
                self.tracks[track.id] = track
                track.see(one, stamp)
                distance = float(np.linalg.norm(track.position - was))
                events.append(MapEvent("moved", track.id, stamp, distance))
            elif one.confidence >= SURE:
                self._begun += 1
                track = self.tracks[fresh.id] = fresh
            if track is not None:
                track.seen_at = self._way
        return events

    def _carried_here(self, fresh: ObjectTrack) -> ObjectTrack | None:
        """An object whose place was seen empty, and that looks like this one."""
        fits = [t for t in self._missing() if _unlikeness(t, fresh) < OTHER]
        fits = [t for t in fits if math.dist(t.position, fresh.position) < CARRIED]
        return min(fits, key=lambda track: math.dist(track.position, fresh.position), default=None)

    def _keep_walls(self, walls: tuple[Detection, ...]) -> None:
        """Adds new walls, and extends known ones."""
        for wall in walls:
            for number, other in enumerate(self.walls):
                if _same_wall(wall, other):
                    self.walls[number] = _longer(other, wall)
                    break
            else:
                self.walls.append(wall)

    def _part_of_wall(self, one: Detection) -> bool:
        """Whether it is a piece of a wall that is partly hidden, or appears round from far away."""
        return any(one.colour == wall.colour and _in_wall(one, wall) for wall in self.walls)

    def _name(self, track: ObjectTrack) -> None:
        """Names an object by the looks so far; it keeps that name."""
        del self.tracks[track.id]
        track.id = self._new_name(track)
        self.tracks[track.id] = track

    def _new_name(self, one: ObjectTrack) -> str:
        base = f"{one.colour}_{one.kind}" if one.colour else one.kind
        name, number = base, 1
        while name in self._names:
            number += 1
            name = f"{base}_{number}"
        self._names.add(name)
        return name

    @staticmethod
    def _believed(track: ObjectTrack) -> bool:
        return track.sightings >= BELIEVED_AFTER

    def things(self, now: float) -> list[SceneObject]:
        """All confirmed objects, at a task time, s."""
        held = [track for track in self._gone if track.id in self._held]
        return [track.thing(now) for track in (*self.tracks.values(), *held) if self._believed(track)]

    def graph(self, now: float) -> SceneGraph:
        """Objects, walls, and support relations, at a task time, s."""
        objects = {thing.id: thing for thing in self.things(now)}
        for number, wall in enumerate(self.walls):
            x, y, z = (float(value) for value in wall.position)
            name = f"wall_{number + 1}"
            seen = SceneObject(name, "wall", (x, y, z), wall.yaw, "box", wall.size, wall.colour)
            objects[name] = replace(seen, confidence=min(wall.confidence, MOST_SURE))
        on = {Fact("on", (t.id, t.on)) for t in self.tracks.values() if t.id in objects and t.on in objects}
        return SceneGraph(objects, frozenset(on))


def _facing(seen: Observation) -> tuple[float, Array]:
    """Heading of the camera, rad, and the turn from its heading to the frame of the look, shape (3, 3)."""
    ahead = seen.cloud.rotation[:, 2]
    heading = math.atan2(float(ahead[1]), float(ahead[0]))
    c, s = math.cos(heading), math.sin(heading)
    return heading, np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _unlike(track: ObjectTrack, one: Detection) -> float:
    """Cost of matching a detection to a track; NEVER where it cannot be."""
    away = math.dist(track.position[:2], one.position[:2])
    up = abs(float(track.position[2]) - float(one.position[2]))
    size = max(track.radius, max(one.size[:2]) / 2)
    strange = _strange(track, one)
    gate = (STILL if strange else GATE) + 0.5 * size + 2 * (math.sqrt(track.variance) + one.deviation)
    if away > gate or up > (0.0 if strange else 0.1) + 0.5 * float(track.size[2]):
        return NEVER
    cost = away / gate + up
    cost += 0.0 if not track.colour or one.colour == track.colour else 0.7 if one.colour in track.colours else 1.2
    cost += 0.3 * (one.shape != track.shape)
    cost += 0.5 * min(abs(math.log(max(one.size[2], 1e-3) / max(float(track.size[2]), 1e-3))), 2.0)
    return cost if cost < 2.2 else NEVER


def _strange(track: ObjectTrack, one: Detection) -> bool:
    """Whether a detection has a colour that the object never showed: it is the same object only where that stood, not
    beside it or on top of it.
    """
    return bool(track.colours and one.colour) and one.colour not in track.colours


def _unlikeness(one: ObjectTrack, other: ObjectTrack) -> float:
    """How little two objects look like one, at any place: a negative logarithm of likelihood; NEVER for other kinds."""
    colours, others = (_shares(track) for track in (one, other))
    common = sum(min(share, others.get(name, 0.0)) for name, share in colours.items()) if colours or others else 1.0
    if common < LEAST_COMMON or (one.kind != other.kind and not {one.kind, other.kind} <= set(KINDS.values())):
        return NEVER
    sizes = np.log(np.sort(np.maximum(one.size, 1e-3)) / np.sort(np.maximum(other.size, 1e-3))) / UNEQUAL
    shapes = max(_lost(one, shape) + _lost(other, shape) for shape in KINDS)
    return 0.5 * float(sizes @ sizes) - shapes - math.log(common)


def _shares(track: ObjectTrack) -> dict[str, float]:
    """In which share of its looks it had each colour."""
    whole = sum(track.colours.values()) or 1.0
    return {name: votes / whole for name, votes in track.colours.items()}


def _lost(track: ObjectTrack, shape: str) -> float:
    """Logarithm of the likelihood of a shape, relative to the likeliest; one look may mistake it."""
    return max(track.shapes[shape] - track.shapes[track.shape], LEAST)


def _same_colour(one: ObjectTrack, other: ObjectTrack) -> bool:
    return one.colour == other.colour or frozenset((one.colour, other.colour)) in MISTAKEN


def _within_one_another(one: ObjectTrack, other: ObjectTrack) -> bool:
    """Whether the middles of two objects nearly coincide, or that of the smaller one is in the larger one's solid."""
    if math.dist(one.position, other.position) < DOUBLE * min(*one.size.tolist(), *other.size.tolist()):
        return True
    small, large = sorted((one, other), key=lambda track: float(track.size.prod()))
    x, y, z = (small.position - large.position).tolist()
    c, s = math.cos(large.yaw), math.sin(large.yaw)
    inside = np.abs((c * x + s * y, c * y - s * x, z)) / np.maximum(large.size, 1e-3) * 2
    return bool((inside < WITHIN).all())


def _same_wall(wall: Detection, other: Detection) -> bool:
    """Whether two pieces belong to one wall: in one plane, one after the other."""
    return abs(math.sin(wall.yaw - other.yaw)) < 0.2 and _in_wall(wall, other)


def _longer(known: Detection, seen: Detection) -> Detection:
    """A wall extended over both pieces."""
    axis = np.array([math.cos(known.yaw), math.sin(known.yaw)])
    ends = [
        float((piece.position[:2] - known.position[:2]) @ axis) + side * piece.size[0] / 2
        for piece in (known, seen)
        for side in (-1, 1)
    ]
    low, high = min(ends), max(ends)
    place = known.position.copy()
    place[:2] = known.position[:2] + axis * (low + high) / 2
    return replace(known, position=place, size=(high - low, known.size[1], max(known.size[2], seen.size[2])))


def _in_wall(one: Detection, wall: Detection) -> bool:
    """Whether a detection lies in the plane of a wall, no higher than it, not far beyond its end."""
    c, s = math.cos(wall.yaw), math.sin(wall.yaw)
    dx, dy = (one.surface[:2] - wall.position[:2]).tolist()
    along, aside = abs(c * dx + s * dy), abs(c * dy - s * dx)
    slack = IN_WALL + min(0.5 * one.deviation, 0.1) + 0.03 * max(along - wall.size[0] / 2, 0.0)
    top = float(one.position[2]) + one.size[2] / 2
    within = along < wall.size[0] / 2 + BEYOND_WALL
    return within and aside < slack and top < float(wall.position[2]) + wall.size[2] / 2 + 0.1
