"""Merging keeps rank and bounds, the archive keeps what is better, and gaits are what the feet did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.training.adapters.adapted_layers import base_layers, task_layers  # noqa: E402
from skill_stack.training.adapters.compared_walk import PLAIN, steady  # noqa: E402
from skill_stack.training.archive import __main__ as command  # noqa: E402
from skill_stack.training.archive import filling, fine_tuning  # noqa: E402
from skill_stack.training.archive.cells import Archive, Elite, cell_of  # noqa: E402
from skill_stack.training.archive.deltas import (  # noqa: E402
    Delta,
    Mutation,
    acted,
    decomposed,
    largest_strengths,
    merged,
    mutated,
    nothing,
    shipped,
    stacked,
)
from skill_stack.training.archive.filling import (  # noqa: E402
    COMMANDS,
    STATE,
    Filling,
    Given,
    evolve,
    gaits_in_order,
    load,
    save,
    tune,
    weights_hash,
)
from skill_stack.training.archive.fine_tuning import TunedLayers, gait_task, turned_clock  # noqa: E402
from skill_stack.training.archive.gait import measured_gait  # noqa: E402
from skill_stack.training.archive.picture import draw  # noqa: E402
from skill_stack.training.archive.trial import MeasuredWalk  # noqa: E402
from skill_stack.training.figures import read_figures  # noqa: E402
from skill_stack.training.tasks.task import load_task  # noqa: E402

MODELS = Path(__file__).resolve().parents[3] / "models" / "go2"
ROBOT = load_robot(MODELS.parents[1] / "urdf" / "go2")
TASK = load_task(MODELS / "walk_adapted")
BASE = base_layers(TASK, MODELS / "walk" / "policy.onnx")
FIRST = shipped(MODELS / "walk_adapted" / "policy.onnx", 8)
BOUNDS = largest_strengths(FIRST, 2.0)
SEEN = torch.randn(6, 53, generator=torch.Generator().manual_seed(1))
torch.set_num_threads(1)


def walked(
    duty: float = 0.55, rear: float = 0.5, speed: float = 0.5, drift: float = 0.0, good: bool = True
) -> MeasuredWalk:
    return MeasuredWalk(good, np.array([duty, rear, 0.5, 2.4, 0.99]), np.array([speed, drift, 0.0]))


def ranks(delta: Delta) -> list[int]:
    return [int(np.linalg.matrix_rank(part.matrix())) for part in delta]


def test_shipped_adapters_act_as_the_exported_network_has_them() -> None:
    layers = task_layers(ROBOT, TASK, BASE)
    with torch.no_grad():
        for number, part in enumerate(FIRST[1]):
            layers.down[number][8:16] = torch.from_numpy(part.right)
            layers.up[number][:, 8:16] = torch.from_numpy(part.left * part.strengths)
        told = torch.zeros(6, 58)
        told[:, layers.kept], told[:, layers.places[1]] = SEEN, 1.0
        np.testing.assert_allclose(acted(BASE, stacked([FIRST[1]]), SEEN), layers(told), atol=1e-5)


def test_each_group_of_robots_has_its_own_adapter_and_none_is_the_base() -> None:
    both = acted(BASE, stacked([nothing(BASE, 8), FIRST[0]]), SEEN)
    bare = SEEN
    for number, (weight, bias) in enumerate(BASE):
        bare = torch.nn.functional.linear(bare, weight, bias)
        bare = bare if number == len(BASE) - 1 else torch.nn.functional.elu(bare)
    np.testing.assert_allclose(both[:3], bare[:3], atol=1e-5)
    np.testing.assert_allclose(both[3:], acted(BASE, stacked([FIRST[0]]), SEEN)[3:], atol=1e-5)
    assert not np.allclose(both[3:], bare[3:], atol=0.05)


def test_a_merge_is_the_best_of_its_rank_and_its_sum_is_limited() -> None:
    together = merged([FIRST[0], FIRST[1]], [1.0, 0.5], 2.0)
    for part, one, other in zip(together, *FIRST[:2]):
        whole = one.matrix() + 0.5 * other.matrix()
        left, values, right = np.linalg.svd(whole)
        np.testing.assert_allclose(part.matrix(), (left[:, :8] * values[:8]) @ right[:8], atol=1e-9)
    assert ranks(together) == [8] * 4
    scaled = merged([FIRST[0], FIRST[1]], [3.0, 1.0], 2.0)
    for part, other in zip(scaled, merged([FIRST[0], FIRST[1]], [1.5, 0.5], 9.0)):
        np.testing.assert_allclose(part.matrix(), other.matrix(), atol=1e-9)


def test_mutations_keep_rank_and_bounds_however_many_there_are() -> None:
    rng, delta = np.random.default_rng(1), nothing(BASE, 8)
    wild = Mutation(strengths=1.0, turn=0.5, fresh=1.0, layers=1.0)
    for _ in range(30):
        delta = mutated(delta, BOUNDS, wild, rng)
    assert ranks(delta) == [8] * 4
    strongest = [float(np.linalg.norm(part.matrix(), 2)) for part in delta]
    assert np.all(strongest <= BOUNDS + 1e-9) and np.all(strongest > 0.5 * BOUNDS), "it goes as far as it may"
    for part in delta:
        np.testing.assert_allclose(part.left.T @ part.left, np.eye(8), atol=1e-9)


def test_a_rank_that_a_layer_cannot_have_and_a_policy_without_adapters_are_refused() -> None:
    with pytest.raises(DataError, match="rank 13"):
        decomposed(np.zeros((12, 13)), np.zeros((13, 64)), 13)
    with pytest.raises(DataError, match="no adapters"):
        shipped(MODELS / "walk" / "policy.onnx", 8)
    with pytest.raises(DataError, match="no adapters of rank 7"):
        shipped(MODELS / "walk_adapted" / "policy.onnx", 7)


@pytest.mark.parametrize(("duty", "rear"), [(0.6, 0.5), (0.7, 0.25), (0.4, 0.9)])
def test_a_gait_is_measured_by_the_contacts(duty: float, rear: float) -> None:
    time = np.arange(300) / 50.0
    phases = np.stack([2.3 * time - late for late in (0.0, 0.5, rear, rear + 0.5)], axis=1) % 1.0
    gait = measured_gait(phases < duty, 50.0)
    assert gait is not None
    assert (gait.duty, gait.rear, gait.side) == pytest.approx((duty, rear, 0.5), abs=0.02)
    assert gait.frequency == pytest.approx(2.3, abs=0.02) and gait.steadiness > 0.95


def test_a_foot_that_stays_has_no_gait_and_a_flicker_is_no_step() -> None:
    contact = np.zeros((200, 4), bool)
    contact[:, 0] = True
    contact[::20, 1:] = True  # single ticks
    assert measured_gait(contact, 50.0) is None


def test_the_archive_keeps_the_better_elite_of_a_cell() -> None:
    archive, delta = Archive(), nothing(BASE, 8)
    assert archive.add(Elite(delta, 0.4, walked(drift=0.10)))
    assert not archive.add(Elite(delta, 0.5, walked(drift=0.05))), "the cell is not new"
    assert not archive.add(Elite(delta, 0.6, walked(drift=0.12)))
    assert [one.command for one in archive.elites.values()] == [0.5]
    assert archive.add(Elite(delta, 0.7, walked(speed=0.8))) and len(archive.elites) == 2


@pytest.mark.parametrize(
    "walk",
    [walked(good=False), walked(drift=0.16), walked(duty=0.9), walked(speed=2.0), walked(speed=float("nan"))],
)
def test_what_falls_drifts_or_is_beyond_all_cells_fills_none(walk: MeasuredWalk) -> None:
    assert cell_of(walk) is None and cell_of(walked()) is not None


def test_an_unsteady_or_lame_gait_fills_no_cell() -> None:
    for column, value in ((4, 0.5), (2, 0.3)):
        walk = walked()
        walk.gait[column] = value
        assert cell_of(walk) is None


def test_the_phase_of_the_rear_feet_has_no_end() -> None:
    near, over = cell_of(walked(rear=0.995)), cell_of(walked(rear=0.005))
    assert near is not None and near == over


def test_a_fine_tune_begins_as_the_base_though_it_sees_another_clock() -> None:
    plain, wanted = steady(TASK, PLAIN, 1), gait_task(TASK, 0.6, 0.35)
    turned = turned_clock(ROBOT, plain, wanted)
    theirs = SEEN @ torch.from_numpy(turned.T.astype(np.float32))
    first = BASE[0][0] @ torch.from_numpy(turned.T.astype(np.float32))
    layers = TunedLayers([(first, BASE[0][1]), *BASE[1:]], 8)
    np.testing.assert_allclose(layers(theirs).detach(), acted(BASE, stacked([nothing(BASE, 8)]), SEEN), atol=1e-4)
    with torch.no_grad():
        for up in layers.up:
            up.normal_(0.0, 0.1, generator=torch.Generator().manual_seed(1))
    mine = acted(BASE, stacked([layers.delta(turned)]), SEEN)
    np.testing.assert_allclose(mine, layers(theirs).detach(), atol=1e-4)
    offsets = wanted.gait.offsets
    assert (offsets["FL"] - offsets["RL"]) % 1.0 == pytest.approx(0.35), "its rear feet are that much later"


def test_gaits_to_tune_for_begin_near_the_own_and_differ_by_seed() -> None:
    gaits = gaits_in_order(TASK, 1)
    assert np.hypot((gaits[0][0] - 0.55) / 0.025, (gaits[0][1] - 0.5) * 24) < 1.6
    assert gaits[0] != gaits[1] and gaits[:8] != gaits_in_order(TASK, 2)[:8]
    assert len(set(gaits)) == len(gaits) == 16 * 24 - 1


@pytest.fixture
def few() -> Given:
    """A search that takes a second."""
    return Given(ROBOT, TASK, BASE, [nothing(BASE, 8)], BOUNDS, 1, adapters=6, each=1)


def test_a_search_goes_on_from_its_folder_and_is_counted(few: Given, tmp_path: Path) -> None:
    lines: list[str] = []
    once = evolve(few, tmp_path, 1500, lines.append)
    assert once.rounds == 1 and once.steps == 6 * 250 and len(once.archive.elites) >= 4
    assert {elite.command for elite in once.archive.elites.values()} <= set(COMMANDS.tolist())
    assert evolve(few, tmp_path, 1500, lines.append).rounds == 1, "its steps are spent"
    more = evolve(few, tmp_path, 1501, lines.append)
    assert more.rounds == 2 and more.steps == 3000 and len(lines) == 2
    assert set(more.archive.elites) >= set(once.archive.elites), "no cell is lost"
    again = load(tmp_path, more.base)
    assert again.curve == more.curve and list(again.archive.elites) == list(more.archive.elites)
    for cell, elite in more.archive.elites.items():
        np.testing.assert_array_equal(again.archive.elites[cell].delta[0].right, elite.delta[0].right)


def test_a_broken_state_and_a_search_from_nothing_that_walks_are_refused(few: Given, tmp_path: Path) -> None:
    (tmp_path / STATE).write_bytes(b"no archive")
    with pytest.raises(DataError, match="begin in another folder"):
        load(tmp_path, "")
    save(tmp_path, Filling(rounds=1, base="other"))
    with pytest.raises(DataError, match="for another base"):
        evolve(few, tmp_path, 1000, lambda _: None)
    save(tmp_path, Filling(rounds=1, base=weights_hash(BASE)))
    with pytest.raises(DataError, match="none of the adapters"):
        evolve(few, tmp_path, 1000, lambda _: None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["walk"], "no section 'adapters'"),
        (["walk_adapted", "--steps", "0"], "tries nothing"),
        (["walk_adapted", "--picture", "cells.gif"], "a .png or a .webp"),
    ],
)
def test_the_command_line_refuses_what_cannot_be_before_it_begins(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert command.main(["go2", *words, "--out", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_what_is_written_of_elites_and_seeds_is_read_again(tmp_path: Path) -> None:
    archive = Archive()
    archive.add(Elite(nothing(BASE, 8), 0.4, walked(drift=0.075)))
    (row,) = command.listed(archive)
    assert (row["command"], row["duty"], row["rear"], row["quality"]) == (0.4, 0.55, 0.5, -0.5)
    for seed in (1, 2, 1):
        command.keep(tmp_path, seed, {"ways": {"merging": command.counted(Filling(steps=seed), archive)}})
    kept = read_figures(tmp_path)["archive"]
    assert list(kept) == ["1", "2"] and kept["2"]["ways"]["merging"]["confirmed"] == 1


def test_another_base_is_refused(tmp_path: Path) -> None:
    assert TASK.adapters is not None
    other = TASK.model_copy(update={"adapters": TASK.adapters.model_copy(update={"base_sha256": "0" * 64})})
    with pytest.raises(DataError, match="hash"):
        base_layers(other, MODELS / "walk" / "policy.onnx")


def test_a_picture_shows_how_straight_each_elite_walks(tmp_path: Path) -> None:
    import PIL.Image

    archive = Archive()
    archive.add(Elite(nothing(BASE, 8), 0.4, walked()))
    draw({"merging": archive, "tuning": Archive()}, tmp_path / "cells.png")
    colours = PIL.Image.open(tmp_path / "cells.png").convert("RGB").getcolors(100_000)
    assert sum(colour == (10, 60, 140) for _, colour in colours) == 1


def test_fine_tunes_count_what_they_learn_with_and_leave_the_base(
    few: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("ROBOTS", 8), ("CRITIC", 1)):
        monkeypatch.setattr(fine_tuning, name, value)
    for name, value in (("UPDATES", 2), ("EVERY", 1)):
        monkeypatch.setattr(filling, name, value)
    before, lines = weights_hash(BASE), list[str]()
    tuned = tune(few, tmp_path, 6 * 250 + 1, lines.append)
    assert tuned.rounds == 2 and tuned.steps == 2 * 6 * 250 + 2 * 8 * TASK.ppo.steps, "it ends where steps are spent"
    assert weights_hash(BASE) == before and len(tuned.archive.elites) >= 4
    assert load(tmp_path, before).steps == tuned.steps
