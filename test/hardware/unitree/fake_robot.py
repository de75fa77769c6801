"""A robot on the network without physics, that a test moves step by step; encoded and decoded by the serializer.

Motor numbers, C structs and checksums come from the peer, which was written apart from the driver.
"""

import os

import numpy as np
from unitree import messages_go, messages_hg
from unitree.body import MOTORS
from unitree.crc import checksum

from skill_stack.hardware.unitree.messages.messages_api import Request, Response, ResponseHeader, ResponseStatus
from skill_stack.hardware.unitree.network import NetworkSettings, join

MESSAGES = {"go2": messages_go, "g1": messages_hg}
DOMAIN = 101 + int(os.environ["ROS_DOMAIN_ID"])  # which no other test process of this machine has
GRAVITY = np.array([0.0, 0.0, 9.81])


class FakeRobot:
    """Publishes a state at every step; obeys whole commands of the right kind of machine, and holds the last one."""

    def __init__(self, name, domain, builtin="", topic="rt/lowcmd"):
        from cyclonedds.pub import DataWriter
        from cyclonedds.sub import DataReader
        from cyclonedds.topic import Topic

        self.messages, self.motors = MESSAGES[name], MOTORS[name]
        participant = join(NetworkSettings(interface="lo", domain=domain))
        self._participant = participant
        self._writer = DataWriter(participant, Topic(participant, "rt/lowstate", self.messages.LowState))
        self._reader = DataReader(participant, Topic(participant, topic, self.messages.LowCmd))
        self._requests = {}
        for service in ("motion_switcher", "sport"):
            asked = DataReader(participant, Topic(participant, f"rt/api/{service}/request", Request))
            answers = DataWriter(participant, Topic(participant, f"rt/api/{service}/response", Response))
            self._requests[service] = (asked, answers)
        self.builtin, self.asked = builtin, []
        self.positions = dict.fromkeys(self.motors, 0.0)
        self.orientation = np.array([1.0, 0.0, 0.0, 0.0])
        self.obeyed, self.refused, self.commands = {}, 0, 0
        self.weight = None
        self.state = self.messages.blank_state()
        self.remote = bytes(40)
        self.mute = self.unsealed = False
        self.left_out = ()  # what it leaves at zero, as a simulator does
        self.tick, self.machine = 1000, 5

    def step(self):
        for command in self._reader.take(8):
            self._obey(command)
        self._serve()
        self.tick += 2
        if not self.mute:
            self.publish()

    def publish(self):
        state = self.state
        state.tick = self.tick
        imu = state.imu_state
        imu.quaternion = self.orientation.tolist()
        w, v = self.orientation[0], -self.orientation[1:]
        turn = 2 * np.cross(v, GRAVITY)
        imu.accelerometer = (GRAVITY + w * turn + np.cross(v, turn)).tolist()
        for motor, name in zip(state.motor_state, self.motors):
            motor.q = self.positions[name]
            motor.temperature = 40 if self.messages is messages_go else [38, 45]
        state.wireless_remote = self.remote
        if self.messages is messages_go:
            state.bms_state.soc = 81
            state.foot_force = [10, 20, 30, 40]
        else:
            state.mode_machine = self.machine
        if "battery" in self.left_out:
            state.bms_state.soc = 0
        if "foot_force" in self.left_out:
            state.foot_force = [0] * 4
        if "tick" in self.left_out:
            state.tick = 0
        state.crc = checksum(self.messages.state_image(state)[:-4]) ^ int(self.unsealed)
        if "checksum" in self.left_out:
            state.crc = 0
        self._writer.write(state)

    def _obey(self, command):
        if not isinstance(command, self.messages.LowCmd):
            return
        whole = checksum(self.messages.command_image(command)[:-4]) == command.crc
        if not whole or getattr(command, "mode_machine", self.machine) != self.machine:
            self.refused += 1
            return
        self.commands += 1
        if self.messages is messages_hg:
            self.weight = command.motor_cmd[29].q
        for motor, name in zip(command.motor_cmd, self.motors):
            if motor.mode:
                self.obeyed[name] = (motor.q, motor.dq, motor.tau, motor.kp, motor.kd)

    def _serve(self):
        for service, (requests, answers) in self._requests.items():
            for request in requests.take(8):
                if not isinstance(request, Request):
                    continue
                api = request.header.identity.api_id
                self.asked.append((service, api, request.parameter))
                data = ""
                if service == "motion_switcher":
                    data = self._switch(api, request.parameter)
                header = ResponseHeader(request.header.identity, ResponseStatus(0))
                answers.write(Response(header, data))

    def _switch(self, api, parameter):
        import json

        if api == 1001:
            return json.dumps({"name": self.builtin, "form": "0"})
        self.builtin = json.loads(parameter)["name"] if api == 1002 else ""
        return ""
