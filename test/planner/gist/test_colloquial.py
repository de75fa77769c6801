"""Colloquial words are put plainly where they name nothing here; remarks with such words move nothing."""

import pytest


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("give the oak table a good going-over with a cloth, cheers", ["scour oak_table"]),
        ("a quick once-over with the broom in the taproom, ta", ["broom taproom"]),
        ("broom across the taproom, there's a dear", ["broom taproom"]),
        ("fire up the jukebox, mate", ["flip jukebox on"]),
        ("kill that jukebox", ["flip jukebox off"]),
        ("see Mrs Pell through to the cellar", ["lead Mrs_Pell cellar"]),
        ("Tess is after her stew", ["serve stew Tess"]),
        ("Tess's after her stew", ["serve stew Tess"]),
        ("senora Pell wants the stew", ["serve stew Mrs_Pell"]),
        ("the shawl over here, I'm chilly", ["serve shawl keeper"]),
        ("stew for his lordship, Mr Oduya that is", ["serve stew Mr_Oduya"]),
        ("stew for Tess and a cider to go with it", ["serve stew Tess", "serve cider Tess"]),
        ("bin that cork", ["lay cork crate"]),
    ],
)
def test_colloquial_words_are_put_plainly(asked, words, steps):
    assert asked(words) == steps


@pytest.mark.parametrize(
    "words",
    [
        "the beach is only five minutes from here",
        "the telly was on all night",
        "stew's off, mate, we had it yesterday",
        "grub was lovely, ta",
        "stew, zorblax, quick",
        "stew, scoured, for Tess",
    ],
)
def test_remarks_and_words_that_are_not_understood_move_nothing(asked, words):
    assert isinstance(asked(words), str)
