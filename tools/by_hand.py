"""What users once lost, tried again by mouse and keyboard: `xvfb-run -a python tools/by_hand.py OUT`.

Each step has the number under which it was found; a line each says whether it holds. `OUT/by_hand.json`
and pictures are kept. Dialogs of files and questions are answered by the script and noted: what was asked,
and whether at all. Name steps to run only these.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from hand import Hand, TourProblem, on_canvas, on_screen, pump, wait
from photograph import keep
from PIL import Image
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QLabel

from explorer import resources
from explorer.protocol import requests
from explorer.session import preferences
from explorer.session.folder import remains
from explorer.session.run_control import RunState
from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.shell import ask
from explorer.ui.training.panel import TrainingPanel
from explorer.ui.training.run_list import RunRow
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.toast import Toast

LENET = "lenet 5"


class Trial:
    """A program under trial and what was seen of it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.hand = Hand()
        self.asked: list[str] = []
        self.answer = "discard"
        self.save_to = ""
        ask.save_changes = self._asks  # type: ignore[assignment]
        ask.changed_outside = self._asks_changed  # type: ignore[assignment]
        ask.save_file = lambda *_: self.save_to  # type: ignore[assignment]
        ask.open_file = lambda *_: self.save_to  # type: ignore[assignment]
        self.begin()

    def _asks(self, _parent: object, name: str, lost: tuple[str, ...] = ()) -> str:
        self.asked.append(f"{name}: {' '.join(lost)}")
        return self.answer

    def _asks_changed(self, _parent: object, file: str, difference: str) -> str:
        self.asked.append(f"{file}: {difference}")
        return self.answer

    # the program

    def begin(self, word: str | None = "") -> None:
        """Start it."""
        self.app = App(kept=preferences.read())
        window = self.app.window
        window.resize(1440, 900)
        window.move(0, 0)
        window.show()
        window.activateWindow()
        pump(300)
        if word is not None:
            self.app.open(word)
        self.app.start_engine()
        pump(500)

    def end(self) -> None:
        """Close the window as a user does."""
        self.app.window.close()
        wait(lambda: not self.app.designs.benches, "the window closes", 20)

    # short names

    @property
    def session(self) -> Any:
        """The session in front."""
        return self.app.desk.session

    @property
    def label(self) -> str:
        """Where its weights come from, as the bar says it."""
        return str(self.session.weights.origin.sentence)

    def picture(self, name: str) -> None:
        """Keep what the window shows."""
        pump(250)
        keep(self.app.window.grab(), self.out / f"{name}.png")

    def command(self, words: str) -> None:
        """Ctrl+K, words, Enter."""
        self.hand.press("ctrl+k")
        self.hand.type(words)
        pump(200)
        self.hand.press("Return")
        pump(200)

    def node(self, name: str) -> QPoint:
        """The middle of a node on the screen."""
        return on_canvas(self.app.canvas, self.app.canvas.scene_.placed.boxes[name].center())

    def live(self) -> None:
        """Wait until the engine runs the design."""
        wait(lambda: self.session.is_live and not self.session.weights.is_reading, "the engine", 60)

    def output(self) -> bytes:
        """What the network answers to the input that is looked at, bit for bit."""
        self.live()
        seen: list[Any] = []
        self.session.watch(requests.Answers(sample=self.session.sample), seen.append, "once")
        wait(lambda: seen, "an answer", 60)
        return b"".join(np.asarray(output.values).tobytes() for output in seen[-1].outputs)

    def train(self, epochs: int = 1) -> None:
        """Start a run with Ctrl+Enter."""
        self.app.bench.runner.change("epochs", epochs)
        self.live()
        self.app.canvas.setFocus()
        self.hand.press("ctrl+Return")
        wait(lambda: self.session.training.state is RunState.RUNNING, "training", 60)

    def trained(self) -> None:
        """Wait for the run's end."""
        wait(lambda: self.session.training.state is RunState.IDLE, "the run's end", 240)
        pump(800)

    def field(self, name: str, value: str) -> None:
        """Type into a field of the inspector."""
        form = self.app.bench.inspector.currentWidget().node_page.form
        self.hand.click(on_screen(form.rows[name].editor))
        self.hand.press("ctrl+a")
        self.hand.type(value)
        self.hand.press("Return")


