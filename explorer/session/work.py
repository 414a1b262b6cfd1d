"""What the engine is busy with for one design: words, how far it is, and a way to end it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.protocol import events, requests
from explorer.session.link import Link
from explorer.session.loading import Loading
from explorer.session.watch import Watches

_WORDS: dict[type, str] = {
    requests.Measure: "Measuring the layers",
    requests.Time: "Timing the layers",
    requests.Samples: "Reading inputs",
    requests.Tiles: "Pictures of the blocks",
    requests.Answers: "Computing the answer",
    requests.Features: "Computing feature maps",
    requests.Arithmetic: "Taking a value apart",
    requests.Statistics: "Statistics over samples",
    requests.Attention: "Computing attention",
    requests.Attribution: "Computing the attribution",
    requests.Weights: "Reading weights",
    requests.Boundary: "Drawing the regions",
    requests.Demonstrate: "Demonstrating the block",
    requests.Fit: "Fitting the curve",
    requests.Export: "Writing the file",
}


@dataclass(frozen=True)
class Doing:
    """One job. `seconds` it has taken so far; `share` done, None when nobody knows."""

    words: str
    seconds: float
    share: float | None = None


class Work:
    """Asked at times by who shows it; the job that has taken longest counts."""

    def __init__(self, link: Link, loading: Loading, watches: Watches, clock: Callable[[], float]) -> None:
        self._link, self._loading, self._watches, self._clock = link, loading, watches, clock
        self._begun: dict[int, float] = {}
        self._progress: dict[int, events.Progress] = {}

    def hear(self, event: events.Event) -> None:
        """Take in how far a job is."""
        if isinstance(event, events.Progress) and event.job:
            self._progress[event.job] = event

    def _jobs(self) -> dict[int, str]:
        jobs = {watch.job: watch.request for watch in self._watches.on_their_way()}
        named = {job: _WORDS.get(type(request), "Working") for job, request in jobs.items()}
        if self._loading.job:
            named[self._loading.job] = "Building the network"
        return named

    def now(self) -> Doing | None:
        """What goes on; None when the engine rests. Times count from the first call that saw a job."""
        jobs, now = self._jobs(), self._clock()
        self._begun = {job: self._begun.get(job, now) for job in jobs}
        self._progress = {job: told for job, told in self._progress.items() if job in jobs}
        if not jobs:
            return None
        job = self._longest
        told = self._progress.get(job)
        share = told.done / told.total if told is not None and told.total > 0 else None
        words = jobs[job]
        if told is not None and told.words:
            words += f": {told.words[0].lower()}{told.words[1:].rstrip(' .…')}"
        return Doing(words, now - self._begun[job], share)

    @property
    def _longest(self) -> int:
        return min(self._begun, key=lambda job: (self._begun[job], job))

    def stop(self) -> None:
        """Ask the engine to give up what has taken longest."""
        if self._begun:
            self._link.send(requests.Cancel(target=self._longest))
