"""What needs nothing is left alone, and headlines only say in general what follows."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Don't bother with the attic; only the parlour and the scullery want sweeping.",
         ["sweep parlour", "sweep scullery"]),
        ("Wait, don't sweep the attic; sweep the parlour.", ["sweep parlour"]),
        ("Never mind the window, just close the hatch.", ["close hatch"]),
        ("Leave the rack, but wipe the long table.", ["wipe long_table"]),
        ("The attic can wait; for now just sweep the parlour.", ["sweep parlour"]),
        ("The attic doesn't need sweeping, only the parlour does.", ["sweep parlour"]),
        ("Don't tell Tarek anything, just give him the rope.", ["give rope Tarek"]),
        ("Ask the maid nothing, just hand her the scarf.", ["give scarf Vroni"]),
        ("Bring Tarek the rope? No, he has one already. Bring him the flask instead.", ["give flask Tarek"]),
    ],
)  # fmt: skip
def test_only_what_counts_is_done(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Clear the rack: the rope goes in the chest and the flask on the long table.",
         ["lay rope chest", "lay flask long_table"]),
        ("Tidy the parlour: novel in the chest, flask to Vroni.", ["lay novel chest", "give flask Vroni"]),
        ("Hand out the things: the rope goes to Tarek.", ["give rope Tarek"]),
        ("Hand round the novel: it goes to Mr Abel.", ["give novel Mr_Abel"]),
        ("The rope is for Tarek; the novel is for Mr Abel. Hand them out, please.",
         ["give rope Tarek", "give novel Mr_Abel"]),
        ("Share the flask with Vroni: just bring it to her.", ["give flask Vroni"]),
    ],
)  # fmt: skip
def test_a_headline_is_no_order(lodge, text, steps):
    assert lodge(text) == steps