def need(holds: object, what: str) -> None:
    """A check of a step."""
    if not holds:
        raise TourProblem(what)


# what was found by lecturers


def d1(trial: Trial) -> str:
    """Edits and undo leave trained weights as they were."""
    trial.command(f"start with {LENET}")
    trial.train()
    trial.trained()
    before, label = trial.output(), trial.label
    placed = trial.app.canvas.scene_.placed
    trial.hand.drag(
        on_canvas(trial.app.canvas, next(iter(placed.outputs["input"].values()))),
        on_canvas(trial.app.canvas, next(iter(placed.inputs["conv2"].values()))),
    )
    pump(600)
    into = [edge.src for edge in trial.session.workspace.document.root.into("conv2")]
    need(into == ["input"], f"the wire is drawn: {into}")
    trial.hand.press("ctrl+z")
    need(trial.output() == before and trial.label == label, "the wire taken back: same answer, same label")
    trial.hand.click(trial.node("conv1"))
    pump(500)
    trial.field("filters", "8")
    trial.live()
    pump(500)
    need("partly new" in trial.label, f"filters changed: “{trial.label}” says it")
    trial.picture("d1-partly-new")
    trial.app.canvas.setFocus()
    trial.hand.press("ctrl+z")
    need(trial.output() == before and trial.label == label, "filters taken back: same answer, same label")
    boxes = trial.app.canvas.scene_.placed.boxes
    first, last = boxes["flatten"], boxes["fc3"]
    trial.hand.drag(
        on_canvas(trial.app.canvas, QPointF(first.left() - 6, last.bottom() + 6)),
        on_canvas(trial.app.canvas, QPointF(last.right() + 6, last.top() - 6)),
    )
    trial.hand.press("ctrl+g")
    pump(300)
    need("fc1" not in trial.session.workspace.document.root, "grouped by a rubber band and Ctrl+G")
    need(trial.output() == before, "grouped: same answer")
    trial.hand.press("ctrl+z")
    need(trial.output() == before and trial.label == label, "group taken back: same answer, same label")
    return trial.label


def d2(trial: Trial) -> str:
    """A run goes on behind its tab; the other design has its own name, engine and pictures."""
    first = trial.app.bench
    trial.train(30)
    trial.command("small vit")
    wait(lambda: trial.app.bench is not first, "the other design in front", 10)
    trial.live()
    need(first.desk.session.training.is_going_on, "the run goes on")
    need(not trial.session.training.is_going_on, "the other design does not train")
    wait(lambda: trial.app.canvas.pictures is not None, "pictures")
    trial.picture("d2-run-behind")
    trial.hand.press("alt+1")
    need(trial.app.bench is first, "Alt+1 goes back")
    trial.hand.press("ctrl+period")
    trial.trained()
    return "run behind a tab went on"


def d3(trial: Trial) -> str:
    """Present at three sizes."""
    for width, height in ((1920, 1080), (1440, 900), (1024, 768)):
        trial.app.window.resize(width, height)
        pump(300)
        trial.app.canvas.setFocus()
        trial.hand.press("F5")
        pump(900)
        trial.picture(f"d3-present-{width}")
        trial.hand.press("F5")
        pump(500)
    trial.app.window.resize(1440, 900)
    return "pictures to be looked at"


def d4(trial: Trial) -> str:
    """Trained weights are saved, come back with the same answer and label; closing asks."""
    before, label = trial.output(), trial.label
    trial.asked.clear()
    trial.answer = "stay"
    trial.hand.press("ctrl+w")
    need(trial.asked, "closing a trained design asks")
    trial.answer = "discard"
    trial.save_to = str(trial.out / "lenet.arch.json")
    trial.hand.press("ctrl+s")
    wait(lambda: trial.app.bench.saved_text, "saved", 20)
    trial.hand.press("ctrl+w")
    need(len(trial.asked) == 1, f"a saved one closes unasked: {trial.asked}")
    trial.hand.press("ctrl+o")
    trial.live()
    need(trial.output() == before, "reopened: the same answer")
    need(trial.label.split(" · ")[-1] == label.split(" · ")[-1], f"“{trial.label}” for “{label}”")
    need(trial.session.runs.logs, "its runs are listed")
    return f"{label} -> {trial.label}"


