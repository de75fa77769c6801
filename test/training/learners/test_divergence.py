"""A step down a loss: the usual one where there are numbers, and an error that changes nothing where there are none."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.training.learners.divergence import TrainingDiverged, descend, finite  # noqa: E402


def learner() -> tuple[torch.nn.Linear, torch.optim.Optimizer]:
    torch.manual_seed(1)
    network = torch.nn.Linear(2, 1)
    return network, torch.optim.SGD(network.parameters(), lr=0.1)


def test_a_step_is_that_of_the_optimiser_and_at_most_as_long_as_clipped():
    network, optimiser = learner()
    before = network.weight.detach().clone()
    descend(optimiser, network.weight.sum(), "here")
    torch.testing.assert_close(network.weight.detach(), before - 0.1)
    descend(optimiser, 100.0 * network.weight.sum(), "here", clip=math.sqrt(2.0))
    torch.testing.assert_close(network.weight.detach(), before - 0.2)


@pytest.mark.parametrize("factor", [math.nan, math.inf, 3e38])
def test_no_number_in_loss_or_gradient_ends_it_and_leaves_the_weights(factor):
    network, optimiser = learner()
    before = network.weight.detach().clone()
    loss = factor * network.weight.square().sum() * (10.0 if factor > 1e38 else 1.0)
    with pytest.raises(TrainingDiverged, match="round 3: diverged: its loss is"):
        descend(optimiser, loss, "round 3")
    assert torch.equal(network.weight.detach(), before) and finite(network)


def test_a_gradient_alone_that_is_no_number_ends_it():
    network, optimiser = learner()
    loss = (0.0 * network.weight).sqrt().sum()  # 0, with an endless slope
    with pytest.raises(TrainingDiverged, match="its loss is 0 and the gradient's norm nan"):
        descend(optimiser, loss, "here")


def test_one_weight_that_is_no_number_is_found():
    network, _ = learner()
    network.bias.data[0] = math.nan
    assert not finite(torch.nn.Linear(2, 2), network) and finite()
