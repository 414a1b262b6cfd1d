# ruff: noqa: T201
"""`python tests/fuzz/hunt.py [KIND …] --count 1500 --first 0`: many mutants, in processes of their own.

Counts what nobody should see: tracebacks, more than 5 seconds, more than 1 GB, anything executed. A finding
is printed with its kind and seed; `--show KIND SEED` runs that one alone and prints what it said.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
for place in (HERE.parents[1], HERE.parent, HERE):
    sys.path.insert(0, str(place))

SECONDS, HANGS, BYTES, ROUND = 5.0, 120.0, 10**9, 100
"""Seconds of the processor, so that a busy machine is no finding, and of the clock, for who sleeps."""
FORBIDDEN = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "subprocess.Popen",
    "socket.connect",
    "pty.spawn",
)
"""Audit events: nothing that reads a file does any of it."""


class TooLong(BaseException):
    """The time of one mutant is up."""


def one(kind: str, seed: int, folder: Path) -> tuple[str, str]:
    """Run one mutant here; returns its fault (empty for none) and what was said."""
    from mutants import mutant
    from readers import Finding, read

    data = mutant(kind, seed)
    before = len(EXECUTED)
    started = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = read(kind, data, folder)
        fault = ""
    except TooLong:
        fault, said = "slow", "".join(traceback.format_stack(limit=1))
    except Finding as finding:
        fault, said = "traceback", str(finding)
    except BaseException:
        fault, said = "traceback", traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    if len(EXECUTED) > before or any(folder.rglob("executed")):
        fault, said = "executed", ", ".join(EXECUTED[before:])
    taken = time.process_time() - started
    LONGEST.append((taken, kind, seed))
    return fault, said


EXECUTED: list[str] = []
LONGEST: list[tuple[float, str, int]] = []


def work(kind: str, first: int, count: int) -> int:
    """Run some mutants in this process and print a line for each finding; returns how many there were."""
    from readers import READERS  # everything is imported before it is watched

    def up(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, up)
    signal.signal(signal.SIGPROF, up)
    assert kind in READERS
    with tempfile.TemporaryDirectory() as root:
        place = Path(root) / "a" / "b" / "c"
        one(kind, first, place_of(place, "warm"))
        sys.addaudithook(lambda event, _: EXECUTED.append(event) if event.startswith(FORBIDDEN) else None)
        ends: Counter[str] = Counter()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for seed in range(first, first + count):
            fault, said = one(kind, seed, place_of(place, str(seed)))
            if not fault and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > BYTES:
                fault, said = "memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
            ends[fault or "held"] += 1
            if fault:
                print(f"FINDING {fault} {kind} {seed}\n{said}", flush=True)
            if fault == "memory":
                break
        os.chdir("/")
    top = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"ENDS {kind} {dict(ends)} {max(LONGEST)[0]:.2f} {max(LONGEST)[2]} {base / 1e6:.2f} {top / 1e6:.2f}",
        flush=True,
    )
    return sum(ends.values()) - ends["held"]


def place_of(root: Path, name: str) -> Path:
    """A folder for one mutant."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def main() -> int:
    """Run mutants of some kinds, a hundred in each process; prints figures at the end."""
    from mutants import KINDS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--count", type=int, default=1_500, help="mutants of each kind")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--work", action="store_true", help="here, not in processes of their own")
    parser.add_argument("--show", type=int, metavar="SEED", help="only this one, with what it said")
    chosen = parser.parse_args()
    if chosen.show is not None:
        signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(TooLong()))
        with tempfile.TemporaryDirectory() as root:
            print(*one(chosen.kinds[0], chosen.show, Path(root)), sep="\n")
        return 0
    if chosen.work:
        return min(1, sum(work(kind, chosen.first, chosen.count) for kind in chosen.kinds))
    ends: Counter[str] = Counter()
    for kind in chosen.kinds:
        for first in range(chosen.first, chosen.first + chosen.count, ROUND):
            count = min(ROUND, chosen.first + chosen.count - first)
            words = [
                sys.executable,
                "-P",
                __file__,
                kind,
                "--work",
                "--first",
                str(first),
                "--count",
                str(count),
            ]
            with contextlib.suppress(KeyboardInterrupt):
                done = subprocess.run(
                    words, capture_output=True, encoding="utf-8", errors="replace", check=False
                )
            lines = done.stdout.splitlines()
            print(
                "\n".join(line for line in lines if not line.startswith("ENDS")),
                end="\n" if len(lines) > 1 else "",
            )
            told = [line for line in lines if line.startswith("ENDS")]
            if done.returncode not in (0, 1) or not told:
                print(
                    f"FINDING died {kind} {first}…{first + count}: {done.returncode}\n{done.stderr[-2000:]}"
                )
                ends["died"] += 1
            print(*told, sep="\n", flush=True)
            ends["mutants"] += count
            ends["findings"] += done.stdout.count("FINDING ")
    print(dict(ends))
    return 1 if ends["findings"] or ends["died"] else 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    raise SystemExit(main())
