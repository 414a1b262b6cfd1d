"""What is asked of the machine, on systems that lack what this one has."""

from __future__ import annotations

import fcntl
import gc
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch
from nets import chain, node, resolve

from explorer import launch
from explorer.engine import devices, memory
from explorer.engine.compile import compile_flow
from explorer.engine.memory import Thrift
from explorer.engine.training import checkpoint
from explorer.protocol.records import TrainSettings

CPU = torch.device("cpu")


def test_a_network_is_built_where_neither_sysconf_nor_proc_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sysconf")
    real = open

    def no_proc(path: object, *more: object, **options: object) -> object:
        assert not str(path).startswith("/proc/meminfo")
        return real(path, *more, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", no_proc)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**40))
    assert memory.free_memory(CPU) == 2**40
    flow = resolve(chain((4,), node("fc1", "linear", features=3)))
    assert compile_flow(flow, "n", CPU).module(torch.zeros(1, 4)).shape == (1, 3)


def test_checkpoints_are_flushed_through_files_that_may_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Windows refuses to flush a file that is open for reading only."""
    flushed = []

    def fsync(descriptor: int) -> None:
        flushed.append(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE)

    monkeypatch.setattr(os, "fsync", fsync)
    model = torch.nn.Linear(2, 2)
    facts = checkpoint.Facts("run", 1, 0, 1.0, TrainSettings())
    checkpoint.write(tmp_path, facts, model, torch.optim.SGD(model.parameters(), 0.1))
    assert len(flushed) == 4
    assert set(flushed) == {os.O_RDWR}


@pytest.mark.parametrize(("allowed", "threads"), [({0}, 1), ({1, 3, 5}, 2), (set(range(64)), 63)])
def test_threads_follow_the_cores_that_are_allowed(
    monkeypatch: pytest.MonkeyPatch, allowed: set[int], threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: allowed)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    asked: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    assert devices.set_threads() == threads
    assert asked == [threads]


def test_cores_where_the_system_knows_no_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert devices.cores() == 8


def test_memory_is_given_back_after_much_was_left_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    held, given = [1000], [0]

    def give_back() -> None:
        given[0] += 1
        held[0] -= 90

    monkeypatch.setattr(memory, "NOTABLE", 100)
    monkeypatch.setattr(memory, "resident", lambda: held[0])
    monkeypatch.setattr(memory, "give_back", give_back)
    thrift = Thrift()
    held[0] = 1099
    assert not thrift.after_job()
    held[0] = 1200
    assert thrift.after_job()  # 1110 are left: so much is needed now
    held[0] = 1200
    assert not thrift.after_job()
    assert thrift.after_job(freed=10)  # another design needs less
    held[0] = 1000
    assert not thrift.after_job(freed=99)
    held[0] = 1100
    assert thrift.after_job()
    assert given == [3]


def test_what_is_there_for_good_is_not_walked_again() -> None:
    before = gc.get_freeze_count()
    memory.set_aside()
    try:
        assert gc.get_freeze_count() > before
        assert not any(len(generation) > 10_000 for generation in map(gc.get_objects, range(3)))
    finally:
        gc.unfreeze()


def test_an_engine_gives_way_to_its_program() -> None:
    text = "import psutil; from explorer.engine.devices import give_way; give_way()\n"
    text += "print(psutil.Process().nice())"
    said = subprocess.run(
        launch.code(text), env=launch.environment(), capture_output=True, text=True, check=True
    )
    mine = psutil.Process().nice()
    assert int(said.stdout) == (
        psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else max(mine, 5)
    )
