"""Signs of life while the connector thinks: for as long as that may last, and not beside its own."""

import pytest

pytest.importorskip("rclpy")

from skill_stack.nodes.goal_heartbeat import LONGEST, THINKING, GoalHeartbeat


class Goal:
    def __init__(self, active=True):
        self.is_active, self.said = active, []

    def publish_feedback(self, message):
        self.said.append(message.phase)


@pytest.fixture
def rig():
    class Rig:
        now, goals = 10.0, [Goal(), Goal(active=False)]

    rig = Rig()
    rig.pulse = GoalHeartbeat(lambda: rig.goals, lambda: rig.now)
    return rig


def test_nothing_is_said_while_the_node_speaks_for_itself(rig) -> None:
    for _ in range(20):
        rig.now += 0.25
        rig.pulse.awake()
        assert rig.pulse.beat() == 0


def test_who_thinks_is_vouched_for_to_those_who_wait(rig) -> None:
    rig.now += 1.0
    assert rig.pulse.beat() == 1
    assert rig.goals[0].said == [THINKING] and rig.goals[1].said == []


def test_who_hangs_is_not_vouched_for(rig) -> None:
    rig.now += LONGEST + 0.1
    assert rig.pulse.beat() == 0


def test_the_thread_ends_when_it_is_told_to(rig) -> None:
    rig.pulse.start()
    rig.pulse.close()
    assert not rig.pulse._thread.is_alive()
