"""All commands of the program, by menu; those of the canvas come from `canvas/actions.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from explorer.architectures.gallery import gallery
from explorer.resources import path as resource
from explorer.style.theme import theme
from explorer.ui.beside.presenter import BesidePresenter
from explorer.ui.canvas import actions as on_canvas
from explorer.ui.designs.exporting import PROGRAMS, Exporter
from explorer.ui.designs.files import FilePresenter
from explorer.ui.shell.actions.action import Action
from explorer.ui.shell.actions.table import TAP
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.panels import PANELS
from explorer.ui.shell.room import Room

if TYPE_CHECKING:
    from explorer.figures.picture import Style
    from explorer.ui.help.presenter import HelpPresenter
    from explorer.ui.keys.presenter import KeysPresenter

PICTURES: dict[Style, str] = {
    "canvas": "Picture of the canvas…",
    "boxes": "Figure of boxes…",
    "volumes": "Figure of volumes…",
}


def file_rows(files: FilePresenter, rename: Callable[[], object], quit_: Callable[[], None]) -> list[Action]:
    """New, open, save, export, starter designs, gallery."""

    def row(name: str, title: str, run: Callable[[], object], *keys: str, icon: str = "") -> Action:
        return Action(f"file.{name}", title, "File", lambda: _ignore(run()), keys, icon)

    rows = [
        row("new", "New design", files.new, "Ctrl+N"),
        row("open", "Open…", files.open, "Ctrl+O", icon="open"),
        row("save", "Save", files.save, "Ctrl+S", icon="save"),
        row("save_as", "Save as…", files.save_as, "Ctrl+Shift+S"),
        row("save_design", "Save without weights…", files.save_without_weights),
        row("close", "Close the design", files.close_front, "Ctrl+W"),
        row("rename", "Rename the design…", rename),
        row("quit", "Quit", quit_, "Ctrl+Q"),
    ]
    for design in sorted(resource("designs").glob("*.arch.json")):
        word = design.name.removesuffix(".arch.json").partition("-")[2].replace("-", " ")
        title, start = starter_title(design), partial(files.open_starter, str(design))
        also = next((entry.words for entry in gallery().values() if entry.title == title), ())
        rows.append(Action(f"start.{word}", title, "Start with", partial(_done, start), also=also))
    named = {row.title for row in rows}
    for entry in gallery().values():
        if entry.title in named:
            continue  # once is enough
        show = partial(files.open_gallery, entry.id)
        words = f"{entry.title} ({entry.year})"
        run = partial(_done, show)
        rows.append(Action(f"gallery.{entry.id}", words, "Gallery", run, also=entry.words))
    return rows


def export_rows(exporter: Exporter) -> list[Action]:
    """What can be written of the design in front."""

    def row(name: str, title: str, run: Callable[[], object], why_not: Callable[[], str | None]) -> Action:
        return Action(f"export.{name}", title, "Export", lambda: _ignore(run()), (), "", why_not)

    return [
        *(
            row(to, f"{title}…", partial(exporter.program, to), exporter.why_not_run)
            for to, (title, *_) in PROGRAMS.items()
        ),
        row("weights", "Weights…", exporter.weights, exporter.why_not_run),
        *(
            row(style, title, partial(exporter.picture, style), lambda: None)
            for style, title in PICTURES.items()
        ),
    ]


def canvas_rows(
    designs: OpenDesigns, prefix: str, section: str, actions: Iterable[on_canvas.CanvasAction]
) -> list[Action]:
    """The commands of the canvas in front, as rows of the window."""

    def row(action: on_canvas.CanvasAction) -> Action:
        return Action(
            f"{prefix}.{action.id}",
            action.title,
            section,
            lambda: _ignore(action.run(designs.bench.canvas)),
            action.keys,
            action.icon,
            lambda: action.why_not(designs.bench.canvas),
            canvas_only=not action.anywhere,
        )

    return [row(action) for action in actions if action.title]


def edit_rows(designs: OpenDesigns) -> list[Action]:
    """Everything that changes the design, and what selects."""
    return [
        *canvas_rows(designs, "edit", "Edit", on_canvas.EDIT),
        *canvas_rows(designs, "select", "Select", on_canvas.SELECT),
    ]


def view_rows(designs: OpenDesigns, present: Callable[[], None], room: Room) -> list[Action]:
    """Zoom, levels, panels, theme, designs."""

    def to(tab: str) -> Callable[[], None]:
        return lambda: designs.bench.dock.show_tab(tab)

    def scale(step: float) -> Callable[[], None]:
        return lambda: theme().change(scale=theme().scale + step)

    def row(name: str, title: str, run: Callable[[], object], *keys: str, icon: str = "") -> Action:
        return Action(f"view.{name}", title, "View", lambda: _ignore(run()), keys, icon)

    def turn_to(number: int) -> None:
        if number < len(designs.benches):
            designs.show(designs.benches[number])

    return [
        *canvas_rows(designs, "view", "View", on_canvas.VIEW),
        *(
            row(tab.id, f"Show {tab.title.lower()}", to(tab.id), *((f"Ctrl+{n}",) if n < 10 else ()))
            for n, tab in enumerate(PANELS, 1)
        ),
        row("next_design", "Next design", lambda: designs.go(1), "Ctrl+Tab", "Ctrl+PgDown"),
        row("last_design", "Previous design", lambda: designs.go(-1), "Ctrl+Shift+Tab", "Ctrl+PgUp"),
        *(
            Action(f"tabs.{n}", f"Design {n}", "Designs", partial(turn_to, n - 1), (f"Alt+{n}",))
            for n in range(1, 10)
        ),
        row("theme", "Light or dark colours", _toggle_theme, "Ctrl+T", icon="moon"),
        row("contrast", "High contrast", _toggle_contrast),
        row("still", "Reduce motion", _toggle_motion),
        # Ctrl and Shift with = or + is Ctrl++ on most keyboards, and that zooms
        row("larger", "Larger text", scale(0.25), "Alt+=", "Alt++"),
        row("smaller", "Smaller text", scale(-0.25), "Alt+-"),
        row(
            "inspector",
            "Show or hide the inspector",
            lambda: room.show_inspector(not room.has_inspector),
            "F8",
        ),
        row("present", "Projector sizes", present, "F5"),
    ]


def beside_rows(beside: BesidePresenter) -> list[Action]:
    """Two designs beside each other."""

    def row(name: str, title: str, run: Callable[[], object], *keys: str, **more: Any) -> Action:
        why_not = more.pop("enabled", beside.why_not)
        return Action(f"beside.{name}", title, "View", lambda: _ignore(run()), keys, "", why_not, **more)

    return [
        row("split", "Show two designs beside each other", beside.toggle, "Ctrl+\\"),
        row("other", "Go to the other pane", beside.other_pane, "F6"),
        row("next", "Next difference", partial(beside.step, 1), "N", canvas_only=True),
        row("last", "Previous difference", partial(beside.step, -1), "Shift+N", canvas_only=True),
    ]


def run_rows(designs: OpenDesigns) -> list[Action]:
    """Training of the design in front."""

    def busy() -> str | None:
        return None if designs.bench.desk.session.training.is_going_on else "no run is in progress"

    def row(name: str, title: str, run: Callable[[], object], *keys: str, **more: object) -> Action:
        return Action(f"run.{name}", title, "Run", lambda: _ignore(run()), keys, **more)  # type: ignore[arg-type]

    return [
        row(
            "train",
            "Train, pause or resume",
            lambda: designs.bench.runner.toggle(),
            "Ctrl+Return",
            icon="play",
            enabled=lambda: designs.bench.runner.why_not(),
        ),
        row(
            "step",
            "Single step",
            lambda: designs.bench.runner.step(),
            "Ctrl+Shift+Return",
            TAP,
            icon="step_forward",
            enabled=lambda: designs.bench.runner.why_not(),
        ),
        row(
            "stop", "Stop training", lambda: designs.bench.runner.stop(), "Ctrl+.", icon="stop", enabled=busy
        ),
        row("restart", "Restart the engine", lambda: designs.bench.desk.restart()),
    ]


def help_rows(keys: KeysPresenter, help_: HelpPresenter) -> list[Action]:
    """Keys, licences, versions."""

    def row(name: str, title: str, run: Callable[[], None], *typed: str) -> Action:
        return Action(f"help.{name}", title, "Help", run, typed)

    return [
        row("keys", "Keys", keys.open, "?", "F1"),
        row("licences", "Licences", help_.show_licences),
        row("folder", "Show the folder of sessions and settings", help_.open_folder),
        row("about", "About", help_.show_about),
    ]


def _toggle_contrast() -> None:
    theme().change(contrast=not theme().contrast)


def _toggle_motion() -> None:
    theme().change(reduced_motion=not theme().reduced_motion)


def _toggle_theme() -> None:
    theme().change(mode="dark" if theme().mode == "light" else "light")


def _done(run: Callable[[], object]) -> None:
    """Do it, whatever it answers."""
    run()


def _ignore(_result: object) -> None:
    """Commands may answer; a menu does not listen."""


def starter_title(design: Path) -> str:
    """The name that a starter design gives itself."""
    return msgspec.json.decode(design.read_bytes(), type=_Named).name


class _Named(msgspec.Struct):
    """What of a design file is needed for a menu."""

    name: str
