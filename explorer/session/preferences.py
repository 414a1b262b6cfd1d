"""What is kept between two starts of the program: one file, read leniently, written whole."""

from __future__ import annotations

from pathlib import Path

import msgspec

from explorer.atomic import replace_file
from explorer.folders import state_folder
from explorer.session.view_state import ViewState

MOST_RECENT = 12
MOST_OPEN = 20


class OpenDesign(msgspec.Struct, frozen=True, omit_defaults=True):
    """A design that was open: its file or the id it was opened by, and how it was looked at."""

    word: str
    view: ViewState = ViewState()


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True):
    """Window, theme, text size, panels, open designs, recent files.

    Attributes:
        width, height, maximised: of the window; 0 for the size that fits the screen.
        mode, contrast, scale, still: of the theme; still: nothing moves by itself.
        palette, inspector, dock: sizes that the user has chosen, in pixels; 0 for the program's own.
        folded: whether the dock shows its tabs only.
        start_folded: whether of the palette's first blocks only the heading is seen.
        welcome: whether the first steps are shown at every start. welcomed: whether they were seen once.
        keys: name of the set of keys. own_keys: what the user has bound, by command; checked by who uses it.
        recent: files, the newest first. open: designs from left to right. front: number of the one in front.

    """

    width: int = 0
    height: int = 0
    maximised: bool = False
    mode: str = "light"
    contrast: bool = False
    still: bool = False
    scale: float = 1.0
    palette: int = 0
    inspector: int = 0
    dock: int = 0
    folded: bool = False
    start_folded: bool = False
    welcome: bool = False
    welcomed: bool = False
    keys: str = ""
    own_keys: dict[str, object] = {}
    recent: tuple[str, ...] = ()
    open: tuple[OpenDesign, ...] = ()
    front: int = 0


def path() -> Path:
    """The file of preferences."""
    return state_folder() / "settings.json"


def read() -> Preferences:
    """What was kept; the usual ones where nothing was, or where it cannot be read."""
    try:
        return msgspec.json.decode(path().read_bytes(), type=Preferences)
    except (OSError, ValueError, RecursionError):  # bytes that are no text, or no end of brackets
        return Preferences()


def write(preferences: Preferences) -> None:
    """Keep preferences; a place that cannot be written to costs nothing but the keeping."""
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        replace_file(path(), msgspec.json.format(msgspec.json.encode(preferences), indent=1))
    except OSError:
        return


def with_recent(preferences: Preferences, file: str) -> Preferences:
    """The same with a file at the head of the recent ones."""
    others = tuple(other for other in preferences.recent if other != file)
    return msgspec.structs.replace(preferences, recent=(file, *others)[:MOST_RECENT])
