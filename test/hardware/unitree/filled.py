"""Messages with every kind of content, for vectors."""

from skill_stack.hardware.unitree.messages import messages_go as go
from skill_stack.hardware.unitree.messages import messages_hg as hg


def _command(message):
    for i, motor in enumerate(message.motor_cmd):
        motor.mode, motor.q, motor.dq = 1, 0.1 * i - 1.0, 0.01 * i
        motor.tau, motor.kp, motor.kd = -0.5 * i, 20.0 + i, 0.5 + 0.1 * i
    return message


def _state(message):
    imu = message.imu_state
    imu.quaternion, imu.gyroscope = [0.9, 0.1, -0.2, 0.3], [0.01, -0.02, 0.03]
    imu.accelerometer, imu.rpy, imu.temperature = [0.1, 0.2, 9.8], [0.1, -0.2, 0.3], 41
    message.tick, message.wireless_remote = 123456, list(range(40))
    for i, motor in enumerate(message.motor_state):
        motor.mode, motor.q, motor.dq = 1, 0.1 * i - 1.0, 0.01 * i
        motor.ddq, motor.tau_est = 0.2 * i, -0.5 * i
    return message


def go_command():
    message = _command(go.LowCmd())
    message.head, message.level_flag = [0xFE, 0xEF], 0xFF
    return message


def go_state():
    message = _state(go.LowState())
    message.bms_state.soc, message.foot_force = 77, [10, -20, 30, 400]
    for i, motor in enumerate(message.motor_state):
        motor.temperature, motor.lost = 30 + i, i
    return message


def hg_command():
    message = _command(hg.LowCmd())
    message.mode_machine = 5
    return message


def hg_state():
    message = _state(hg.LowState())
    message.mode_machine = 5
    for i, motor in enumerate(message.motor_state):
        motor.temperature, motor.motorstate, motor.vol = [30 + i, 40 - i], i, 48.5
    return message
