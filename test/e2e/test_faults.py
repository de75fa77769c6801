"""What happens when a part dies or freezes while the robot walks, in real time: the robot stands or is damped, whoever
asked hears why, nothing hangs, and the stack comes back."""

import math
import signal
import threading

import numpy as np
import pytest

from skill_stack.core.errors import SkillStackError
from skill_stack.core.rotation import yaw_of
from skill_stack.core.setpoint import ControlMode
from skill_stack.nodes.clients.skill_client import SkillClient

BALL = np.array([2.2, 0.8])  # the red one, as the scene's file states
LYING_WRONG = 0.6  # rad, of tilt: it does not rise from there
WEST, EAST = "walk to the purple cylinder", "walk to the red ball"


@pytest.fixture(scope="module")
def shared(start):
    made = start(namespace="fault")
    made.wait_up()
    return made


@pytest.fixture
def stack(shared, until):
    """The stack in health, with the robot on its feet."""
    shared.wait_healthy()
    # On a busy machine a step may fail for lack of setpoints, which is not what is looked at here.
    until(lambda: _risen(shared), 120, "the robot on its feet", lambda: (shared.truth, shared.status))
    until(shared.standing, 30, "standing", lambda: (shared.truth, shared.status))
    return shared


def _risen(stack) -> bool:
    """Whether the robot got on its feet; one that was damped in the middle of a step may lie on its side or back."""
    if stack.status.tilt < LYING_WRONG:
        return _done(stack, "stand up")
    try:
        with SkillClient(stack.namespace) as client:
            return client.do_skill("get_up", {}, confirm=True).outcome == "succeeded"
    except SkillStackError:
        return False


def _done(stack, words: str) -> bool:
    """Whether words were done; a busy machine may leave the planner without an answer."""
    try:
        return stack.say(words).outcome == "succeeded"
    except SkillStackError:
        return False


class Walk:
    """A task that runs in a thread while things go wrong."""

    def __init__(self, stack, until) -> None:
        self.result, self.error = None, ""
        self._stack = stack
        self._words = EAST if stack.truth.position[0] < 0 else WEST  # far away in any case
        self._begin()
        until(self._walking, 90, "walking", lambda: (self.result, self.error, stack.status))

    def _begin(self) -> None:
        self.result, self.error = None, ""
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _walking(self) -> bool:
        """Whether it is under way; on a busy machine late samples may have it damped before it is."""
        if not self._thread.is_alive() and (self.error or self.result.outcome != "succeeded"):
            self._begin()
        return self._thread.is_alive() and self._stack.walking()

    def _run(self) -> None:
        try:
            self.result = self._stack.say(self._words)
        except SkillStackError as error:
            self.error = str(error)

    def wait(self, seconds: float = 120) -> None:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the client hangs"


@pytest.mark.slow
def test_planner_killed(stack, until) -> None:
    walk = Walk(stack, until)
    killed = stack.kill("planner")
    walk.wait()
    assert "planner died or stopped answering" in walk.error
    until(lambda: stack.pid("planner") != killed, 60, "a new planner")
    until(stack.standing, 90, "the step's own end, then standing")
    assert stack.status.stop_count == 0 or stack.status.mode is ControlMode.ACTIVE


def test_connector_killed(stack, until) -> None:
    walk = Walk(stack, until)
    stack.kill("connector")
    until(lambda: (stack.status.mode, stack.status.reason) == (ControlMode.STANCE, "no setpoint"), 60, "the stance")
    walk.wait()
    assert walk.result.outcome == "interrupted"
    assert "the connector died or stopped answering" in walk.result.reason
    until(stack.standing, 60, "standing")


@pytest.mark.slow
def test_front_end_killed(stack, until) -> None:
    walk = Walk(stack, until)
    stack.kill("controller")
    until(lambda: stack.status.mode is ControlMode.STANCE, 60, "the stance", lambda: (stack.status, stack.parts()))
    walk.wait()
    assert walk.result.outcome in ("succeeded", "failed")
    if walk.result.outcome == "failed":
        assert "no status from the controller" in walk.result.reason
    until(stack.standing, 60, "standing")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_the_line_goes_on_without_what_it_does_not_need(stack, until, number: int) -> None:
    names = ["lifecycle_manager", "monitor", "scene"]
    walk = Walk(stack, until)
    killed = {name: stack.kill(name, number) for name in names}
    walk.wait()
    assert walk.result.outcome == "succeeded", walk.result
    for name in names:
        until(lambda name=name: stack.pid(name) != killed[name], 20, f"a new {name}")


@pytest.mark.slow
def test_what_freezes_and_is_needed_is_ended_and_comes_back(stack, until) -> None:
    walk = Walk(stack, until)
    frozen = {name: stack.kill(name, signal.SIGSTOP) for name in ("planner", "connector", "supervisor")}
    until(stack.standing, 60, "standing")

    def replaced(name: str) -> bool:
        noted = stack.run_file.noted()
        return name in noted and noted[name].pid != frozen[name]

    for name in frozen:
        until(lambda name=name: replaced(name), 60, f"a new {name}")
        assert f"{name} froze (stopped by a signal" in stack.text
    walk.wait()
    stack.wait_healthy()


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=pytest.mark.slow)])
def test_control_process_killed_or_frozen(stack, until, number: int) -> None:
    walk = Walk(stack, until)
    before = stack.status
    killed = stack.kill("control", number)
    until(stack.lying, 30, "a damped robot on the ground", lambda: (stack.truth, stack.status))
    walk.wait()
    assert walk.result.outcome in ("failed", "interrupted"), walk.result
    assert walk.result.reason
    until(lambda: stack.pid("control") != killed, 60, "a new control process")
    until(lambda: stack.status.mode is ControlMode.DISARMED, 60, "disarmed")
    until(stack.lies_still, 30, "the end of sinking", lambda: (stack.truth, stack.status))
    after = stack.status
    assert after.mode is ControlMode.DISARMED, after  # nothing went on by itself
    # The new process goes on from the place that the old one knew, and knows it less well.
    assert np.linalg.norm(after.base_position[:2] - before.base_position[:2]) < 1.0
    assert after.base.position > before.base.position + 0.2


