"""U's of levels."""

from explorer.graph.layout.ushape import nest_of


def test_skips_within_one_another_make_a_nest() -> None:
    nest = nest_of([(1, 8), (2, 6)], may_be_two=True)
    assert nest is not None
    assert (nest.leaves, nest.reaches) == ((1, 2), (8, 6))


def test_a_skip_between_neighbours_makes_no_row_of_its_own() -> None:
    nest = nest_of([(1, 8), (2, 6), (3, 4)], may_be_two=True)
    assert nest is not None
    assert nest.leaves == (1, 2)
    assert nest_of([(1, 8), (3, 4)], may_be_two=True) is None
