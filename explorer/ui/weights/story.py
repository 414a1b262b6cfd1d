"""What the popover says about the weights' story, as plain values: pure."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from explorer import words
from explorer.session.kept_states import KeptState
from explorer.session.origin import Origin
from explorer.session.weights import LastEdit, Weights
from explorer.ui.weights.sign import Sign, sign_of
from explorer.ui.widgets.keys import key_of

MOST_LINES = 5


@dataclass(frozen=True)
class EditLine:
    """What an edit did to one layer: a sign, the layer, what happened in words, what was kept."""

    sign: Sign
    address: str
    words: str


@dataclass(frozen=True)
class StateLine:
    """One state to go back to; `figure` from 0 to 1, None while nobody has measured it."""

    name: str
    title: str
    how: str
    sign: Sign
    figure: float | None
    is_live: bool = False
    is_named: bool = False


@dataclass(frozen=True)
class Story:
    """Everything that the popover shows.

    Attributes:
        edit: lines about the last edit, empty when it cost nothing. ago: when it was.
        before, now: figures before and after, in words. back: title of the state before it, or empty.
        is_fitted: whether the layers of the last edit have what fits, not new weights.
        states: the live one first. foot: how many there are and what they take.

    """

    edit: tuple[EditLine, ...]
    ago: str
    before: str
    now: str
    back: str
    states: tuple[StateLine, ...]
    foot: str
    is_fitted: bool = True


def story_of(weights: Weights, samples: int = 0) -> Story:
    """Tell the story of a design's weights; `samples` is how many the figures are of."""
    last, origin = weights.last_edit, weights.origin
    back = next((s.title for s in weights.states if last is not None and s.name == last.state), "")
    states = (_live(origin, last), *(_line(state) for state in weights.states))
    count = words.plural(len(weights.states), "state")
    return Story(
        _edit_lines(last),
        "" if last is None else ago(time.time() - last.at),
        "" if last is None else last.before.figure_words,
        origin.figure_words,
        back,
        states,
        f"{count} kept" if weights.states else _nothing_kept(origin),
        weights.is_fitted,
    )


def _nothing_kept(origin: Origin) -> str:
    if origin.is_trained:
        return "No state is kept yet."
    return f"Only the seed so far. {key_of('run.train', 'Ctrl+Enter')} trains."


def _edit_lines(last: LastEdit | None) -> tuple[EditLine, ...]:
    if last is None:
        return ()
    lines = [EditLine("half", carried.address, carried.words) for carried in last.lines]
    lines += [EditLine("dashed", address, "drawn anew from the seed") for address in last.fresh]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    rest = words.plural(len(lines) - MOST_LINES + 1, "more layer")
    return (*lines[: MOST_LINES - 1], EditLine("half", "", f"and {rest}"))


def _live(origin: Origin, last: LastEdit | None) -> StateLine:
    how = f"after “{last.title}”" if last is not None else origin.detail
    return StateLine("", "Now", how, sign_of(origin), origin.figure, is_live=True)


def _line(state: KeptState) -> StateLine:
    when = time.strftime("%H:%M", time.localtime(state.kept_at))
    how = f"{state.how}, {when}" if state.how else when
    return StateLine(
        state.name, state.title, how, sign_of(state.origin), state.origin.figure, is_named=state.is_named
    )


def ago(seconds: float) -> str:
    """Say how long ago something was: `just now`, `2 minutes ago`, `3 hours ago`."""
    if seconds < 60:
        return "just now"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{words.plural(minutes, 'minute')} ago"
    return f"{words.plural(minutes // 60, 'hour')} ago"


def touched(last: LastEdit | None) -> Sequence[str]:
    """Addresses of the layers that the last edit has touched."""
    return () if last is None else (*(line.address for line in last.lines), *last.fresh)
