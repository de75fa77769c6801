"""Nothing hazardous begins, changes or is driven without a person's yes, whoever asks."""

import dataclasses

import pytest

from skill_stack.connector.connector import Connector
from skill_stack.core.processes.confirmation import NotConfirmed, RunConfirmations
from skill_stack.core.setpoint import SkillRequest

KEY = bytes(range(32))


@pytest.fixture
def world(worlds):
    """A standing robot whose walking legs are hazardous, and what depends on them with them."""
    made = worlds()
    made.start("p/0", "stand")
    made.finish()
    library = made.library.changed("walk", hazard="high")
    made.hand = False
    made.yes = RunConfirmations(lambda: KEY)
    made.yes.hand_on = lambda: made.hand
    made.connector = Connector(made.robot, library, localization=made.connector.localization, confirmations=made.yes)
    made.step()
    return made


GO = SkillRequest("p/1", "go_to", {"target": "red_ball"})


def start(world, request):
    world.connector.start(request, world.scene, world.now)


def test_a_request_without_a_yes_is_refused_and_leaves_what_runs(world):
    start(world, SkillRequest("p/0", "wait", {"duration": 60.0}))
    for refused in (GO, dataclasses.replace(GO, confirmation="yes")):
        with pytest.raises(NotConfirmed, match="'go_to' is refused: it is hazardous"):
            start(world, refused)
    assert world.connector.active.id == "p/0"


def test_a_harmless_skill_with_something_hazardous_needs_the_same_yes(world):
    wait = SkillRequest("p/3", "wait", {"duration": 1.0}, hazardous=True)
    with pytest.raises(NotConfirmed, match="'wait' is refused: it is hazardous"):
        start(world, wait)
    start(world, world.yes.confirm(wait))
    assert world.connector.active.id == "p/3"
    with pytest.raises(NotConfirmed):
        world.connector.change(dataclasses.replace(wait, pace=0.5), world.scene, world.now)


def test_a_request_with_a_yes_runs_and_the_controller_hears_of_it(world):
    start(world, world.yes.confirm(GO))
    world.run(1.0)
    assert world.status.skill == "walk"
    assert world.cycle.setpoint.confirmation == world.connector.active.confirmation != ""


def test_a_yes_that_was_overheard_is_of_no_use(world):
    asked = world.yes.confirm(GO)
    start(world, asked)
    world.connector.cancel("p/1", "enough", world.now)
    world.step()
    with pytest.raises(NotConfirmed, match="used"):
        start(world, asked)
    with pytest.raises(NotConfirmed, match="just that"):
        start(world, dataclasses.replace(asked, arguments={"target": "blue_ball"}))


def test_nobody_else_changes_what_was_said_yes_to(world):
    start(world, world.yes.confirm(GO))
    world.run(0.5)
    faster = dataclasses.replace(world.connector.active, pace=1.5, confirmation="")
    with pytest.raises(NotConfirmed):
        world.connector.change(faster, world.scene, world.now)
    assert world.connector.active.pace == 1.0
    world.connector.change(world.yes.confirm(faster), world.scene, world.now)
    assert world.connector.active.pace == 1.5


def test_teleoperation_of_hazardous_legs_needs_a_hand_at_the_robot(world):
    with pytest.raises(NotConfirmed, match="skill-stack drive"):
        world.connector.teleop(0.4, 0.0, 0.0, world.now, "local")
    assert world.connector.teleop(0.0, 0.0, 0.0, world.now) is False  # to let go needs no yes
    world.hand = True
    for _ in range(20):
        world.connector.teleop(0.4, 0.0, 0.0, world.now, "local")
        world.step()
    assert world.status.skill == "walk" and world.cycle.setpoint.confirmation


def test_without_somebody_who_knows_of_yeses_nothing_hazardous_begins(world):
    world.connector = Connector(world.robot, world.library.changed("walk", hazard="high"))
    with pytest.raises(NotConfirmed):
        start(world, world.yes.confirm(GO))
