"""Sets of keys for hands that know another node editor: what differs from our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Bindings: TypeAlias = Mapping[str, tuple[str, ...]]
"""Keys by id of their command, the first is shown; an empty tuple takes all keys away."""

OURS = "Explorer"

PRESETS: dict[str, Bindings] = {
    OURS: {},
    # Blender 4 manual, Node Editors: Editing and Navigation
    "Blender": {
        "edit.add": ("Shift+A",),
        "edit.delete": ("X", "Del"),
        "edit.cut": (),
        "edit.dissolve": ("Ctrl+X",),
        "edit.duplicate": ("Shift+D",),
        "edit.paste_wired": ("Ctrl+Shift+D", "Ctrl+Shift+V"),
        "edit.group": ("Ctrl+G",),
        "edit.ungroup": ("Ctrl+Alt+G", "Ctrl+Shift+G"),
        "edit.frame": ("Ctrl+J",),
        "edit.detach": ("Alt+D",),
        "edit.twin": ("Ctrl+Alt+D",),
        "edit.select_all": ("A", "Ctrl+A"),
        "view.enter": ("Tab", "Return", "Enter"),
        "view.leave": ("U", "Ctrl+Alt+Tab"),
        "view.fit": ("Home",),
        "view.fit_selection": (".", "F"),
        "app.search": ("F3", "Ctrl+K"),
    },
    # Nuke's Node Graph shortcuts, as far as Natron documents them too
    "Nuke": {
        "edit.add": ("Tab",),
        "edit.mute": ("D",),
        "edit.dot": (".",),
        "edit.duplicate": ("Alt+C", "Ctrl+D"),
        "edit.detach": ("Ctrl+Shift+X",),
        "edit.twin": ("Alt+K",),
        "edit.rename": ("N", "F2"),
        "edit.disconnect": ("Shift+D",),
        "edit.straighten": ("Shift+Q",),
        "view.enter": ("Ctrl+Alt+Return", "Return", "Enter"),
        "view.fit": ("Home", "A"),
        "view.fit_selection": ("F",),
        "beside.next": ("]",),
        "beside.last": ("[",),
        "app.find": ("/", "Ctrl+F"),
        "app.search": ("X", "Ctrl+K"),
    },
}
