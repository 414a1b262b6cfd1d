"""Everything that can be done on a canvas by key or menu: the one table of its commands and keys.

A command is a function of the canvas and one row here. The window makes menus, shortcuts and the command
palette of the same rows; a canvas without a window takes its keys from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from explorer.ui.canvas import (
    alike,
    bending,
    clipboard,
    commands,
    joining,
    navigation,
    path_focus,
    placing,
    reasons,
    repeating,
    straightening,
    tidying,
    walking,
    wrapping,
)
from explorer.ui.canvas.closed import closed_words

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

Run: TypeAlias = "Callable[[CanvasView], object]"


@dataclass(frozen=True)
class CanvasAction:
    """A command of the canvas.

    Attributes:
        id: stable word. title: as in menus, empty for keys that stand in no menu. run: what it does.
        keys: shortcuts, the first is shown. why: says why it cannot be used now. icon: its name, if any.
        anywhere: whether its keys work wherever the focus is (never single letters).
        edits: whether it changes what is on the level, so that the inside of a block is closed to it.

    """

    id: str
    title: str
    run: Run
    keys: tuple[str, ...] = ()
    why: reasons.Why | None = None
    icon: str = ""
    anywhere: bool = False
    edits: bool = False

    def why_not(self, canvas: CanvasView) -> str | None:
        """Say why the command cannot be used now, or None."""
        if self.edits and not canvas.context.level.is_editable:
            return closed_words(canvas.context.level)
        return self.why(canvas) if self.why is not None else None


def _edit(
    id: str,
    title: str,
    run: Run,
    keys: tuple[str, ...] = (),
    why: reasons.Why | None = reasons.a_block,
) -> CanvasAction:
    """A command that changes the level."""
    return CanvasAction(id, title, run, keys, why, edits=True)


def _walk(direction: walking.Direction, words: str) -> tuple[CanvasAction, CanvasAction]:
    key = direction.capitalize()
    return (
        CanvasAction(f"walk_{direction}", words, lambda c: navigation.walk(c, direction), (key,)),
        CanvasAction(
            f"extend_{direction}",
            f"{words}, too",
            lambda c: navigation.walk(c, direction, extend=True),
            (f"Shift+{key}",),
        ),
    )


EDIT: tuple[CanvasAction, ...] = (
    CanvasAction(
        "undo",
        "Undo",
        lambda c: commands.undo(c.context),
        ("Ctrl+Z",),
        reasons.something_to_undo,
        "undo",
        True,
    ),
    CanvasAction(
        "redo",
        "Redo",
        lambda c: commands.redo(c.context),
        ("Ctrl+Y", "Ctrl+Shift+Z"),
        reasons.something_to_redo,
        "redo",
        True,
    ),
    _edit("add", "Add a block by name…", navigation.ask_to_add, ("Shift+A", "Tab"), None),
    CanvasAction("copy", "Copy", lambda c: clipboard.copy(c.context), ("Ctrl+C",), reasons.a_block),
    _edit("cut", "Cut", lambda c: clipboard.cut(c.context), ("Ctrl+X",)),
    _edit("paste", "Paste", navigation.paste, ("Ctrl+V",), None),
    _edit(
        "paste_wired",
        "Paste with its inputs",
        lambda c: navigation.paste(c, keep_inputs=True),
        ("Ctrl+Shift+V",),
        None,
    ),
    _edit("duplicate", "Duplicate", lambda c: clipboard.duplicate(c.context), ("Ctrl+D", "Shift+D")),
    _edit("twin", "Duplicate with the same weights", lambda c: clipboard.twin(c.context), ("Alt+D",)),
    _edit("delete", "Delete", lambda c: commands.remove(c.context), ("Del", "Backspace"), reasons.anything),
    _edit("dissolve", "Delete and reconnect", lambda c: commands.dissolve(c.context), ("Ctrl+Del",)),
    _edit("detach", "Take out of the flow", lambda c: commands.take_out(c.context)),
    _edit(
        "disconnect", "Take the wires off", lambda c: commands.disconnect(c.context), (), reasons.has_wires
    ),
    _edit("mute", "Mute", lambda c: commands.mute(c.context), ("M",), reasons.passes_through),
    _edit("freeze", "Freeze the weights", lambda c: commands.freeze(c.context), (), reasons.has_weights),
    _edit("share", "Share the weights", lambda c: commands.share(c.context), (), reasons.alike),
    _edit("unshare", "Give weights of their own", lambda c: commands.unshare(c.context), (), reasons.shares),
    _edit("collapse", "Collapse", lambda c: commands.collapse(c.context), ("H",)),
    _edit("group", "Group", lambda c: commands.group(c.context), ("Ctrl+G",)),
    _edit("repeat", "One block ×N for repeats", lambda c: repeating.repeat(c.context), (), reasons.repeats),
    CanvasAction(
        "ungroup",
        "Ungroup or unpack",
        lambda c: commands.ungroup(c.context),
        ("Ctrl+Shift+G",),
        reasons.one_with_an_inside,
    ),
    *(
        _edit(f"wrap_{wrapper}", title, lambda c, wrapper=wrapper: wrapping.wrap(c.context, wrapper))  # type: ignore[misc]
        for wrapper, title in wrapping.WRAPPERS.items()
    ),
    _edit("unwrap", "Remove the wrapper", lambda c: wrapping.unwrap(c.context), (), reasons.wrapped),
    _edit("frame", "Frame", navigation.frame_selection, ("C",)),
    _edit("note", "Note", navigation.add_note, ("Shift+C",), None),
    _edit("rename", "Rename", navigation.rename, ("F2",), reasons.anything),
    _edit("tidy", "Tidy the selection", lambda c: tidying.tidy(c.context), ("L",)),
    _edit("tidy_all", "Tidy all", tidying.tidy_level, ("Shift+L",), None),
    _edit("join", "Wire to another block", joining.join, ("J",)),
    _edit("straighten", "Straighten the wires", straightening.straighten, ("Q",), reasons.two_blocks),
    _edit("dot", "Set a reroute dot", bending.add_to_selected, ("D",), reasons.one_wire),
    _edit(
        "clear_dots", "Take the reroute dots out", lambda c: bending.clear(c.context), (), reasons.has_dots
    ),
    _edit("replace", "Replace by…", lambda c: c.context.asked.emit("replace"), ("R",), reasons.a_block),
    *(
        CanvasAction(
            f"align_{side}",
            title,
            lambda c, side=side: placing.align(c.context, side),  # type: ignore[misc]
            keys,
            reasons.two_blocks,
            f"align_{side}",
            edits=True,
        )
        for side, title, keys in placing.SIDES
    ),
    *(
        CanvasAction(
            f"distribute_{way}",
            title,
            lambda c, way=way: placing.distribute(c.context, way),  # type: ignore[misc]
            keys,
            reasons.three_blocks,
            f"distribute_{way}",
            edits=True,
        )
        for way, title, keys in placing.WAYS
    ),
    CanvasAction("select_all", "Select all", lambda c: commands.select_all(c.context), ("Ctrl+A",)),
)

SELECT: tuple[CanvasAction, ...] = (
    *_walk("left", "Select the block before"),
    *_walk("right", "Select the block after"),
    *_walk("up", "Select the block above"),
    *_walk("down", "Select the block below"),
    *(
        CanvasAction(
            f"same_{what}",
            title,
            lambda c, what=what: alike.select(c.context, what),  # type: ignore[misc]
            (),
            reasons.a_block,
        )
        for what, title in alike.SAME.items()
    ),
)

VIEW: tuple[CanvasAction, ...] = (
    CanvasAction("fit", "Fit all", navigation.fit_all, ("Home", "A")),
    CanvasAction("fit_selection", "Fit the selection", navigation.fit_selection, ("F", ".")),
    CanvasAction(
        "zoom_in", "Zoom in", navigation.zoom_in, ("Ctrl+=", "Ctrl++"), None, "zoom_in", anywhere=True
    ),
    CanvasAction("zoom_out", "Zoom out", navigation.zoom_out, ("Ctrl+-",), None, "zoom_out", anywhere=True),
    CanvasAction("actual", "Actual size", navigation.zoom_to_readable, ("Ctrl+0",), anywhere=True),
    CanvasAction("enter", "Open the block", navigation.enter, ("Return", "Enter"), reasons.can_be_opened),
    CanvasAction("leave", "Back to the level above", navigation.leave, ("U",), reasons.below_the_top),
    CanvasAction("unfold", "Unfold one level", navigation.unfold, ("]",), reasons.can_be_unfolded),
    CanvasAction("fold", "Fold one level", navigation.fold, ("[",), reasons.is_unfolded),
    CanvasAction("menu", "Menu of what is selected", navigation.ask_menu_by_key, ("Shift+F10", "Menu")),
    CanvasAction(
        "focus_path",
        "Focus on the path between two blocks",
        lambda c: path_focus.focus(c.context),
        ("Shift+P",),
        reasons.two_blocks,
    ),
    CanvasAction("heat", "Heat map of costs", lambda c: c.context.asked.emit("heat"), ("Shift+H",)),
    CanvasAction("escape", "", navigation.escape, ("Esc",)),
)

ACTIONS = (*EDIT, *SELECT, *VIEW)