def d5(trial: Trial) -> str:
    """Runs and settings stay with their design."""
    trial.command("start with mlp on spirals")
    trial.live()
    spirals = trial.app.bench
    need(not trial.session.runs.logs, "no run of another design")
    trial.train(300)
    pump(2500)
    trial.hand.press("ctrl+period")
    trial.trained()
    trial.command(f"start with {LENET}")
    need(trial.session.settings.epochs != 300, "epochs of its own")
    need(not trial.session.runs.logs, "no run of the spirals")
    log = spirals.desk.session.runs.logs[-1]
    need(log.design == spirals.name and log.digest, "the run says its design")
    return f"run of {log.design}, {log.digest}"


def d6(trial: Trial) -> str:
    """Ctrl+Enter takes the number that is being typed."""
    trial.live()
    trial.app.dock.show_tab("training")
    pump(300)
    panel = next(p for p in trial.app.window.findChildren(TrainingPanel) if p.isVisible())
    panel.show_page("settings")
    pump(300)
    row = next(form.rows["epochs"] for form in panel.settings.forms if "epochs" in form.rows)
    trial.hand.click(on_screen(row.editor))
    trial.hand.press("ctrl+a")
    trial.hand.type("2")
    trial.hand.press("ctrl+Return")
    wait(lambda: trial.session.training.state is RunState.RUNNING, "the run", 60)
    need(trial.session.training.settings.epochs == 2, "2 epochs, as typed")
    trial.trained()
    return "2 typed, 2 run"


def d7(trial: Trial) -> str:
    """The last validation point of every run arrives."""
    for _ in range(3):
        trial.train(2)
        trial.trained()
        log = trial.session.runs.logs[-1]
        need(log.validation, f"a point of validation; {trial.session.runs.note}")
        need(log.validation[-1].step == log.step, "the last point stands at the last step")
        need(len(log.validation) == 2, f"two epochs, {len(log.validation)} points")
    return f"{len(trial.session.runs.logs)} runs, none short"


def d14(trial: Trial) -> str:
    """Mask R-CNN shows that it works, and gives its memory back."""
    program = psutil.Process()

    def engines() -> float:
        return sum(child.memory_info().rss for child in program.children(recursive=True)) / 2**30

    before = engines()
    trial.command("mask r-cnn")
    wait(lambda: "Mask" in trial.app.bench.name, "the design", 20)
    pump(3000)
    sign = trial.app.window.status_bar.findChildren(QLabel)
    said = [part.text() for part in sign if part.isVisible() and part.text().endswith(" s")]
    need(said, "the status bar says that the engine works")
    trial.picture("d14-working")
    start = time.monotonic()
    trial.app.dock.show_tab("answer")
    seen: list[object] = []
    trial.session.watch(requests.Answers(sample=trial.session.sample), seen.append, "once")
    wait(lambda: seen, "an answer of Mask R-CNN", 300)
    peak = engines()
    trial.picture("d14-answer")
    trial.hand.press("ctrl+w")
    wait(lambda: engines() < before + 0.3, "memory back", 20)
    took, after = time.monotonic() - start, engines()
    return f"{took:.0f} s; engines {before:.1f} -> {peak:.1f} -> {after:.1f} GiB; “{said[0]}”"


def d17(trial: Trial) -> str:
    """Undo's button and the dot follow each edit."""
    bar = trial.app.window.top_bar
    trial.command("start with mlp on spirals")
    need(not bar.undo.isEnabled(), "nothing to undo")
    trial.hand.click(trial.node("fc1"))
    pump(400)
    trial.app.canvas.setFocus()
    trial.hand.press("Delete")
    pump(300)
    need(bar.undo.isEnabled(), "undo is offered")
    need("unsaved" in bar.tabs.tabToolTip(trial.app.designs.number), "the dot shows")
    trial.hand.press("ctrl+z")
    pump(300)
    need(not bar.undo.isEnabled(), "nothing to undo")
    need("unsaved" not in bar.tabs.tabToolTip(trial.app.designs.number), "no dot")
    need(bar._redo.isEnabled(), "redo is offered")
    return "button and dot in step"