def test_stop_needs_no_ros(stack, until) -> None:
    walk = Walk(stack, until)
    done = stack.command("stop", "--json")
    assert done.returncode == 0
    walk.wait()
    assert walk.result.outcome == "interrupted"
    assert "stop" in walk.result.reason
    until(stack.standing, 60, "standing")


def test_the_word_stop_stops(stack, until) -> None:
    walk = Walk(stack, until)
    assert stack.say("stop!").outcome == "succeeded"
    walk.wait()
    assert walk.result.outcome == "interrupted"
    until(stack.standing, 60, "standing")


def test_emergency_stop_holds_until_a_person_resets(stack, until) -> None:
    walk = Walk(stack, until)
    assert stack.command("estop").returncode == 0
    walk.wait()
    assert walk.result.outcome in ("interrupted", "failed")
    until(stack.lying, 30, "a damped robot", lambda: (stack.truth, stack.status))
    refused = stack.say(WEST)
    assert refused.outcome == "failed"
    assert "emergency stop" in refused.reason
    assert stack.status.mode is ControlMode.ESTOP
    assert stack.command("reset").returncode == 0
    until(lambda: stack.status.mode is ControlMode.DISARMED, 60, "disarmed")


@pytest.mark.slow
def test_joystick_takes_over_and_its_loss_ends_in_the_stance(stack, until) -> None:
    from geometry_msgs.msg import Twist

    from skill_stack.nodes.clients.client import TaskClient

    walk = Walk(stack, until)
    with TaskClient(stack.namespace) as client:
        publisher = client.node.create_publisher(Twist, "cmd_vel", 1)
        command = Twist()
        command.angular.z = 0.6

        def turning() -> bool:
            publisher.publish(command)
            return stack.status.yaw_rate > 0.3 and stack.status.request_id.startswith("teleop")

        assert client.spin(turning, 60)
    walk.wait()
    assert walk.result.outcome == "interrupted"
    assert "teleoperation took over" in walk.result.reason
    until(lambda: stack.status.skill == "stand", 60, "the stance")
    until(stack.standing, 60, "standing")


@pytest.mark.slow
def test_simulator_killed_ends_everything_and_says_so(start, until) -> None:
    stack = start(namespace="gone")
    stack.wait_up()
    noted = list(stack.run_file.noted().values())
    stack.kill("simulator")
    assert stack.process.wait(120) == 1
    assert "simulator was ended by SIGKILL: the simulated robot is gone" in stack.text
    stack.assert_gone(noted)


@pytest.mark.slow
def test_a_killed_bring_up_is_cleaned_up_after(start, until) -> None:
    stack = start(namespace="crash")
    stack.wait_up()
    until(lambda: stack.say("stand up").outcome == "succeeded", 60, "the robot on its feet", lambda: stack.status)
    noted = stack.run_file.noted()
    stack.process.kill()
    stack.process.wait()
    until(lambda: not noted["planner"].alive and not noted["connector"].alive, 60, "the end of the nodes")
    assert noted["control"].alive and noted["supervisor"].alive
    until(lambda: stack.status.mode is ControlMode.STANCE, 60, "the stance")
    until(stack.standing, 20, "standing", lambda: (stack.truth, stack.status))
    done = stack.command("down")
    assert done.returncode == 0, done.stderr
    stack.assert_gone(list(noted.values()))


@pytest.mark.slow
def test_where_the_robot_is_can_be_said_while_it_stands(stack, until) -> None:
    """As after a place was lost: said wrongly and then rightly, and words that need the place do what they say."""
    from geometry_msgs.msg import PoseWithCovarianceStamped, TransformStamped

    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.ros_compat import LATCHED
    from skill_stack.nodes.wire.wire_sensors import localization_of

    told: list[float] = []
    with TaskClient("fault") as client:
        take = lambda message: told.append(localization_of(message).x)  # noqa: E731
        client.node.create_subscription(TransformStamped, "localization", take, LATCHED)
        assert client.spin(lambda: bool(told), 30)
        before, truth = told[-1], stack.truth
        x, y, yaw = truth.position[0], truth.position[1], yaw_of(truth.orientation)
        assert stack.command("place", str(x + 1.0), str(y), str(yaw)).returncode == 0
        assert client.spin(lambda: abs(told[-1] - before) > 0.5, 30), told
        message = PoseWithCovarianceStamped()
        message.header.frame_id = "fault/map"
        message.pose.pose.position.x, message.pose.pose.position.y = float(x), float(y)
        message.pose.pose.orientation.w, message.pose.pose.orientation.z = math.cos(yaw / 2), math.sin(yaw / 2)
        publisher = client.node.create_publisher(PoseWithCovarianceStamped, "initialpose", 1)
        assert client.spin(lambda: publisher.get_subscription_count() > 0, 30)
        publisher.publish(message)
        assert client.spin(lambda: abs(told[-1] - before) < 0.4, 30), told
    assert until(lambda: _done(stack, EAST), 120, "the ball")
    assert np.linalg.norm(stack.truth.position[:2] - BALL) < 1.0


@pytest.mark.slow
def test_a_robot_that_walks_cannot_be_placed(stack, until) -> None:
    walk = Walk(stack, until)
    refused = stack.command("place", "0", "0", "0")
    assert refused.returncode == 1
    assert "the robot moves" in refused.stderr
    walk.wait()
