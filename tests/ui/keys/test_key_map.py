"""The table of keys: presets, own keys, clashes; what was kept is read leniently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.keys import chords
from explorer.ui.keys.key_map import KeyMap
from explorer.ui.keys.presets import OURS, PRESETS

USUAL = {"add": ("Tab", "Shift+A"), "mute": ("M",), "fit": ("Home", "A"), "save": ("Ctrl+S",), "plain": ()}


@pytest.fixture
def keys(qapp):
    return KeyMap(USUAL)


def titled(name: str) -> str:
    return name.capitalize()


def test_keys_and_owners(keys):
    assert keys.of("fit") == ("Home", "A")
    assert keys.owner("A") == "fit"
    assert keys.of("nothing") == ()


def test_a_key_that_stands_twice_is_refused(qapp):
    with pytest.raises(ValueError, match="'M' is a key of 'a' and of 'b'"):
        KeyMap({"a": ("M",), "b": ("m",)})


def test_a_clash_is_refused_in_words(keys):
    assert keys.why_not("mute", "a", titled) == "A is the key of “Fit”. Take it away there first."
    assert keys.why_not("fit", "A", titled) is None
    assert keys.why_not("mute", "Ctrl+", titled) == "“Ctrl+” is not a key."
    assert keys.why_not("mute", "Esc", titled) == "Esc always cancels, deselects or goes up."
    assert keys.why_not("mute", "D", titled) is None


def test_binding_replaces_and_resetting_brings_back(keys):
    told = []
    keys.listen(lambda: told.append(1))
    keys.bind("mute", ["d"])
    assert keys.of("mute") == ("D",)
    assert keys.owner("M") is None
    assert keys.own == {"mute": ("D",)}
    keys.bind("save", [])
    assert keys.of("save") == ()
    keys.reset("save")
    assert keys.of("save") == ("Ctrl+S",)
    keys.bind("mute", ["M"])
    assert keys.own == {}
    assert len(told) == 4


def test_own_keys_win_over_a_preset(keys, monkeypatch):
    monkeypatch.setitem(PRESETS, "Other", {"mute": ("D",), "fit": ("F",)})
    keys.bind("save", ["D"])
    keys.choose("Other")
    assert keys.of("save") == ("D",)
    assert keys.of("mute") == ()  # its only key is taken
    assert keys.of("fit") == ("F",)
    keys.choose("no such thing")
    assert keys.preset == "Other"


def test_what_was_kept_is_checked(keys):
    left = keys.take("Emacs", {"mute": ("D", "Ctrl+"), "gone": ("G",), "fit": ("D",), "save": ()})
    assert keys.preset == OURS
    assert keys.own == {"mute": ("D",), "save": ()}
    assert keys.of("fit") == ("Home", "A")
    assert left == [
        "There is no set of keys called “Emacs”; Explorer is used.",
        "“Ctrl+” cannot be a key of “mute”.",
        "There is no command “gone”; its keys are left out.",
        "D is bound to “mute” already, not to “fit”.",
    ]


@given(
    st.dictionaries(
        st.sampled_from([*USUAL, "unknown"]),
        st.lists(
            st.sampled_from(["A", "M", "Ctrl+S", "Tab", "X", "Esc", "", "Ctrl+K, X", "é", "F5"]), max_size=3
        ),
    ),
    st.sampled_from([*PRESETS, ""]),
)
def test_whatever_was_kept_no_key_stands_twice(own, preset):
    keys = KeyMap(USUAL)
    keys.take(preset, {name: tuple(bound) for name, bound in own.items()})
    written = [key for name in USUAL for key in keys.of(name)]
    assert len(written) == len(set(written))
    assert all(keys.owner(key) == name for name in USUAL for key in keys.of(name))


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("A", True),
        ("Shift+A", True),
        ("/", True),
        ("Space", True),
        ("Ctrl+A", False),
        ("F5", False),
        ("Alt+1", False),
    ],
)
def test_what_is_also_typed(qapp, text, letter):
    assert chords.is_letter(text) is letter
