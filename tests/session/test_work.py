"""The sign that the engine works: what, since when, how far; stopping ends the longest job."""

from __future__ import annotations

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.protocol.records import Sample
from explorer.session.session import Session
from tests.session.paper_engine import PaperLink


def session_with_a_clock() -> tuple[Session, PaperLink, list[float]]:
    link, now = PaperLink(), [100.0]
    session = Session(Workspace(registry(), find("lenet5").build()), link, clock=lambda: now[0])
    return session, link, now


def test_loading_then_a_look_each_says_what_goes_on():
    session, link, now = session_with_a_clock()
    assert session.work.now() is None
    session.loading.ready()
    doing = session.work.now()
    assert doing is not None
    assert (doing.words, doing.seconds) == ("Building the network", 0)
    now[0] += 3
    session.hear(events.Progress(job=session.loading.job, done=1, total=4, words="Warming up …"))
    doing = session.work.now()
    assert doing is not None
    assert (doing.words, doing.seconds, doing.share) == ("Building the network: warming up", 3, 0.25)
    loaded = events.Loaded(
        job=session.loading.job, revision=session.workspace.revision, parameters=1, device="cpu", kept=()
    )
    session.hear(loaded)
    session.watch(requests.Attention(sample=Sample()), lambda _event: None)
    doing = session.work.now()
    assert doing is not None
    assert (doing.words, doing.share) == ("Computing attention", None)
    session.work.stop()
    assert link.all(requests.Cancel)[-1].target == link.all(requests.Attention)[-1].job
    session.hear(events.Cancelled(job=link.all(requests.Attention)[-1].job))
    assert session.work.now() is None
