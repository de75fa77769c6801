from skill_stack.core.shared_memory.block_file import remove_block
from skill_stack.core.shared_memory.provider_note import ProviderNote, notes_path, read_notes, summary, write_notes

NOTES = (ProviderNote("walk, stand", "cuda", "the fastest"), ProviderNote("trot", "cuda", "the fastest"))


def test_what_was_left_is_read_back_and_goes_with_the_block(tmp_path):
    block = tmp_path / "skill-stack-1-2-x"
    assert read_notes(block) == () and summary(()) == ""
    write_notes(block, NOTES)
    assert read_notes(block) == NOTES
    remove_block(block)
    assert not notes_path(block).exists()


def test_a_spoilt_file_counts_as_none(tmp_path):
    path = notes_path(tmp_path / "block")
    for spoilt in (b"", b"[", b'{"skills": 1}', b'["walk"]', b'[{"skills": "walk"}]', b"\xff"):
        path.write_bytes(spoilt)
        assert read_notes(tmp_path / "block") == ()


def test_networks_of_one_reason_share_a_sentence():
    assert summary(NOTES) == "cuda for walk, stand, trot: the fastest"
    other = ProviderNote("sit", "cpu", "forced")
    assert summary((*NOTES, other)).endswith("; cpu for sit: forced")
