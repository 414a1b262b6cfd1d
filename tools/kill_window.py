"""Kills the whole program at random moments and looks at what is left.

`python tools/kill_window.py --count 100`: a child process edits a design in a window (offscreen) and notes
every edit with its time. It is killed with signal 9 at a random moment. Then the autosaved design holds
every edit that was older than five seconds, it is offered for restoring, and no process of the program is
left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

OLDEST = 5.0
"""Seconds of work that a crash may cost."""
GONE = 5.0
"""Seconds after which no engine may be left."""
CHILD = """
import os, random, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from explorer.graph.edits import SetField
from explorer.style.theme import theme
from explorer.ui.app import App
seed, journal = int(sys.argv[1]), open(sys.argv[2], "w", buffering=1)
rng = random.Random(seed)
application = QApplication([])
theme().change()
app = App()
app.window.show()
app.start_engine()
app.open("mlp_spirals")
if rng.random() < 0.4:
    QTimer.singleShot(2500, lambda: app.bench.runner.start())
count = 0
def edit():
    global count
    count += 1
    gesture = rng.random() < 0.3
    history = app.desk.workspace.history
    if gesture:
        history.begin()
    app.desk.workspace.apply(SetField("fc1", "features", 1 + count), "Set outputs")
    if gesture:
        history.commit("Set outputs")
    journal.write(f"{time.time()} {1 + count}\\n")
    QTimer.singleShot(rng.randint(20, 700), edit)
QTimer.singleShot(300, edit)
print("running", flush=True)
application.exec()
"""


def trial(seed: int) -> dict[str, object]:
    """Kill one program; returns what was found."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "EXPLORER_CONFIG_DIR": folder, "QT_QPA_PLATFORM": "offscreen"}
        journal = Path(folder) / "journal.txt"
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(seed), str(journal)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.uniform(1.0, 9.0))
        family = psutil.Process(child.pid).children(recursive=True)
        child.send_signal(signal.SIGKILL)
        killed = time.time()
        child.wait()
        _, left = psutil.wait_procs(family, GONE)
        edits = [line.split() for line in journal.read_text().splitlines() if line.count(" ") == 1]
        found = _autosaved(environment)
    due = [int(value) for at, value in edits if float(at) <= killed - OLDEST]
    return {
        "seed": seed,
        "edits": len(edits),
        "due": due[-1] if due else 0,
        "saved": found,
        "kept": not due or found >= due[-1],
        "left": [process.pid for process in left if process.is_running()],
    }


def _autosaved(environment: dict[str, str]) -> int:
    """What the design that is offered for restoring holds; 0 when none is."""
    code = (
        "from explorer.session.folder import remains\n"
        "left = remains()\n"
        "print(left[0].load().root['fc1'].fields.get('features', 0) if left else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def main() -> int:
    """Kill so many; 0 when nothing was lost and nobody was left."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    bad = 0
    for number in range(options.count):
        found = trial(options.seed + number)
        if not found["kept"] or found["left"]:
            bad += 1
            print(json.dumps(found), flush=True)  # noqa: T201
    print(f"{options.count} programs killed, {bad} lost something or left a process")  # noqa: T201
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
