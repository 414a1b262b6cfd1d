"""Everything that can be done on a canvas by key or menu: the one table of its commands and keys.

A command is a function of the canvas and one row here. The window makes menus, shortcuts and the command
palette of the same rows; a canvas without a window takes its keys from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from explorer.ui.canvas import clipboard, commands, navigation, tidying, walking, wrapping

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

Run: TypeAlias = "Callable[[CanvasView], object]"
Needs = Literal["", "selection", "undo", "redo"]
"""What must be there before a command can be used."""


@dataclass(frozen=True)
class CanvasAction:
    """A command of the canvas.

    Attributes:
        id: stable word. title: as in menus, empty for keys that stand in no menu. run: what it does.
        keys: shortcuts, the first is shown. needs: what must be there. icon: its name, if it has one.
        anywhere: whether its keys work wherever the focus is (never single letters).

    """

    id: str
    title: str
    run: Run
    keys: tuple[str, ...] = ()
    needs: Needs = ""
    icon: str = ""
    anywhere: bool = False

    def why_not(self, canvas: CanvasView) -> str | None:
        """Say why the command cannot be used now, or None."""
        if self.needs == "selection":
            return None if canvas.context.selected_nodes() else "select a block first"
        if self.needs:
            title = getattr(canvas.context.workspace.history, f"{self.needs}_title")
            return None if title else f"nothing to {self.needs}"
        return None


def _walk(direction: walking.Direction, key: str) -> tuple[CanvasAction, CanvasAction]:
    return (
        CanvasAction(f"walk_{direction}", "", lambda c: walking.walk(c.context, direction), (key,)),
        CanvasAction(
            f"extend_{direction}",
            "",
            lambda c: walking.walk(c.context, direction, extend=True),
            (f"Shift+{key}",),
        ),
    )


EDIT: tuple[CanvasAction, ...] = (
    CanvasAction("undo", "Undo", lambda c: commands.undo(c.context), ("Ctrl+Z",), "undo", "undo", True),
    CanvasAction(
        "redo", "Redo", lambda c: commands.redo(c.context), ("Ctrl+Y", "Ctrl+Shift+Z"), "redo", "redo", True
    ),
    CanvasAction("add", "Add a block by name…", navigation.ask_to_add, ("Shift+A", "Tab")),
    CanvasAction("copy", "Copy", lambda c: clipboard.copy(c.context), ("Ctrl+C",), "selection"),
    CanvasAction("cut", "Cut", lambda c: clipboard.cut(c.context), ("Ctrl+X",), "selection"),
    CanvasAction("paste", "Paste", lambda c: clipboard.paste(c.context), ("Ctrl+V",)),
    CanvasAction(
        "paste_wired",
        "Paste with its inputs",
        lambda c: clipboard.paste(c.context, keep_inputs=True),
        ("Ctrl+Shift+V",),
    ),
    CanvasAction(
        "duplicate",
        "Duplicate",
        lambda c: clipboard.duplicate(c.context),
        ("Ctrl+D", "Shift+D"),
        "selection",
    ),
    CanvasAction("delete", "Delete", lambda c: commands.remove(c.context), ("Del", "Backspace")),
    CanvasAction(
        "dissolve",
        "Delete and reconnect",
        lambda c: commands.dissolve(c.context),
        ("Ctrl+Del",),
        "selection",
    ),
    CanvasAction("mute", "Mute", lambda c: commands.mute(c.context), ("M",), "selection"),
    CanvasAction("freeze", "Freeze the weights", lambda c: commands.freeze(c.context), (), "selection"),
    CanvasAction("share", "Share the weights", lambda c: commands.share(c.context), (), "selection"),
    CanvasAction(
        "unshare", "Give weights of their own", lambda c: commands.unshare(c.context), (), "selection"
    ),
    CanvasAction("collapse", "Collapse", lambda c: commands.collapse(c.context), ("H",), "selection"),
    CanvasAction("group", "Group", lambda c: commands.group(c.context), ("Ctrl+G",), "selection"),
    CanvasAction(
        "ungroup",
        "Ungroup or unpack",
        lambda c: commands.ungroup(c.context),
        ("Ctrl+Shift+G",),
        "selection",
    ),
    *(
        CanvasAction(
            f"wrap_{wrapper}",
            title,
            lambda c, wrapper=wrapper: wrapping.wrap(c.context, wrapper),  # type: ignore[misc]
            (),
            "selection",
        )
        for wrapper, title in wrapping.WRAPPERS.items()
    ),
    CanvasAction("unwrap", "Remove the wrapper", lambda c: wrapping.unwrap(c.context), (), "selection"),
    CanvasAction("frame", "Frame", navigation.frame_selection, ("C",), "selection"),
    CanvasAction("note", "Note", navigation.add_note, ("Shift+C",)),
    CanvasAction("rename", "Rename", navigation.rename, ("F2",), "selection"),
    CanvasAction("tidy", "Tidy the selection", lambda c: tidying.tidy(c.context), ("L",), "selection"),
    CanvasAction("tidy_all", "Tidy all", lambda c: tidying.tidy_all(c.context), ("Shift+L",)),
    CanvasAction("select_all", "Select all", lambda c: commands.select_all(c.context), ("Ctrl+A",)),
)

VIEW: tuple[CanvasAction, ...] = (
    CanvasAction("fit", "Fit all", navigation.fit_all, ("Home", "A")),
    CanvasAction("fit_selection", "Fit the selection", navigation.fit_selection, ("F", ".")),
    CanvasAction(
        "zoom_in", "Zoom in", navigation.zoom_in, ("Ctrl+=", "Ctrl++"), "", "zoom_in", anywhere=True
    ),
    CanvasAction("zoom_out", "Zoom out", navigation.zoom_out, ("Ctrl+-",), "", "zoom_out", anywhere=True),
    CanvasAction("actual", "Actual size", navigation.zoom_to_readable, ("Ctrl+0",), anywhere=True),
    CanvasAction("enter", "Open the block", navigation.enter, ("Return", "Enter")),
    CanvasAction("leave", "Back to the level above", navigation.leave, ("U",)),
    CanvasAction("escape", "", navigation.escape, ("Esc",)),
    *_walk("left", "Left"),
    *_walk("right", "Right"),
    *_walk("up", "Up"),
    *_walk("down", "Down"),
)

ACTIONS = (*EDIT, *VIEW)
