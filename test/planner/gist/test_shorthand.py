"""Orders without a verb are read where every part of them is understood; else nothing moves."""

import pytest


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("stew for Tess, cider for Mr Oduya", ["serve stew Tess", "serve cider Mr_Oduya"]),
        ("the stew, Tess, quick", ["serve stew Tess"]),
        ("Tess, shawl, now", ["serve shawl Tess"]),
        ("stew? long shelf. cider? oak table. go", ["lay stew long_shelf", "lay cider oak_table"]),
        ("cider, up from the cellar, over to Mrs Pell, chop-chop", ["serve cider Mrs_Pell"]),
        ("cork, rubbish bin, please", ["lay cork crate"]),
        ("stew's up, long shelf, off you go", ["lay stew long_shelf"]),
        ("stew for Tess, cider too", ["serve stew Tess", "serve cider Tess"]),
        ("stew for Tess and a cider", ["serve stew Tess", "serve cider Tess"]),
        ("lamp on, jukebox off, cheers", ["flip hearth_lamp on", "flip jukebox off"]),
        ("lamp on and the yard gate open, ta", ["flip hearth_lamp on", "unbolt yard_gate"]),
        ("yard gate up, please, the van's coming", ["unbolt yard_gate"]),
        ("the shawl's on the oak table, Mrs Pell is cold, over to her with it", ["serve shawl Mrs_Pell"]),
        ("Mr Oduya, beer garden, off you go with him", ["lead Mr_Oduya beer_garden"]),
        ("garden, Mr Oduya, he doesn't know the way, take him", ["lead Mr_Oduya beer_garden"]),
        ("my shawl, dear, it's on the table, would you", ["serve shawl keeper"]),
        ("give the taproom a sweep first and the oak table a wipe after", ["broom taproom", "scour oak_table"]),
        ("can we lose the jukebox", ["flip jukebox off"]),
        ("hearth lamp, now", ["flip hearth_lamp on"]),
        ("yard gate, please", ["unbolt yard_gate"]),
        ("cork over in the crate, ta", ["lay cork crate"]),
        ("the shawl, oak table, take it to Mrs Pell", ["serve shawl Mrs_Pell"]),
        ("Tess's shawl, oak table, take it to her", ["serve shawl Tess"]),
        ("taproom swept, please", ["broom taproom"]),
        ("wipe the oak table, then jukebox off", ["scour oak_table", "flip jukebox off"]),
    ],
)
def test_a_few_words_between_marks_are_carried_out(asked, words, steps):
    assert asked(words) == steps


@pytest.mark.parametrize(
    "words",
    [
        "zorblax, long shelf, now",
        "the stew for Gundula, quick",
        "stew for nobody, please",
        "the stew was for Tess, the cider for Mr Oduya",
        "shawl on, hat on, and off she went",
        "Tess in the cellar, Mrs Pell in the garden",
        "stew or cider for Tess",
        "no stew for Tess, no cider either",
        "the stew, lovely",
    ],
)
def test_where_a_part_is_not_understood_or_only_told_nothing_moves(asked, words):
    assert isinstance(asked(words), str)


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("First bring the stew to Tess and afterwards the cider.", ["serve stew Tess", "serve cider Tess"]),
        ("I wish somebody would sweep the taproom; please do it.", ["broom taproom"]),
        ("It would be a great help if the lamp in the taproom were switched on.", ["flip hearth_lamp on"]),
        ("not the stew, the cider it was Tess ordered, so bring her that", ["serve cider Tess"]),
    ],
)
def test_errands_in_whole_sentences_are_carried_out(asked, words, steps):
    assert asked(words) == steps
