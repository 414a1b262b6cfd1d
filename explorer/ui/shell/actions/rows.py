"""All commands of the program, by menu. Adding one is adding a row."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from explorer.architectures.gallery import gallery
from explorer.client.live import RunState
from explorer.figures.picture import Style
from explorer.resources import path as resource
from explorer.style.theme import theme
from explorer.ui.canvas import clipboard, commands, navigation, tidying, wrapping
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.designs.files import FilePresenter
from explorer.ui.desk import Desk
from explorer.ui.shell.actions.action import Action, always
from explorer.ui.shell.dock import Dock

PICTURES: dict[Style, str] = {
    "canvas": "Export the canvas as a picture…",
    "boxes": "Export a figure of boxes…",
    "volumes": "Export a figure of volumes…",
}


def file_rows(files: FilePresenter, close: Callable[[], None]) -> list[Action]:
    """New, open, save, starter designs."""
    rows = [
        Action("file.new", "New design", "File", files.new, ("Ctrl+N",)),
        Action("file.open", "Open…", "File", files.open, ("Ctrl+O",), "open"),
        Action("file.save", "Save", "File", lambda: _ignore(files.save()), ("Ctrl+S",), "save"),
        Action("file.save_as", "Save as…", "File", lambda: _ignore(files.save_as()), ("Ctrl+Shift+S",)),
        *(
            Action(f"file.export_{style}", title, "File", partial(files.export_picture, style))
            for style, title in PICTURES.items()
        ),
        Action("file.quit", "Quit", "File", close, ("Ctrl+Q",)),
    ]
    for design in sorted(resource("designs").glob("*.arch.json")):
        title = design.name.removesuffix(".arch.json").partition("-")[2].replace("-", " ")
        rows.append(Action(f"start.{title}", f"Start with {title}", "Start", _opener(files, design)))
    for entry in gallery().values():
        rows.append(
            Action(
                f"gallery.{entry.id}",
                f"{entry.title} ({entry.year})",
                "Gallery",
                _gallery_opener(files, entry.id),
            )
        )
    return rows


def _opener(files: FilePresenter, design: Path) -> Callable[[], None]:
    def run() -> None:
        if files.may_leave() and files.open_path(str(design)):
            files.path = ""  # a starter is a copy: saving asks for a name
            files.changed.emit()

    return run


def _gallery_opener(files: FilePresenter, name: str) -> Callable[[], None]:
    def run() -> None:
        if files.may_leave():
            files.open_gallery(name)

    return run


def edit_rows(canvas: CanvasView, desk: Desk) -> list[Action]:
    """Everything that changes the design."""
    context = canvas.context

    def history(which: str) -> Callable[[], str | None]:
        return lambda: None if getattr(desk.workspace.history, f"{which}_title") else f"nothing to {which}"

    def selected() -> str | None:
        return None if context.selected_nodes() else "select a block first"

    def turn(name: str, title: str, run: Callable[[], object], *keys: str) -> Action:
        return Action(f"edit.{name}", title, "Edit", lambda: _ignore(run()), keys, name, history(name))

    def row(name: str, title: str, run: Callable[[], object], *keys: str, needs: bool = True) -> Action:
        why_not = selected if needs else always
        return Action(
            f"edit.{name}", title, "Edit", lambda: _ignore(run()), keys, "", why_not, canvas_only=True
        )

    return [
        Action(
            "edit.undo",
            "Undo",
            "Edit",
            lambda: _ignore(commands.undo(context)),
            ("Ctrl+Z",),
            "undo",
            history("undo"),
        ),
        Action(
            "edit.redo",
            "Redo",
            "Edit",
            lambda: _ignore(commands.redo(context)),
            ("Ctrl+Y", "Ctrl+Shift+Z"),
            "redo",
            history("redo"),
        ),
        row("add", "Add a block by name…", partial(navigation.ask_to_add, canvas), "Shift+A", needs=False),
        row("copy", "Copy", lambda: clipboard.copy(context), "Ctrl+C"),
        row("cut", "Cut", lambda: clipboard.cut(context), "Ctrl+X"),
        row("paste", "Paste", lambda: clipboard.paste(context), "Ctrl+V", needs=False),
        row(
            "paste_wired",
            "Paste with its inputs",
            lambda: clipboard.paste(context, keep_inputs=True),
            "Ctrl+Shift+V",
            needs=False,
        ),
        row("duplicate", "Duplicate", lambda: clipboard.duplicate(context), "Ctrl+D", "Shift+D"),
        row("delete", "Delete", lambda: commands.remove(context), "Del", "Backspace", needs=False),
        row("dissolve", "Delete and reconnect", lambda: commands.dissolve(context), "Ctrl+Del"),
        row("mute", "Mute", lambda: commands.mute(context), "M"),
        row("freeze", "Fix the weights", lambda: commands.freeze(context)),
        row("share", "Share the weights", lambda: commands.share(context)),
        row("unshare", "Give weights of their own", lambda: commands.unshare(context)),
        row("collapse", "Collapse", lambda: commands.collapse(context), "H"),
        row("group", "Group", lambda: commands.group(context), "Ctrl+G"),
        row("ungroup", "Ungroup or unpack", lambda: commands.ungroup(context), "Ctrl+Shift+G"),
        *(
            row(f"wrap_{wrapper}", title, partial(wrapping.wrap, context, wrapper))
            for wrapper, title in wrapping.WRAPPERS.items()
        ),
        row("unwrap", "Take the wrapper off", lambda: wrapping.unwrap(context)),
        row("frame", "Frame", partial(navigation.frame_selection, canvas), "C"),
        row("note", "Note", partial(navigation.add_note, canvas), "Shift+C", needs=False),
        row("rename", "Rename", partial(navigation.rename, canvas), "F2"),
        row("tidy", "Tidy the selection", lambda: tidying.tidy(context), "L"),
        row("tidy_all", "Tidy all", lambda: tidying.tidy_all(context), "Shift+L", needs=False),
        row("select_all", "Select all", lambda: commands.select_all(context), "Ctrl+A", needs=False),
    ]


def view_rows(canvas: CanvasView, dock: Dock, present: Callable[[], None]) -> list[Action]:
    """Zoom, levels, panels, theme."""

    def to(tab: str) -> Callable[[], None]:
        return lambda: dock.show_tab(tab)

    def scale(step: float) -> Callable[[], None]:
        return lambda: theme().change(scale=theme().scale + step)

    def on_canvas(name: str, title: str, run: Callable[[], object], *keys: str) -> Action:
        return Action(f"view.{name}", title, "View", lambda: _ignore(run()), keys, canvas_only=True)

    def anywhere(name: str, title: str, run: Callable[[], object], *keys: str, icon: str = "") -> Action:
        return Action(f"view.{name}", title, "View", lambda: _ignore(run()), keys, icon)

    return [
        on_canvas("fit", "Fit all", partial(navigation.fit_all, canvas), "Home", "A"),
        on_canvas("fit_selection", "Fit the selection", partial(navigation.fit_selection, canvas), "F", "."),
        anywhere(
            "zoom_in", "Zoom in", partial(navigation.zoom_in, canvas), "Ctrl+=", "Ctrl++", icon="zoom_in"
        ),
        anywhere("zoom_out", "Zoom out", partial(navigation.zoom_out, canvas), "Ctrl+-", icon="zoom_out"),
        anywhere("actual", "Actual size", partial(navigation.zoom_to_readable, canvas), "Ctrl+0"),
        on_canvas("enter", "Open the block", partial(navigation.enter, canvas)),
        on_canvas("leave", "Back to the level above", partial(navigation.leave, canvas), "U"),
        *(
            anywhere(tab.id, f"Show {tab.title}", to(tab.id), f"Ctrl+{number}")
            for number, tab in enumerate(dock.tabs, 1)
        ),
        anywhere("theme", "Light or dark", _toggle_theme, "Ctrl+T", icon="moon"),
        anywhere("contrast", "High contrast", _toggle_contrast),
        anywhere("larger", "Larger text", scale(0.25), "Ctrl+Shift+="),
        anywhere("smaller", "Smaller text", scale(-0.25), "Ctrl+Shift+-"),
        anywhere("present", "Projector sizes", present, "F5"),
    ]


def _toggle_contrast() -> None:
    theme().change(contrast=not theme().contrast)


def _toggle_theme() -> None:
    theme().change(mode="dark" if theme().mode == "light" else "light")


def run_rows(desk: Desk, train: Callable[[], None], why_not: Callable[[], str | None]) -> list[Action]:
    """Training."""
    live = desk.live

    def busy() -> str | None:
        return None if live.run in (RunState.RUNNING, RunState.PAUSED) else "no run is going on"

    return [
        Action("run.train", "Train, pause or go on", "Run", train, ("Ctrl+Return",), "play", why_not),
        Action(
            "run.step",
            "Single step",
            "Run",
            lambda: live.step(),
            ("Ctrl+Shift+Return",),
            "step_forward",
            busy,
        ),
        Action("run.stop", "Stop training", "Run", live.stop, ("Ctrl+.",), "stop", busy),
        Action("run.restart", "Restart the engine", "Run", lambda: _restart(desk)),
    ]


def _restart(desk: Desk) -> None:
    desk.live.gone()
    desk.bridge.close()
    desk.bridge.start()


def _ignore(_result: object) -> None:
    """Commands may answer; a menu does not listen."""
