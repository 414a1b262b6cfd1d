"""Noticing that the program is gone: the pipe's other end, or its process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from explorer import launch
from explorer.engine import lifeline
from explorer.engine.lifeline import Lifeline


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when a lifeline tells; nothing in this process is ended."""
    monkeypatch.setattr(lifeline, "_end_within", lambda _seconds: None)
    monkeypatch.setattr(lifeline, "EVERY", 0.02)
    return threading.Event()


def watch(source: int, cut: threading.Event, program: int | None = None) -> Lifeline:
    line = Lifeline(source, program)
    line.when_cut(cut.set)
    line.start()
    return line


def test_a_closed_pipe_is_noticed_though_nobody_reads_it(pipe: tuple[int, int], cut: threading.Event) -> None:
    watch(pipe[0], cut)
    os.write(pipe[1], b"a request that waits")
    assert not cut.wait(0.1)
    os.close(pipe[1])
    assert cut.wait(10)
    assert os.read(pipe[0], 99) == b"a request that waits"


def test_a_program_that_ends_is_noticed_though_the_pipe_is_open(
    pipe: tuple[int, int], cut: threading.Event
) -> None:
    program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert program.stdin
    watch(pipe[0], cut, program.pid)
    assert not cut.wait(0.1)
    program.stdin.close()  # it ends, and lies there unburied
    assert cut.wait(10)
    program.wait()


def test_a_program_that_was_never_there_is_noticed(pipe: tuple[int, int], cut: threading.Event) -> None:
    watch(pipe[0], cut, 2**22 + 1)
    assert cut.wait(10)


def test_what_is_no_pipe_never_hangs_up(cut: threading.Event) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    watch(nothing, cut)
    assert not cut.wait(0.2)
    os.close(nothing)
    assert cut.wait(10)


def test_it_is_told_once(pipe: tuple[int, int], cut: threading.Event) -> None:
    told: list[int] = []
    line = Lifeline(pipe[0])
    line.when_cut(lambda: told.append(1))
    line.cut()
    line.cut()
    assert told == [1]


def test_the_end_comes_though_the_interpreter_is_busy() -> None:
    """One call into C that never lets another thread of Python run."""
    text = (
        "import os, sys, re; from explorer.engine.lifeline import Lifeline\n"
        "line = Lifeline(0); line.when_cut(lambda: None); line.cut(); print('cut', flush=True)\n"
        "re.match('(a*)*b', 'a' * 40)"
    )
    done = subprocess.run(
        launch.code(text), env=launch.environment(), stdout=subprocess.PIPE, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"cut\n")
