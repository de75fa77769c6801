"""What connector and perception tell one another."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

pytest.importorskip("skill_stack_interfaces", reason="needs the stack's messages")

from geometry_msgs.msg import Point, Pose

from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.search_progress import Search, SearchProgress
from skill_stack.core.world.seen_outcome import VIOLATED, Answer, SeenOutcome
from skill_stack.nodes.wire.wire_sight import (
    MOST_KEYPOINTS,
    Running,
    event_message,
    keypoints_of,
    lookout_message,
    lookout_of,
    running_message,
    running_of,
    seen_message,
    seen_of,
)
from skill_stack.perception.scene.object_map import MapEvent
from skill_stack_interfaces.msg import Keypoints, RunningRequests
from skill_stack_interfaces.msg import SearchProgress as SearchMessage
from skill_stack_interfaces.msg import SeenOutcome as SeenMessage
from skill_stack_interfaces.msg import SkillRequest as RequestMessage


def test_everything_comes_back_as_it_was_said() -> None:
    running = Running((SkillRequest("p/1", "look_for", {"what": "red ball", "path": 20.0}),), ("p/0",))
    assert running_of(running_message(running)) == running
    lookout = SearchProgress("p/1", "looking", Pose2(1.0, 2.0, 3.0), 2)
    back = lookout_of(lookout_message(lookout))
    assert replace(back, view=lookout.view) == lookout and back.view.yaw == pytest.approx(3.0)
    found = SearchProgress("p/1", "found", None, 4, "a", "Here.")
    assert lookout_of(lookout_message(found)) == found
    seen = SeenOutcome("p/1", "failed", "on(a, b)", "a is beside b", 2)
    assert seen_of(seen_message(seen)) == seen


@pytest.mark.parametrize("answer", get_args(Answer))
def test_the_constants_of_the_messages_are_the_words_of_the_stack(answer: str) -> None:
    assert answer in (SeenMessage.SUCCEEDED, SeenMessage.FAILED, SeenMessage.CANNOT_TELL)
    assert set(get_args(Search)) == {getattr(SearchMessage, word.upper()) for word in get_args(Search)}


@pytest.mark.parametrize(
    ("read", "message", "why"),
    [
        (running_of, RunningRequests(requests=[RequestMessage(arguments="[]")]), "must be a JSON object"),
        (lookout_of, SearchMessage(outcome="lost"), "one of looking, found, absent, unsure, not 'lost'"),
        (lookout_of, SearchMessage(outcome="looking", has_view=True, view=Pose(position=Point(x=1e9))), "is beyond"),
        (seen_of, SeenMessage(answer="perhaps"), "one of succeeded, failed, cannot tell, not 'perhaps'"),
        (keypoints_of, Keypoints(names=["nose"]), "1 names and 0 points"),
        (keypoints_of, Keypoints(names=["a"] * 201, points=[Point()] * 201), f"at most {MOST_KEYPOINTS}"),
        (keypoints_of, Keypoints(names=["nose"], points=[Point(z=1e9)]), "is beyond"),
    ],
)
def test_what_says_something_else_is_refused(read, message, why: str) -> None:
    with pytest.raises(DataError, match=why):
        read(message)


def test_keypoints_are_places_or_pixels() -> None:
    points = [Point(x=1.0, y=2.0, z=3.0), Point(x=300.0, y=200.0)]
    made = Keypoints(names=["nose", "right_wrist"], points=points)
    assert keypoints_of(made)["nose"] == (1.0, 2.0, 3.0)
    made.pixels = True
    assert keypoints_of(made) == {"nose": (1.0, 2.0, 0.0), "right_wrist": (300.0, 200.0, 0.0)}


def test_a_change_of_the_scene_says_what_when_and_how_far() -> None:
    made = event_message(MapEvent("moved", "red_ball", 12.5, 0.3))
    assert (made.change, made.name, made.stamp.sec, made.distance) == ("moved", "red_ball", 12, 0.3)


def test_a_verdict_changes_what_a_skill_took_for_a_success() -> None:
    done = StepOutcome("p/1", "put_on", "succeeded")
    assert SeenOutcome("p/1", "succeeded").applied(done) == done
    failed = SeenOutcome("p/1", "failed", "on(a, b)", "a is beside b").applied(done)
    assert (failed.outcome, failed.reason) == ("failed", "a is beside b")
    assert failed.violated == f"{VIOLATED} on(a, b)"
    unsure = SeenOutcome("p/1", "cannot tell", "", "a was not seen since").applied(done)
    assert unsure.outcome == "succeeded" and "a was not seen since" in unsure.reason
