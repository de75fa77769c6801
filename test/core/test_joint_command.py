import dataclasses

import numpy as np
import pytest

from skill_stack.core.joint_command import CommandMode, JointCommand, quick_command

Q, ZERO, KP, KD = (np.full(3, float(n)) for n in range(4))
REST = (KP, KD, CommandMode.ACTIVE, 7, 8, 9)


def test_a_quick_command_is_one_of_the_constructor():
    quick, plain = quick_command(Q, ZERO, *REST), JointCommand(Q, ZERO, ZERO, *REST)
    assert type(quick) is JointCommand
    for field in dataclasses.fields(JointCommand):
        assert getattr(quick, field.name) is getattr(plain, field.name)
    with pytest.raises(dataclasses.FrozenInstanceError):
        quick.q = Q


@pytest.mark.parametrize("values", [(Q, ZERO, *REST[:-1]), (Q, ZERO, *REST, 1)])
def test_every_field_must_be_given(values):
    with pytest.raises(TypeError):
        quick_command(*values)
