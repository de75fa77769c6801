import dataclasses

import numpy as np
import pytest

from skill_stack.core.joint_command import CommandMode, JointCommand, quick_command

VALUES = (*(np.full(3, float(n)) for n in range(5)), CommandMode.ACTIVE, 7, 8, 9)


def test_a_quick_command_is_one_of_the_constructor():
    quick, plain = quick_command(*VALUES), JointCommand(*VALUES)
    assert type(quick) is JointCommand
    for field in dataclasses.fields(JointCommand):
        assert getattr(quick, field.name) is getattr(plain, field.name)
    with pytest.raises(dataclasses.FrozenInstanceError):
        quick.q = VALUES[0]


@pytest.mark.parametrize("values", [VALUES[:-1], (*VALUES, 1)])
def test_every_field_must_be_given(values):
    with pytest.raises(TypeError):
        quick_command(*values)
