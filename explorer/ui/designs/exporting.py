"""Writing what others can use: Python, weights, pictures; the same checks as on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.protocol import events, requests
from explorer.style.theme import theme
from explorer.ui.shell import ask
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns

if TYPE_CHECKING:
    from explorer.figures.picture import Style

PICTURES = "Pictures (*.svg *.pdf *.png)"
PROGRAMS: dict[requests.Form, tuple[str, str, str]] = {
    "python": ("Python of the whole model", ".py", "Python (*.py)"),
    "onnx": ("ONNX with weights", ".onnx", "ONNX (*.onnx)"),
    "pt2": ("torch.export with weights", ".pt2", "PyTorch programs (*.pt2)"),
    "torchscript": ("TorchScript with weights", ".pt", "TorchScript (*.pt)"),
}
"""What the engine writes, as `explorer export --to` does: title, ending, kinds of files."""


def plain_name(name: str) -> str:
    """A design's name as the beginning of a file's."""
    return "".join(c if c.isalnum() else "_" for c in name).lower()


class Exporter(QObject):
    """Exports the design in front.

    Signals:
        said: a line for the user.
    """

    said = Signal(str)

    def __init__(self, window: QWidget, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._designs = window, designs

    @property
    def _bench(self) -> Bench:
        return self._designs.bench

    def why_not_run(self) -> str | None:
        """Why the design cannot be written as a program, or its weights: it does not run."""
        session = self._bench.desk.session
        if session.workspace.flow.faults:
            return "the design has problems"
        return None if session.is_live else "the engine is starting"

    def _ask(self, title: str, ending: str, kinds: str) -> str:
        return ask.save_file(self._window, title, f"{plain_name(self._bench.name)}{ending}", kinds)

    def picture(self, style: Style) -> None:
        """Ask for a file and write the design into it: the canvas as it is, or a figure for a slide."""
        from explorer.figures.picture import PictureProblem, render_file  # not needed to start

        path = self._ask("Export a picture", f"_{style}.svg", PICTURES)
        if not path:
            return
        try:
            render_file(self._bench.desk.workspace.document, path, mode=theme().mode, style=style)
        except PictureProblem as problem:
            self.said.emit(str(problem))
            return
        self._tell(path)

    def program(self, to: requests.Form) -> None:
        """Ask for a file and let the engine write the model in one of the forms of `PROGRAMS`."""
        title, ending, kinds = PROGRAMS[to]
        path = self._ask(f"Export {title}", ending, kinds)
        if not path:
            return

        def done(event: events.Event) -> None:
            if isinstance(event, events.Exported):
                self._tell(path, event.note)

        self.said.emit(f"Writing {Path(path).name} …")
        request = requests.Export(path=path, to=to)
        self._bench.desk.session.watch(request, done, "once", on_failed=self._say_why)

    def weights(self) -> None:
        """Ask for a file and write the live weights as safetensors."""
        path = self._ask("Export weights", ".safetensors", "Weights (*.safetensors)")
        if not path:
            return
        session = self._bench.desk.session
        story = session.weights.origin.sentence
        request = requests.SaveWeights(path=path)
        session.watch(request, lambda _e: self._tell(path, story), "once", on_failed=self._say_why)

    def _tell(self, path: str, more: str = "") -> None:
        self.said.emit(f"Written: {Path(path).name}" + (f" ({more})" if more else ""))

    def _say_why(self, event: events.Event) -> None:
        self.said.emit(getattr(event, "message", "It was not written."))
