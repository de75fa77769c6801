"""SeenThings: which things were there in an episode, and what happened to them, as the robot knew it."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.recording.format import topic
from skill_stack.recording.reading.episode import NS, RecordedTask, span
from skill_stack.recording.recording import Recording

SCENE, EVENTS = "scene", "scene_events"
"""Topics of what the robot believes about its surroundings, and of what cameras saw change there."""
APPEARED, MOVED, REMOVED = "appeared", "moved", "removed"


@dataclass(frozen=True, slots=True)
class ThingChange:
    """A change of one thing.

    Attributes:
        seconds: When, s since the begin of the episode.
        name: Id of the thing.
        change: ``appeared``, ``moved`` or ``removed``.
        distance: How far it was moved, m.
    """

    seconds: float
    name: str
    change: str
    distance: float


@dataclass(frozen=True, slots=True)
class SeenThings:
    """Things of an episode.

    Attributes:
        first: Those that were known when it began.
        changes: What happened to them, in order.
    """

    first: tuple[str, ...] = ()
    changes: tuple[ThingChange, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(dict.fromkeys([*self.first, *(one.name for one in self.changes)]))

    def there(self, name: str, seconds: float) -> bool:
        """Whether a thing was there at a time since the begin, s: it stays where it is while nobody looks."""
        there = name in self.first
        for one in self.changes:
            if one.name == name and one.seconds <= seconds:
                there = one.change != REMOVED
        return there


def things_of(run: Recording, one: RecordedTask) -> SeenThings:
    """Things of an episode; nothing where the run has neither a scene nor cameras."""
    before = run.messages([topic(run.namespace, SCENE)], end=span(one.window)[0])
    first: tuple[str, ...] = ()
    for found in before:
        first = tuple(thing.id for thing in found.message.objects)
    changes = [
        ThingChange(found.time * NS - one.begin, found.message.name, found.message.change, found.message.distance)
        for found in run.messages([topic(run.namespace, EVENTS)], *span(one.window))
    ]
    return SeenThings(first, tuple(changes))