def d18(trial: Trial) -> str:
    """A design opened while the gallery is shown comes to the front (hands 34)."""
    trial.hand.press("ctrl+l")
    pump(600)
    trial.picture("d20-gallery")
    need(not trial.app.panes.isVisible(), "the gallery is shown")
    trial.command("start with small resnet")
    need(trial.app.panes.isVisible(), "the design is shown")
    return "in front"


def d19(trial: Trial) -> str:
    """After Stop the axis ends at the steps that were done; runs are renamed, hidden, deleted."""
    trial.command(f"start with {LENET}")
    trial.train(300)
    pump(4000)
    trial.hand.press("ctrl+period")
    trial.trained()
    log = trial.session.runs.logs[-1]
    need(log.total == log.step, "the axis ends where the run ended")
    trial.app.dock.show_tab("training")
    pump(600)
    trial.picture("d19-stopped")
    row = next(p for p in trial.app.window.findChildren(RunRow) if p.isVisible())
    trial.hand.click(on_screen(row))
    trial.hand.press("F2")
    trial.hand.press("ctrl+a")
    trial.hand.type("short")
    trial.hand.press("Return")
    need(log.title == "short", f"renamed: “{log.title}”")
    row = next(p for p in trial.app.window.findChildren(RunRow) if p.isVisible())
    trial.hand.click(on_screen(row))
    trial.hand.press("Delete")
    pump(300)
    need(log not in trial.session.runs.logs, "deleted")
    return f"{log.step} of {log.epochs * log.steps_per_epoch} steps"


def d21(trial: Trial) -> str:
    """Python of the whole model from the window."""
    trial.save_to = str(trial.out / "lenet.py")
    trial.command("python")
    wait(lambda: Path(trial.save_to).exists(), "the file", 20)
    text = Path(trial.save_to).read_text(encoding="utf-8")
    need("class" in text and "forward" in text, "a model")
    return f"{len(text.splitlines())} lines"


def d22(trial: Trial) -> str:
    """The bar says where weights come from."""
    said = []
    for words in (f"start with {LENET}", "start with small resnet", "small vit"):
        trial.command(words)
        trial.live()
        pump(300)
        said.append(f"{trial.app.bench.name}: {trial.label}")
        trial.picture(f"d22-{len(said)}")
    return "; ".join(said)


def d43(trial: Trial) -> str:
    """After a restart designs, runs and the window's size come back."""
    trial.app.window.resize(1300, 820)
    for bench in trial.app.designs.benches:
        if bench.desk.session.file:
            trial.app.files.close(bench)
    trial.command(f"start with {LENET}")
    trial.train()
    trial.trained()
    names, runs = _names_and_runs(trial)
    pump(1500)
    trial.end()
    trial.app = App(kept=preferences.read())
    trial.app.window.resize(trial.app.keeping.kept.width, trial.app.keeping.kept.height)
    trial.app.window.show()
    trial.app.open()
    trial.app.start_engine()
    pump(800)
    back, now = _names_and_runs(trial)
    need(back == names, f"{back} for {names}")
    need(now[-1] >= 1, f"runs {now}, {runs} before")
    need(trial.app.window.width() == 1300, "the window's size")
    trial.app.window.resize(1440, 900)
    return f"{back}, runs {now}"


def _names_and_runs(trial: Trial) -> tuple[list[str], list[int]]:
    benches = [bench for bench in trial.app.designs.benches if bench.word]
    return [bench.name for bench in benches], [len(bench.desk.session.runs.logs) for bench in benches]


# what was found by builders


