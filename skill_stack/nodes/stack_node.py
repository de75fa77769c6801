"""StackNode: base of all lifecycle nodes of the stack."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import rclpy
from builtin_interfaces.msg import Time
from lifecycle_msgs.msg import State
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.timer import Timer

from skill_stack.connector.action_port import within_reach
from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import AGAIN, WorkerThread
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.nodes.border import forget_border
from skill_stack.nodes.lifecycle.entities import StatePublisher, destroy, destroy_later, entities
from skill_stack.nodes.lifecycle.parameters import EVERY, NodeParameters, parameters_of
from skill_stack.nodes.views.robot_description import frame_name
from skill_stack.nodes.wire.wire_basics import time_message
from skill_stack.nodes.wire.wire_goal import wrong_type

STEADY = Clock(clock_type=ClockType.STEADY_TIME)
_PUBLISHING = (State.PRIMARY_STATE_ACTIVE, State.TRANSITION_STATE_ACTIVATING)
_ACTIVE = LifecycleState(state_id=State.PRIMARY_STATE_ACTIVE, label="active")


class StackNode(LifecycleNode):
    """A lifecycle node that belongs to one robot, and that goes through all transitions as often as one likes.

    A subclass fills in :meth:`configure` (parameters, data, publishers, servers) and :meth:`activate` (timers). What
    either makes of ROS is destroyed by the transition that takes it back, and so is what it enters in
    :attr:`configured` or :attr:`activated`. An error that the stack raises on purpose refuses the transition with its
    text in the log, so that the lifecycle manager sees that it failed, and why; any other one is an error of the node,
    which is then unconfigured again.

    Publishers are lifecycle publishers: they publish nothing while the node is inactive.

    Attributes:
        running: Whether the node is active.
        resources: Where robots, skills and scenes are found.
        about: Addition to the log line that reports the node as ready.
        configured: What is to be closed before the node is unconfigured, or when the process ends.
        activated: The same before it is inactive.
    """

    def __init__(self, name: str) -> None:
        """Declares the parameters, as ``parameters.yaml`` lists them.

        Args:
            name: Name of the node.

        Raises:
            DataError: A value that the node was started with is not allowed.
        """
        super().__init__(name)
        self.running = False
        self.about = ""
        self.configured, self.activated = ExitStack(), ExitStack()
        self._configure_made: list[Any] = []
        self._activate_made: list[Any] = []
        self.resources = Resources.from_environment(os.environ)
        table = parameters_of(EVERY) | parameters_of(name)
        self._parameter_table = NodeParameters(self, table, self, self._state_id)

    def configure(self) -> None:
        """Reads parameters and data, makes publishers, subscriptions and servers."""

    def activate(self) -> None:
        """Begins the work; publishers publish already."""

    def close(self) -> None:
        """Closes what is not ROS's; called at the end of the process, in whatever state the node is."""
        self.running = False
        self.activated.close()
        self.configured.close()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: see :meth:`configure`."""
        return self._begin(self.configure, self._configure_made, self._clean_up, "configured")

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: see :meth:`activate`."""
        super().on_activate(state)
        done = self._begin(self.activate, self._activate_made, self._end_activity, "active")
        self.running = done == TransitionCallbackReturn.SUCCESS
        if self.running:
            print(f"{self.get_name()} is ready{self.about}", flush=True)  # the bring-up waits for this line
        return done

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: ends what :meth:`activate` began."""
        return self._attempt(self._end_activity, "inactive")

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: takes back what :meth:`configure` made."""
        return self._attempt(self._clean_up, "unconfigured")

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: takes back everything; the process stays, so that its state can be queried."""
        return self._attempt(self._clean_up, "finalized")

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: takes back everything; the node can be configured again."""
        return self._attempt(self._clean_up, "unconfigured")

    def _begin(
        self, step: Callable[[], None], made: list[Any], undo: Callable[[], None], state: str
    ) -> TransitionCallbackReturn:
        """Takes a step that makes things, or takes back what it had begun.

        Args:
            step: What is done.
            made: Is given what the step makes of ROS.
            undo: Takes back what the step made.
            state: What the node is afterwards, for the log.
        """
        before = {id(one) for one in entities(self)}
        result = self._attempt(step, state)
        made += [one for one in entities(self) if id(one) not in before]
        if result != TransitionCallbackReturn.SUCCESS:
            undo()
        return result

    def _attempt(self, step: Callable[[], None], state: str) -> TransitionCallbackReturn:
        """Takes a step of the lifecycle; logs the error, which rclpy would swallow.

        Args:
            step: What is done.
            state: What the node is afterwards, for the log.
        """
        try:
            step()
        except SkillStackError as error:
            self.get_logger().error(f"not {state}: {error}")
            return TransitionCallbackReturn.FAILURE
        except Exception:  # noqa: BLE001 - whatever it is, the node says so and can be configured again
            self.get_logger().error(f"not {state}: {traceback.format_exc()}")
            return TransitionCallbackReturn.ERROR
        return TransitionCallbackReturn.SUCCESS

    def _end_activity(self) -> None:
        """Ends what :meth:`activate` began; the last words of that are still published."""
        self.running = False
        try:
            self.activated.close()
        finally:
            self._take_away(self._activate_made)
            super().on_deactivate(_ACTIVE)

    def _clean_up(self) -> None:
        """Takes back everything."""
        self._end_activity()
        try:
            self.configured.close()
        finally:
            self._take_away(self._configure_made)
            forget_border(self)

    def _take_away(self, made: list[Any]) -> None:
        """Destroys what a step made of ROS, as soon as goals and questions that have just ended are answered.

        Timers end at once: beside those of the next activity they would do everything twice.
        """
        taken = made.copy()
        made.clear()
        for timer in set(taken).intersection(self.timers):
            timer.cancel()
        executor = self.executor
        if taken and executor is not None:
            destroy_later(executor, self, taken)
        else:
            destroy(self, taken)

    def create_publisher(self, msg_type: Any, topic: str, qos_profile: Any, **options: Any) -> Any:
        """As in rclpy, but a lifecycle publisher; what is latched is kept until the node is active."""
        if not hasattr(self, "configured"):  # those that rclpy makes for itself
            return super().create_publisher(msg_type, topic, qos_profile, **options)
        options["publisher_class"] = StatePublisher
        publisher: Any = super().create_publisher(msg_type, topic, qos_profile, **options)
        self.add_managed_entity(publisher)
        if self._state_id() in _PUBLISHING:
            publisher.on_activate(_ACTIVE)
        return publisher

    def destroy_publisher(self, publisher: Any) -> bool:
        """As in rclpy; the publisher takes part in no further transitions."""
        self._managed_entities.discard(publisher)
        return super().destroy_publisher(publisher)

    def create_timer(self, timer_period_sec: float, callback: Any, *arguments: Any, **options: Any) -> Timer:
        """As in rclpy, but by the steady clock by default.

        Signs of life, timeouts and polling must go on while simulated time stands still; besides, the front end's own
        timer is what publishes that time.
        """
        return super().create_timer(timer_period_sec, callback, *arguments, **{"clock": STEADY, **options})

    def create_rate_timer(self, parameter: str, callback: Callable[[], None]) -> Timer:
        """Makes a timer whose rate is a parameter in Hz, and follows it.

        Args:
            parameter: Name of the parameter.
            callback: What is called.
        """
        timer = self.create_timer(1.0 / float(self.value(parameter)), callback)
        self._parameter_table.follow(parameter, timer)
        return timer

    def work_while_active(self, name: str, work: Callable[[threading.Event], None]) -> None:
        """Starts a thread that works until the node is inactive; after an error it begins again.

        Args:
            name: Name of the thread, for people.
            work: What it does; returns soon after the event that it is given is set.
        """
        ended = threading.Event()
        thread = WorkerThread(name, work, ended, wanted=lambda: self.alive and not ended.is_set(), again=AGAIN)
        thread.start()
        self.activated.callback(thread.join, 1.0)
        self.activated.callback(ended.set)

    def check_parameters(self, values: Mapping[str, Any]) -> str:
        """Why new values of parameters cannot be taken; empty when they can.

        Args:
            values: The values by name, each within the limits of its parameter.
        """
        return ""

    def change_parameters(self, names: frozenset[str]) -> None:
        """Takes new values of parameters; those that are read wherever they are used need nothing.

        Args:
            names: The parameters.
        """

    def _state_id(self) -> int:
        return int(self._state_machine.current_state[0])

    @property
    def block(self) -> Path:
        """Path of the robot's shared block, whether or not it exists."""
        return block_path(self.get_namespace(), domain_of(os.environ), os.getuid())

    def value(self, name: str) -> Any:
        """Value of a parameter."""
        return self.get_parameter(name).value

    def load_robot(self) -> RobotSpec:
        """The robot that the parameter ``robot`` names; raises ResourceNotFound or DataError."""
        return load_robot(self.resources.robot(str(self.value("robot"))), self.resources)

    def load_library(self, robot: RobotSpec) -> SkillLibrary:
        """The robot's skills; unusable ones are logged with their reasons, unless they are for other deployments."""
        found = load_library(self.resources, robot, self.value("control"), device=not self.value("simulated"))
        library = within_reach(found, wrong_type)
        for entry in library.entries.values():
            if not entry.usable and not entry.elsewhere:
                self.get_logger().warning(f"skill '{entry.name}' cannot be used: {entry.reason}")
        return library

    def frame(self, name: str) -> str:
        """Name of a frame with this robot's namespace in front."""
        return frame_name(self.get_namespace(), name)

    def now_stamp(self, task_time: float) -> Time:
        """Present stamp for data with a task time: task time where ROS runs on simulated time, else wall time."""
        if self.get_parameter("use_sim_time").value:
            return time_message(task_time)
        stamp: Time = self.get_clock().now().to_msg()
        return stamp

    def stamp_at(self, task_time: float, now: float) -> Time:
        """Stamp of earlier data: its age on the wire is its age in task time.

        Args:
            task_time: When it was measured, s of task time.
            now: Task time now, s.
        """
        if self.get_parameter("use_sim_time").value:
            return time_message(task_time)
        return time_message(self.get_clock().now().nanoseconds * 1e-9 - (now - task_time))

    @property
    def alive(self) -> bool:
        """Whether ROS still runs in this process; threads outside the executor check before they publish."""
        return bool(rclpy.ok())
