"""The campaign of real processes: what is counted, and what goes on where it ended."""

import dataclasses

from skill_stack.benchmarks.campaign import process_campaign as module
from skill_stack.benchmarks.campaign.process_campaign import KINDS, ProcessVerdict, process_campaign, process_rows

GOOD = ProcessVerdict(0, next(iter(KINDS)), "walking", 0.3, "", 1.0)


def test_counts_what_was_missed_and_what_never_began():
    missed = dataclasses.replace(GOOD, seed=1, problem="not so: damped", seconds=-1.0)
    unready = dataclasses.replace(GOOD, seed=2, problem="no status", seconds=-1.0, done=False)
    rows = {row.name: row for row in process_rows([GOOD, missed, unready])}
    total = rows["processes: as declared"]
    assert total.value == 50.0 and total.holds is False and "seed 1" in total.note and "seed 2" not in total.note
    assert rows[f"processes: {GOOD.fault}"].value == 0.3
    assert "1 did not get as far" in process_rows([GOOD, unready])[0].note


def test_goes_on_where_it_ended(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(
        module, "run_process_trial", lambda seed: done.append(seed) or dataclasses.replace(GOOD, seed=seed)
    )
    for number in (2, 3):
        found = process_campaign(number, 5, tmp_path / "trials")
    assert done == [5, 6, 7] and [verdict.seed for verdict in found] == [5, 6, 7]
