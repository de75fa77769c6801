"""Bench probe: the ROS side of the benchmarks, a client that timestamps its actions and observations.

It prints one JSON object per line, each with the monotonic time ``t`` in s, which is common to all processes of a
machine. The benchmark that started it reads the shared memory meanwhile and combines both.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import select
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from geometry_msgs.msg import PointStamped
from sensor_msgs.msg import JointState
from std_srvs.srv import Trigger

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.setpoint_seal import driver_of
from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.clients.client import FIND, NotReachable, TaskClient
from skill_stack.nodes.ros_compat import NEWEST, STREAM
from skill_stack_interfaces.msg import Instruction as InstructionMessage
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage

WORDS = ("turn left", "turn right")
"""Short tasks that leave the robot where it is; each is cancelled once it moves."""
ERRANDS = ("stand up", "walk to the red ball", "turn left", "sit down", "go home", "turn right")
"""Tasks of a long run: walking with a goal, turning on the spot, getting down and up."""
HAND_ERRANDS = ("close your hand", "open your hand", "make a bowl", "hold the hand still")
"""Tasks of a long run with a hand."""
CORRECTED = (
    ("go to the white cylinder", ("slower", "faster", "not so close", "closer", "no, the other one", "skip this")),
    ("go to the red ball", ("faster", "slower", "more to the left", "the blue one", "stop that")),
)
"""Long walks and the corrections during them; faster and slower alternate, so that neither becomes a preference."""
BETWEEN = 0.4  # s between two corrections
MOVING = 0.1  # s of motion before a task is cancelled or stopped
PAUSE = 0.3  # s between two tasks, beyond the connector's cycle
BACK = 4  # index of the button, as in config/gamepads/legged.yaml
JOY_PERIOD, JOY_HELD = 0.05, 3  # s between two messages, as ROS's nodes repeat them; how many have the button
FLOOD_RATE = 1000.0  # Hz
FLOOD_JOINTS = 43  # joints of a message of the flood: a humanoid with hands
HEAVY_RATE, HEAVY_SECONDS = 10.0, 0.02  # Hz, s: a callback that keeps the interpreter busy


def say(event: str, **values: Any) -> None:
    """Prints an event with its time."""
    print(json.dumps({"event": event, "t": time.monotonic(), **values}), flush=True)


class SetpointEar:
    """Receives setpoints and reports the first one of every request.

    Attributes:
        request: Request of the newest setpoint of a plan, or an empty string.
        since: Monotonic time of the first setpoint of that request, s.
    """

    def __init__(self, client: TaskClient) -> None:
        """Subscribes to ``skill_setpoint``."""
        self.request, self.since = "", 0.0
        subscribe(client.node, SetpointMessage, "skill_setpoint", as_it_is, self._take, STREAM)

    def _take(self, message: SetpointMessage) -> None:
        if driver_of(message.source) != "plan" or message.request_id == self.request:
            return
        self.request, self.since = message.request_id, time.monotonic()
        say("setpoint", request=message.request_id, sequence=message.sequence)


def stand(client: TaskClient) -> None:
    """Makes the robot stand; raises NotReachable on failure."""
    answer = client.do("stand up", source="bench")
    if answer.outcome not in ("succeeded", "statement"):
        raise NotReachable(f"the robot does not stand: {answer.outcome}, {answer.reason}")
    say("standing")


def while_moving(ear: SetpointEar, act: Callable[[], object]) -> Callable[[], None]:
    """A callback for use during a task: it acts once, shortly after the robot started to move."""
    before = ear.request
    done = False

    def look() -> None:
        nonlocal done
        if not done and ear.request != before and time.monotonic() > ear.since + MOVING:
            done = True
            act()

    return look


def measure_line(namespace: str, seconds: float) -> None:
    """Gives instructions repeatedly, from standing, until the time is over."""
    with Waiting(namespace) as client:
        ear = SetpointEar(client)
        stand(client)
        end, turn = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            client.pause(PAUSE)
            client.while_waiting = while_moving(ear, client.cancel)
            text = WORDS[turn % len(WORDS)]
            say("words", text=text)
            answer = client.do(text, lambda kind, _: say(kind), source="bench")
            client.while_waiting = lambda: None
            say("end", outcome=answer.outcome, reason=answer.reason)
            turn += 1


def measure_stop(namespace: str, seconds: float) -> None:
    """Calls the stop service: for half of the time while a task moves the robot, then while it stands."""
    with Waiting(namespace) as client:
        ear = SetpointEar(client)
        service: Any = client.node.create_client(Trigger, "stop")
        if not client.spin(service.service_is_ready, FIND):
            raise NotReachable("the controller front end offers no stop service")

        def call() -> None:
            say("stop", moving=client.while_waiting is not idle)
            service.call_async(Trigger.Request()).add_done_callback(lambda _: say("answer"))

        stand(client)
        begin, turn = time.monotonic(), 0
        while time.monotonic() < begin + seconds / 2:
            client.while_waiting = while_moving(ear, call)
            answer = client.do(WORDS[turn % len(WORDS)], source="bench")
            client.while_waiting = idle
            say("end", outcome=answer.outcome, reason=answer.reason)
            client.pause(PAUSE)
            turn += 1
        while time.monotonic() < begin + seconds:
            call()
            client.pause(0.05 + 0.02 * (turn % 5) / 5)  # not in step with the control loop
            turn += 1


def idle() -> None:
    """Does nothing."""


class Waiting(TaskClient):
    """A task client that calls a function while waiting.

    Attributes:
        while_waiting: Called again and again while it waits.
    """

    def __init__(self, namespace: str) -> None:
        """Joins the network; ``namespace`` is the robot's."""
        self.while_waiting: Callable[[], None] = idle
        super().__init__(namespace, while_waiting=lambda: self.while_waiting())

    def __enter__(self) -> Waiting:
        """Gives the client."""
        return self

    def pause(self, seconds: float) -> None:
        """Processes callbacks for a while, s."""
        self.spin(lambda: False, seconds)