def h1(trial: Trial) -> str:
    """A design dropped on unsaved changes opens beside them; a picture becomes the input (33)."""
    trial.command(f"start with {LENET}")
    trial.hand.click(trial.node("fc3"))
    trial.app.canvas.setFocus()
    trial.hand.press("Delete")
    pump(200)
    mine = trial.app.bench
    trial.app.window.fileDropped.emit(str(resources.path("designs") / "01-points.arch.json"))
    pump(300)
    need(mine in trial.app.designs.benches and trial.app.bench is not mine, "opened beside")
    need(mine.desk.workspace.history.undo_title, "the edit can be undone")
    trial.app.designs.show(mine)
    trial.hand.press("ctrl+z")
    picture = trial.out / "drop.png"
    Image.fromarray(np.full((40, 30), 200, np.uint8)).save(picture)
    trial.app.window.fileDropped.emit(str(picture))
    pump(300)
    need(trial.session.sample.path == str(picture), "the picture is the input")
    return "both"


def h3(trial: Trial) -> str:
    """Steady edits do not put autosave off."""
    trial.command("start with mlp on spirals")
    bench = trial.app.bench
    folder = bench.autosave.folder.path
    start = time.monotonic()
    first = None
    for _ in range(12):
        trial.hand.click(trial.node("fc1"))
        trial.hand.press("ctrl+d")
        pump(300)
        if first is None and (folder / "design").exists():
            first = time.monotonic() - start
    need(first is not None and first < 6, f"autosaved after {first} s")
    others = [left.facts.name for left in remains()]
    return f"first autosave after {first:.1f} s; other remains {others}"


def h7(trial: Trial) -> str:
    """A file changed outside is noticed before it is overwritten."""
    path = trial.out / "outside.arch.json"
    trial.save_to = str(path)
    trial.command("start with mlp on spirals")
    trial.hand.press("ctrl+shift+s")
    wait(path.exists, "saved", 10)
    pump(1200)
    path.write_text(path.read_text(encoding="utf-8").replace("MLP", "Other"), encoding="utf-8")
    trial.hand.click(trial.node("fc1"))
    trial.app.canvas.setFocus()
    trial.hand.press("Delete")
    trial.asked.clear()
    trial.answer = "stay"
    trial.hand.press("ctrl+s")
    pump(500)
    trial.answer = "discard"
    need(trial.asked, "asked")
    return trial.asked[0]


def h8(trial: Trial) -> str:
    """Ctrl+Z in the field that was just typed into undoes the edit."""
    trial.command(f"start with {LENET}")
    trial.live()
    trial.hand.click(trial.node("conv1"))
    pump(500)
    node = trial.session.workspace.document.root["conv1"]
    before = dict(node.fields) if hasattr(node, "fields") else None
    trial.field("filters", "9")
    pump(300)
    need(dict(trial.session.workspace.document.root["conv1"].fields) != before, "changed")
    need(trial.app.window.top_bar.undo.isEnabled(), "undo is offered")
    trial.hand.press("ctrl+z")
    pump(300)
    need(dict(trial.session.workspace.document.root["conv1"].fields) == before, "undone from the field")
    return "first edit, in the field"


def h32(trial: Trial) -> str:
    """A group travels with the clipboard into another design."""
    trial.command("start with mlp on spirals")
    graph = trial.session.workspace.document
    trial.hand.click(trial.node("fc2"))
    trial.app.canvas.setFocus()
    trial.hand.press("ctrl+g")
    pump(300)
    name = next(name for name in graph.root if graph.root[name].block.startswith("group:"))
    trial.hand.click(trial.node(name))
    trial.app.canvas.setFocus()
    trial.hand.press("ctrl+c")
    trial.hand.press("ctrl+n")
    pump(300)
    trial.app.canvas.setFocus()
    trial.hand.press("ctrl+v")
    pump(500)
    pasted = trial.session.workspace.document
    need(len(pasted.root) == 1 and pasted.groups, f"{list(pasted.root)}, groups {list(pasted.groups)}")
    return f"{name} with {list(pasted.groups)}"


