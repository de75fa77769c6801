"""A controller manager written from its interface files: lists and switches controllers that move their joints.

It is not ros2_control: no hardware, no plugins, no real-time loop. It keeps what `SwitchController.srv` says of STRICT
and BEST_EFFORT, and that two active controllers never have one interface.
"""

import threading
from dataclasses import dataclass, field

import rclpy
from controller_manager_msgs.msg import ControllerState
from controller_manager_msgs.srv import ListControllers, SwitchController
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray

FORWARD = "forward_command_controller/ForwardCommandController"
TRAJECTORY = "joint_trajectory_controller/JointTrajectoryController"


@dataclass
class Loaded:
    """One loaded controller; commands are obeyed by a forward controller that is active."""

    name: str
    joints: list
    type: str = FORWARD
    state: str = "inactive"
    told: list = field(default_factory=list)

    @property
    def interfaces(self):
        return [f"{joint}/position" for joint in self.joints]


class Peer:
    """Manager, joint state broadcaster, and a node for each forward controller, in one namespace."""

    def __init__(self, start, *controllers, namespace="/"):
        self.context = rclpy.Context()
        rclpy.init(args=[], context=self.context)
        self.q, self.loaded, self.refusal = dict(start), {one.name: one for one in controllers}, ""
        self.switches, self.lists = [], 0
        self.node = self.make("controller_manager", namespace)
        self.nodes = [self.node]
        self.node.create_service(ListControllers, "~/list_controllers", self.list)
        self.node.create_service(SwitchController, "~/switch_controller", self.switch)
        self.states = self.node.create_publisher(JointState, "joint_states", 10)
        self.timer = self.node.create_timer(0.01, self.publish)
        for one in controllers:
            node = self.make(one.name, namespace)
            node.declare_parameter("joints", one.joints)
            if one.type == FORWARD:
                node.create_subscription(Float64MultiArray, "~/commands", self.obey(one), 10)
            self.nodes.append(node)
        self.executor = SingleThreadedExecutor(context=self.context)
        for node in self.nodes:
            self.executor.add_node(node)
        self.thread = threading.Thread(target=self.executor.spin, daemon=True)
        self.thread.start()

    def make(self, name, namespace):
        return rclpy.create_node(name, namespace=namespace, context=self.context, use_global_arguments=False)

    def obey(self, one):
        def take(message):
            one.told.append(one.state)
            if one.state == "active":
                for name, goal in zip(one.joints, message.data, strict=True):
                    self.q[name] += 0.5 * (goal - self.q[name])

        return take

    def publish(self):
        names = list(reversed(list(self.q)))
        self.states.publish(JointState(name=names, position=[self.q[name] for name in names]))

    def list(self, request, response):
        self.lists += 1
        for one in self.loaded.values():
            claimed = one.interfaces if one.state == "active" else []
            response.controller.append(
                ControllerState(
                    name=one.name, state=one.state, type=one.type, claimed_interfaces=claimed,
                    required_command_interfaces=one.interfaces,
                )
            )  # fmt: skip
        return response

    def switch(self, request, response):
        start, stop = list(request.activate_controllers), list(request.deactivate_controllers)
        self.switches.append((start, stop, request.strictness))
        response.message = self.refusal or self.problem(start, stop, request.strictness)
        response.ok = not response.message
        if response.ok:
            for names, state in ((stop, "inactive"), (start, "active")):
                for name in names:
                    self.loaded[name].state = state
        return response

    def problem(self, start, stop, strictness):
        if unknown := [name for name in (*start, *stop) if name not in self.loaded]:
            return f"{unknown} are not loaded"
        if strictness == SwitchController.Request.STRICT:
            for name, state in [(name, "inactive") for name in start] + [(name, "active") for name in stop]:
                if self.loaded[name].state != state:
                    return f"{name} is not {state}"
        after = {name for name, one in self.loaded.items() if one.state == "active"} - set(stop) | set(start)
        claims = [each for name in after for each in self.loaded[name].interfaces]
        return "an interface is claimed twice" if len(claims) != len(set(claims)) else ""

    def active(self):
        return {name for name, one in self.loaded.items() if one.state == "active"}

    def close(self):
        if not self.context.ok():
            return
        self.executor.shutdown()
        for node in self.nodes:
            node.destroy_node()
        rclpy.shutdown(context=self.context)
        self.thread.join(timeout=5.0)
