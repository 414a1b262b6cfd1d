"""The engine's end of the wire: whatever breaks, the end is noticed, and nothing is raised into a handler."""

from __future__ import annotations

import io
import os
import sys
import threading

import numpy as np
import pytest

from explorer.engine.connection import Connection
from explorer.engine.jobs import GivenUp, Jobs
from explorer.protocol import events, framing, requests
from explorer.protocol.shared import Inlet


class BrokenPipe(io.RawIOBase):
    """A stream whose other end is gone."""

    def writable(self) -> bool:
        return True

    def write(self, _data: object) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def stream(*messages: requests.Request, rest: bytes = b"") -> io.BytesIO:
    made = io.BytesIO()
    for message in messages:
        framing.write(made, message)
    made.write(rest)
    made.seek(0)
    return made


def all_of(connection: Connection) -> list[requests.Request]:
    """Everything up to the end."""
    found = []
    while not isinstance(request := connection.next(wait=True), requests.Shutdown):
        assert request is not None
        found.append(request)
    return found


@pytest.mark.parametrize("rest", [b"", b"\0", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 16], ids=repr)
@pytest.mark.parametrize("log", [BrokenPipe(), None, io.StringIO()], ids=["broken", "none", "open"])
def test_however_it_ends_the_engine_hears_of_it(
    monkeypatch: pytest.MonkeyPatch, rest: bytes, log: object
) -> None:
    monkeypatch.setattr(sys, "stderr", log)
    jobs = Jobs()
    connection = Connection(stream(requests.Source(job=3), rest=rest), io.BytesIO(), jobs)
    connection.listen()
    assert [request.job for request in all_of(connection)] == [3]
    with pytest.raises(GivenUp):
        jobs.check(99)
    assert not jobs.is_cancelled(3), "what had arrived before may still be done"


def test_a_program_that_is_gone_raises_nothing_where_events_are_sent() -> None:
    jobs = Jobs()
    connection = Connection(io.BytesIO(), io.BufferedWriter(BrokenPipe()), jobs)
    connection.emit(events.SourceText(text="x"))
    connection.emit(events.SourceText(text="x"))
    assert isinstance(connection.next(wait=True), requests.Shutdown)
    with pytest.raises(GivenUp):
        jobs.check(1)


def test_a_cancel_takes_effect_while_its_job_goes_on() -> None:
    here, there = os.pipe()
    jobs = Jobs()
    with os.fdopen(here, "rb", buffering=0) as source, os.fdopen(there, "wb") as program:
        connection = Connection(source, io.BytesIO(), jobs)
        connection.listen()
        framing.write(program, requests.Tiles(job=7, sample=requests.Sample()))
        assert connection.next(wait=True) == requests.Tiles(job=7, sample=requests.Sample())
        framing.write(program, requests.Cancel(target=8))
        framing.write(program, requests.Cancel(target=7))
        framing.write(program, requests.Source(job=9))
        assert connection.next(wait=True) == requests.Source(job=9)
        assert (jobs.is_cancelled(7), jobs.is_cancelled(8), jobs.is_cancelled(9)) == (True, False, False)
        program.close()
        assert all_of(connection) == []
    for thread in threading.enumerate():
        if thread.name == "requests":
            thread.join(10)


def test_shared_memory_is_used_when_it_is_offered_and_taken_back() -> None:
    inlet, sink = Inlet(2**20), io.BytesIO()
    hello = requests.Hello(version=1, pool=os.dup(inlet.descriptor), mark=inlet.mark)
    full = np.zeros(2**19, np.uint8)
    connection = Connection(stream(requests.Returned(place=4096)), sink, Jobs())
    assert connection.share(requests.Hello(version=1)) == 0
    assert connection.share(hello) == 2**20
    event = events.WeightSet(address="", names=("w",), values=(full,), total=1)
    connection.emit(event)
    short = len(sink.getvalue())
    assert short < 300
    connection.emit(event)
    assert len(sink.getvalue()) > 2**19, "there was no room"
    connection.listen()
    assert all_of(connection) == []
    before = len(sink.getvalue())
    connection.emit(event)
    assert len(sink.getvalue()) - before == short
    connection.trim()
    os.close(hello.pool)
    inlet.close_descriptor()


def test_an_offer_that_is_none_goes_through_the_pipe() -> None:
    connection = Connection(io.BytesIO(), io.BytesIO(), Jobs())
    assert connection.share(requests.Hello(version=1, pool=999_999, mark=b"m" * 16)) == 0
