"""Rounds of coarse commands that are kept: a run that was ended goes on as if it had not been."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.training.chunks.learn import ChunkNetwork, Rows  # noqa: E402
from skill_stack.training.coarse.kept_rounds import KeptRounds  # noqa: E402
from skill_stack.training.coarse.settings import load_settings  # noqa: E402

SETTINGS = load_settings(Path(__file__).resolve().parents[3] / "models" / "allegro_right" / "follow_fingers")


def test_rounds_network_and_chance_come_back(tmp_path: Path) -> None:
    kept, rng = KeptRounds(tmp_path, SETTINGS), np.random.default_rng(5)
    parts = [Rows(rng.normal(size=(7, 4)), rng.normal(size=(7, 3)), np.ones(7)) for _ in range(2)]
    network = ChunkNetwork(parts[0].seen, 3, SETTINGS.learn.hidden)
    for number, part in enumerate(parts):
        kept.save(number, part, network, rng)
    again = np.random.default_rng(0)
    found, learnt = KeptRounds(tmp_path, SETTINGS).load(again)
    assert again.random() == rng.random()
    assert [np.array_equal(one.seen, other.seen) for one, other in zip(found, parts, strict=True)] == [True, True]
    seen = torch.from_numpy(parts[1].seen.astype(np.float32))
    assert learnt is not None and torch.equal(learnt(seen), network(seen))


def test_other_settings_and_half_a_file_begin_anew(tmp_path: Path) -> None:
    kept, rng = KeptRounds(tmp_path, SETTINGS), np.random.default_rng(5)
    (kept.folder / "0.partial.npz").write_bytes(b"half")
    assert kept.load(rng) == ([], None)
    other = KeptRounds(tmp_path, SETTINGS.model_copy(update={"seed": SETTINGS.seed + 1}))
    assert other.folder != kept.folder
