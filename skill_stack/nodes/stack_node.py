"""StackNode: what all lifecycle nodes of the stack share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import rclpy
from builtin_interfaces.msg import Time
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.timer import Timer

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.nodes.views.robot_description import frame_name
from skill_stack.nodes.wire.wire_basics import time_message

STEADY = Clock(clock_type=ClockType.STEADY_TIME)


class StackNode(LifecycleNode):
    """A lifecycle node that belongs to one robot.

    A subclass fills in :meth:`configure` (parameters, data, publishers, servers), :meth:`activate` and
    :meth:`deactivate`. An error that the stack raises on purpose refuses the transition with its text in the log, so
    that the lifecycle manager sees that it failed, and why.

    Attributes:
        running: Whether the node is active.
        resources: Where robots, skills and scenes are found.
        about: What the line that says that the node is ready says besides.
    """

    def __init__(self, name: str, **parameters: Any) -> None:
        """Declares the parameters.

        Args:
            name: Name of the node.
            parameters: Defaults of the node's own parameters; ``robot`` and ``control`` are declared for every node.
        """
        super().__init__(name)
        self.running = False
        self.about = ""
        self.resources = Resources.from_environment(os.environ)
        for key, default in {"robot": "", "control": "joints", **parameters}.items():
            self.declare_parameter(key, default)

    def configure(self) -> None:
        """Reads parameters and data, makes publishers, subscriptions and servers."""

    def activate(self) -> None:
        """Begins the work."""

    def deactivate(self) -> None:
        """Ends the work; a later :meth:`activate` goes on."""

    def close(self) -> None:
        """Releases what is not ROS; called once at the end of the process."""

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: see :meth:`configure`."""
        return self._transition(self.configure, "configured")

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: see :meth:`activate`."""
        done = self._transition(self.activate, "active")
        self.running = done == TransitionCallbackReturn.SUCCESS
        if self.running:
            print(f"{self.get_name()} is ready{self.about}", flush=True)  # the bring-up waits for this line
        return done

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle callback: see :meth:`deactivate`."""
        self.running = False
        return self._transition(self.deactivate, "inactive")

    def _transition(self, step: Any, done: str) -> TransitionCallbackReturn:
        try:
            step()
        except SkillStackError as error:
            self.get_logger().error(f"not {done}: {error}")
            return TransitionCallbackReturn.FAILURE
        return TransitionCallbackReturn.SUCCESS

    def create_timer(self, timer_period_sec: float, callback: Any, *arguments: Any, **options: Any) -> Timer:
        """As in rclpy, but by the steady clock unless told otherwise.

        Signs of life, timeouts and polling must go on while simulated time stands still; besides, the front end's own
        timer is what publishes that time.
        """
        return super().create_timer(timer_period_sec, callback, *arguments, **{"clock": STEADY, **options})

    @property
    def block(self) -> Path:
        """The robot's shared block, whether it is there or not."""
        return block_path(self.get_namespace(), domain_of(os.environ), os.getuid())

    def value(self, name: str) -> Any:
        """Value of a parameter."""
        return self.get_parameter(name).value

    def load_robot(self) -> RobotSpec:
        """The robot that the parameter ``robot`` names; raises ResourceNotFound or DataError."""
        return load_robot(self.resources.robot(str(self.value("robot"))), self.resources)

    def load_library(self, robot: RobotSpec) -> SkillLibrary:
        """The robot's skills; unusable ones are logged with their reasons, unless they are for other deployments."""
        library = load_library(self.resources, robot, self.value("control"))
        for entry in library.entries.values():
            if not entry.usable and not entry.elsewhere:
                self.get_logger().warning(f"skill '{entry.name}' cannot be used: {entry.reason}")
        return library

    def frame(self, name: str) -> str:
        """Name of a frame with this robot's namespace in front."""
        return frame_name(self.get_namespace(), name)

    def now_stamp(self, task_time: float) -> Time:
        """Stamp of something that is of a task time: task time where ROS runs on simulated time, else now."""
        if self.get_parameter("use_sim_time").value:
            return time_message(task_time)
        stamp: Time = self.get_clock().now().to_msg()
        return stamp

    def stamp_at(self, task_time: float, now: float) -> Time:
        """Stamp of something that was measured earlier: as old on the wire as it is in task time.

        Args:
            task_time: When it was measured, s of task time.
            now: Task time now, s.
        """
        if self.get_parameter("use_sim_time").value:
            return time_message(task_time)
        return time_message(self.get_clock().now().nanoseconds * 1e-9 - (now - task_time))

    @property
    def alive(self) -> bool:
        """Whether ROS still runs in this process; threads outside the executor ask before they publish."""
        return bool(rclpy.ok())
