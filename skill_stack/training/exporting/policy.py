"""An exported policy, run as the control loop runs it: ONNX Runtime, contract, observation, gait clock."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from skill_stack.controllers.policies.observation import ObservationBuilder, PolicyInputs
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.runners.gait_clock import GaitClock
from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray


class LoadedPolicy:
    """An ONNX policy and its contract; many runs may share it.

    Attributes:
        contract: What the policy expects and yields.
        session: The ONNX Runtime session.
    """

    def __init__(self, path: Path, robot: RobotSpec) -> None:
        """Loads and checks.

        Args:
            path: The ONNX file.
            robot: The robot that is to run it.

        Raises:
            ResourceNotFound: There is no such file.
            DataError: The contract is broken or does not fit the robot.
        """
        if not path.is_file():
            raise ResourceNotFound(f"there is no policy {path}; train and export one first")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.contract = PolicyContract.from_metadata(self.session.get_modelmeta().custom_metadata_map, str(path))
        self.contract.check_robot(robot)
        if self.contract.action_kind != "default_plus_scaled":
            raise DataError(f"{path}: its action is '{self.contract.action_kind}', it cannot drive a robot by itself")


class PolicyRun:
    """One run of a policy on one robot, from a fresh clock and a zero last action."""

    def __init__(self, policy: LoadedPolicy, robot: RobotSpec) -> None:
        """Resolves names once.

        Args:
            policy: The policy.
            robot: The robot.

        Raises:
            DataError: The contract does not fit the robot.
        """
        contract = self._contract = policy.contract
        self._session = policy.session
        self._input = policy.session.get_inputs()[0].name
        self._inputs = PolicyInputs.zeros(contract)
        self._builder = ObservationBuilder(contract, robot)
        gait = contract.gait
        self._clock = None if gait is None else GaitClock(gait.offsets, gait.frequency, stop_delay=gait.stop_delay)
        index = robot.indices(contract.joint_names)
        self._index = index
        self._default = robot.pose("default")
        self._kp, self._kd = robot.column("kp"), robot.column("kd")
        self._kp[index], self._kd[index] = contract.joint_stiffness, contract.joint_damping
        self._default[index] = contract.default_joint_pos
        self._scale = np.array(contract.action_scale)
        self._zero = np.zeros(robot.size)

    def act(self, state: RobotState, command: Array) -> JointCommand:
        """One control tick.

        Args:
            state: Estimate of the robot.
            command: Goal values ordered by ``command_names``, shape (commands,).
        """
        inputs = self._inputs
        inputs.command[0] = self._contract.clip_command(command)
        if self._clock is not None:
            self._clock.set_gait(*self._contract.gait_at(inputs.command))
            self._clock.write(inputs.gait_phase, self._contract.is_moving(inputs.command))
            self._clock.advance(1.0 / self._contract.control_rate)
        observation = self._builder.build(state, inputs)
        action = self._session.run(None, {self._input: observation})[0]
        inputs.last_action[:] = action
        target = self._default.copy()
        target[self._index] += self._scale * action[0]
        return JointCommand(target, self._zero, self._zero, self._kp, self._kd, CommandMode.ACTIVE)
