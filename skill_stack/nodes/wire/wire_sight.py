"""Messages between connector and perception: running requests, steps to be verified, searches, and verdicts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from geometry_msgs.msg import Point

from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.world.search_progress import Search, SearchProgress
from skill_stack.core.world.seen_outcome import Answer, SeenOutcome
from skill_stack.nodes.wire.wire_basics import arguments_of, metres, pose2_message, pose2_of, time_message
from skill_stack.perception.recognition.gesture import named
from skill_stack_interfaces.msg import Keypoints, RunningRequests, SceneEvent
from skill_stack_interfaces.msg import SearchProgress as SearchMessage
from skill_stack_interfaces.msg import SeenOutcome as SeenMessage
from skill_stack_interfaces.msg import SkillRequest as RequestMessage

if TYPE_CHECKING:  # it draws in a library of pictures that not every node has
    from skill_stack.perception.scene.object_map import MapEvent

RUNNING, LOOKOUT, SEEN = "running_requests", "lookout", "seen_outcome"
"""Topics: running requests of the connector, views requested by perception, and its verdicts."""
MOST_KEYPOINTS = 200
"""Most joints of a body in one message."""


@dataclass(frozen=True, slots=True)
class Running:
    """The connector's running requests.

    Attributes:
        requests: What it carries out.
        judge: Ids of steps that have ended and wait for a check by the cameras.
    """

    requests: tuple[SkillRequest, ...] = ()
    judge: tuple[str, ...] = ()


def running_message(running: Running) -> RunningRequests:
    """What runs, as a message."""
    requests = [
        RequestMessage(id=one.id, skill=one.skill, arguments=json.dumps(one.arguments)) for one in running.requests
    ]
    return RunningRequests(requests=requests, judge=list(running.judge))


def running_of(message: RunningRequests) -> Running:
    """What runs; raises DataError where arguments are no JSON object."""
    requests = tuple(SkillRequest(one.id, one.skill, arguments_of(one.arguments)) for one in message.requests)
    return Running(requests, tuple(message.judge))


def lookout_message(lookout: SearchProgress) -> SearchMessage:
    """Progress of a search, as a message."""
    message = SearchMessage(
        request=lookout.request, outcome=lookout.outcome, number=lookout.number, thing=lookout.thing,
        sentence=lookout.sentence, has_view=lookout.view is not None,
    )  # fmt: skip
    if lookout.view is not None:
        message.view = pose2_message(lookout.view)
    return message


def lookout_of(message: SearchMessage) -> SearchProgress:
    """Progress of a search; raises DataError for an unknown outcome or a view that is no pose."""
    if message.outcome not in get_args(Search):
        raise DataError(f"a search is one of {', '.join(get_args(Search))}, not '{message.outcome[:20]}'")
    view = pose2_of(message.view) if message.has_view else None
    return SearchProgress(
        message.request, message.outcome, view, message.number, message.thing, message.sentence
    )


def seen_message(seen: SeenOutcome) -> SeenMessage:
    """A verdict, as a message."""
    return SeenMessage(
        request=seen.request, answer=seen.answer, effect=seen.effect, sentence=seen.sentence, looks=seen.looks
    )


def seen_of(message: SeenMessage) -> SeenOutcome:
    """A verdict; raises DataError for an unknown answer."""
    if message.answer not in get_args(Answer):
        raise DataError(f"what was seen of a step is one of {', '.join(get_args(Answer))}, not '{message.answer[:20]}'")
    return SeenOutcome(message.request, message.answer, message.effect, message.sentence, message.looks)


def event_message(event: MapEvent) -> SceneEvent:
    """A change of the scene, as a message."""
    stamp = time_message(event.stamp)
    return SceneEvent(change=event.change, name=event.name, stamp=stamp, distance=float(event.distance))


def keypoints_of(message: Keypoints) -> dict[str, tuple[float, float, float]]:
    """Joints of a body by name: m in ``map``, or column, row and 0; raises DataError for names without points."""
    if len(message.points) > MOST_KEYPOINTS:
        raise DataError(f"keypoints are at most {MOST_KEYPOINTS}, not {len(message.points)}")

    def numbers_of(point: Point) -> tuple[float, float, float]:
        if message.pixels:
            return point.x, point.y, 0.0
        x, y, z = metres(point.x, point.y, point.z)
        return x, y, z

    return named(message.names, [numbers_of(point) for point in message.points])