class Victim:
    """Another running program that crashes; what it has open is left behind."""

    def __init__(self, word: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("victim.py")), word],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.read()

    def read(self) -> None:
        """Learn where everything lies now."""
        assert self._process.stdout is not None
        self._places = json.loads(self._process.stdout.readline())

    def at(self, kind: str, name: str) -> QPoint:
        """Where a node or port lies on the screen."""
        return QPoint(*self._places[kind][name])

    def crash(self) -> None:
        """End it as a crash does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def _delete_and_crash(hand: Hand, word: str, node: str) -> None:
    """Another program loses a block, saves itself and crashes."""
    victim = Victim(word)
    hand.click(victim.at("nodes", node))
    hand.press("Delete")
    victim.read()
    pump(5000)
    victim.crash()


def _offer(trial: Trial) -> tuple[str, Button]:
    toast = next(part for part in trial.app.window.findChildren(Toast) if part.isVisible())
    return toast.accessibleName(), next(part for part in toast.findChildren(Button) if part.isVisible())


def h2(trial: Trial) -> str:
    """A crashed design is restored beside what was edited since; all are offered, whatever was opened (6)."""
    trial.end()
    for left in remains():
        left.discard()
    starters = resources.path("designs")
    _delete_and_crash(trial.hand, str(starters / "01-points.arch.json"), "fc2")
    _delete_and_crash(trial.hand, "lenet5_modern", "fc3")
    mine = trial.out / "mine.arch.json"
    shutil.copy(starters / "01-points.arch.json", mine)
    trial.begin(str(mine))
    said, button = _offer(trial)
    need("LeNet" in said and "1 more design" in said, f"both are offered beside a named file: “{said}”")
    trial.picture("h2-offer")
    edited = trial.app.bench
    trial.hand.click(trial.node("fc1"))
    trial.app.canvas.setFocus()
    trial.hand.press("Delete")
    pump(300)
    trial.hand.click(on_screen(button))
    pump(600)
    need(trial.app.bench is not edited, "restored beside it")
    restored = trial.session.workspace.document.root
    need("fc3" not in restored and "fc2" in restored, f"restored as it was: {list(restored)}")
    need("fc1" not in edited.desk.workspace.document.root, "the edit stays")
    need(edited.desk.workspace.history.undo_title, "the edit can be undone")
    said, button = _offer(trial)
    need("spirals" in said, f"then the other: “{said}”")
    trial.hand.click(on_screen(button))
    pump(600)
    need("fc2" not in trial.session.workspace.document.root, "restored too")
    return f"{len(trial.app.designs.benches)} designs open"


def h27(trial: Trial) -> str:
    """Killed with a wire's end in hand, that wire is not lost."""
    trial.end()
    for left in remains():
        left.discard()
    victim = Victim("lenet5_modern")
    hand = trial.hand
    hand.click(victim.at("nodes", "fc3"))
    hand.press("Delete")
    victim.read()
    end = victim.at("inputs", "fc2")
    words: list[object] = ["mousemove", end.x(), end.y(), "sleep", 0.1, "mousedown", 1]
    for step in range(1, 13):
        words += ["mousemove", end.x() + 4 * step, end.y() + 12 * step, "sleep", 0.03]
    hand.do(*words)
    pump(6000)
    hand.do("mousemove", end.x() + 60, end.y() + 150)
    victim.crash()
    hand.do("mouseup", 1)
    (left,) = remains()
    root = left.load().root
    need("fc3" not in root, "the finished edit is kept")
    need(root.into("fc2"), f"the wire in hand is kept: {[str(edge) for edge in root.edges]}")
    trial.begin()
    trial.picture("h27-offer")
    return f"{root.into('fc2')[0]}"


STEPS: list[Callable[[Trial], str]] = [
    d1, d2, d3, d4, d5, d6, d7, d14, d17, d18, d19, d21, d22, h1, h3, h7, h8, h32, d43, h2, h27,
]  # fmt: skip


def main(out: str, chosen: list[str]) -> int:
    """Try each step and report."""
    folder = Path(out).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    application = QApplication(sys.argv[:1])
    theme().change(mode="light")
    trial = Trial(folder)
    report = {}
    for step in STEPS:
        if chosen and step.__name__ not in chosen:
            continue
        try:
            said = "holds: " + step(trial)
        except (TourProblem, StopIteration, KeyError, AttributeError) as problem:
            said = f"FAILS: {problem!r}"
            trial.picture(f"{step.__name__}-fails")
        report[step.__name__] = said
        print(step.__name__, (step.__doc__ or "").strip(), "|", said, flush=True)  # noqa: T201
    trial.app.close()
    (folder / "by_hand.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    application.quit()
    return int(any(said.startswith("FAILS") for said in report.values()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