def flood(namespace: str, seconds: float) -> None:
    """Publishes large messages as fast as 1 kHz allows, to a subscriber whose callbacks keep an interpreter busy."""
    with Waiting(namespace) as client:
        stand(client)
        node = client.node
        publisher = node.create_publisher(JointState, "bench_flood", STREAM)
        heavy = node.create_publisher(PointStamped, "bench_heavy", NEWEST)
        received = [0]

        def count(_: JointState) -> None:
            received[0] += 1

        def work(_: PointStamped) -> None:
            end = time.monotonic() + HEAVY_SECONDS
            while time.monotonic() < end:
                pass

        subscribe(node, JointState, "bench_flood", as_it_is, count, STREAM)
        subscribe(node, PointStamped, "bench_heavy", as_it_is, work, NEWEST)
        names = [f"joint_{index}" for index in range(FLOOD_JOINTS)]
        numbers = [0.1] * FLOOD_JOINTS
        message = JointState(name=names, position=numbers, velocity=numbers, effort=numbers)
        node.create_timer(1.0 / FLOOD_RATE, lambda: publisher.publish(message))
        node.create_timer(1.0 / HEAVY_RATE, lambda: heavy.publish(PointStamped()))
        say("flooding")
        client.spin(lambda: False, seconds)
        say("flooded", received=received[0], per_second=received[0] / seconds)


def correct_repeatedly(namespace: str, seconds: float) -> None:
    """Makes the robot walk to objects and corrects it on its way, until the time is over."""
    with Waiting(namespace) as client:
        publisher = client.node.create_publisher(InstructionMessage, "instruction", STREAM)
        stand(client)
        say("begun")
        end, turn = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            words, corrections = CORRECTED[turn % len(CORRECTED)]
            begun, said = [0.0], iter(corrections)

            def look(said: Iterator[str] = said, begun: list[float] = begun) -> None:
                if begun[0] and time.monotonic() > begun[0] + BETWEEN and (text := next(said, None)) is not None:
                    begun[0] = time.monotonic()
                    publisher.publish(InstructionMessage(text=text, source="bench"))

            def take(kind: str, text: str, begun: list[float] = begun) -> None:
                if kind == "step_started" and not begun[0]:
                    begun[0] = time.monotonic()

            client.while_waiting = look
            answer = client.do(words, take, source="bench")
            client.while_waiting = idle
            say("end", outcome=answer.outcome, reason=answer.reason)
            client.pause(PAUSE)
            turn += 1


def run_errands(namespace: str, seconds: float, errands: Sequence[str] = ERRANDS) -> None:
    """Runs errands one after the other until the time is over; a failed one is reported and not repeated."""
    end, turns = time.monotonic() + seconds, itertools.count()
    say("begun")
    while time.monotonic() < end:
        try:
            with Waiting(namespace) as client:
                while time.monotonic() < end:
                    text = errands[next(turns) % len(errands)]
                    answer = client.do(text, source="bench")
                    say("errand", text=text, outcome=answer.outcome, reason=answer.reason)
                    client.pause(PAUSE)
        except NotReachable as error:  # a node died, or a busy machine kept it silent
            say("errand", text="(any)", outcome="lost", reason=str(error))


def press_gamepad(namespace: str, seconds: float) -> None:
    """Publishes a gamepad at rest; each line of standard input presses the button *back* for a moment."""
    from sensor_msgs.msg import Joy

    with Waiting(namespace) as client:
        publisher = client.node.create_publisher(Joy, "joy", STREAM)
        at_rest = Joy(axes=[0.0] * 6, buttons=[0] * 21)
        pressed = Joy(axes=[0.0] * 6, buttons=[int(number == BACK) for number in range(21)])
        held = [0]

        def repeat() -> None:
            held[0] -= held[0] > 0
            publisher.publish(pressed if held[0] else at_rest)

        client.node.create_timer(JOY_PERIOD, repeat)
        while True:
            client.spin(lambda: bool(select.select([sys.stdin], [], [], 0.0)[0]), 3600.0)
            if not sys.stdin.readline():
                return
            held[0] = JOY_HELD
            say("stop")
            publisher.publish(pressed)


MODES: dict[str, Callable[[str, float], None]] = {
    "line": measure_line,
    "stop": measure_stop,
    "corrections": correct_repeatedly,
    "flood": flood,
    "errands": run_errands,
    "joy": press_gamepad,
    "hand_errands": functools.partial(run_errands, errands=HAND_ERRANDS),
}
"""Modes by name."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one mode; returns 1 with the reason when the stack does not respond."""
    parser = argparse.ArgumentParser(description="The ROS side of the benchmarks.")
    parser.add_argument("mode", choices=sorted(MODES))
    parser.add_argument("--namespace", default="")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args(argv)
    try:
        MODES[options.mode](options.namespace, options.seconds)
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
