"""Samples of designs that read texts: words to ids, the model at their lengths, and writing on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from explorer.engine import probes
from explorer.engine.compile import Compiled
from explorer.engine.lengths import LengthProblem
from explorer.engine.reading import by_name
from explorer.engine.state import EngineState, RequestProblem
from explorer.meaning.texts import NO_TEXT, Writer, first_text, text_inputs, too_few_ids, writer_of
from explorer.protocol.records import Drawing, Sample
from explorer.text import drawing as draws
from explorer.text.vocabulary import TextProblem, Vocabulary

LONGER = 3
"""A translation that is looked at has at most this many tokens for each of the source: an untrained network
never comes to an end."""


@dataclass(frozen=True)
class Prepared:
    """A sample on its way into the model.

    Attributes:
        compiled: the model at the lengths of the texts. given: a batch of one for every input.
        tokens: of the texts as they are shown, by input.

    """

    compiled: Compiled
    given: list[Tensor]
    tokens: dict[str, tuple[str, ...]]


def prepared(engine: EngineState, sample: Sample) -> Prepared:
    """Read a sample for every input; texts as they are long.

    A text that the design itself writes and nobody gave is written first, each time the likeliest token.

    Raises:
        RequestProblem: a text has tokens that its vocabulary lacks, is empty or too long, or a sample does
            not suit its input.

    """
    known = text_inputs(engine.model().flow)
    if not known:
        return Prepared(engine.model(), engine.inputs(sample), {})
    ids = text_ids(engine, sample)
    writer = writer_of(engine.model().flow)
    if writer is not None and writer.source and _of(engine, writer.input, sample).text is None:
        most = LONGER * len(ids[writer.source]) + LONGER
        ids[writer.input] = list(islice(written_likeliest(engine, sample, writer, ids), most))
    return at_lengths(engine, sample, ids, known)


def at_lengths(
    engine: EngineState, sample: Sample, ids: Mapping[str, list[int]], known: Mapping[str, Vocabulary]
) -> Prepared:
    """The model at the lengths of these ids, with them and the samples of the other inputs."""
    compiled = sized(engine, ids)
    given = []
    for name, tensor in compiled.flow.inputs.items():
        if name in ids:
            given.append(torch.tensor([ids[name]], dtype=torch.int64, device=compiled.device))
        elif tensor is not None:
            given.append(engine.tensor(_of(engine, name, sample), tensor))
    shown = {name: tuple(known[name].shown(number) for number in row) for name, row in ids.items()}
    return Prepared(compiled, given, shown)


def text_ids(engine: EngineState, sample: Sample) -> dict[str, list[int]]:
    """Ids of every text, the mark in front of those that begin with one; raises `RequestProblem`."""
    found = {}
    for name, known in text_inputs(engine.model().flow).items():
        own = _of(engine, name, sample)
        if few := too_few_ids(engine.model().flow, name, known):
            raise RequestProblem(
                f"{name} has a vocabulary of {len(known)} tokens ({known.title or known.name}), and "
                f"{few[0]} takes {few[1]} ids: it is the vocabulary of another network. "
                "Choose that of this one.",
                name,
            )
        text = known.example if own.text is None else own.text
        if own.path or own.values is not None or own.dataset:
            raise RequestProblem(f"{name} reads a text ({known.title or known.name}): type one.", name)
        try:
            row = known.encode(text)
        except TextProblem as problem:
            raise RequestProblem(f"{name}: {problem}", name) from None
        start = [] if known.start is None else [known.start]
        if not row and not start:
            raise RequestProblem(f"{name} is an empty text. Write at least one token of it.", name)
        found[name] = [*start, *row]
    return found


def sized(engine: EngineState, ids: Mapping[str, list[int]]) -> Compiled:
    """The live model at the lengths of these texts; raises `RequestProblem`."""
    try:
        return engine.lengths().of({name: len(row) for name, row in ids.items()})
    except LengthProblem as problem:
        raise RequestProblem(str(problem)) from None


def _of(engine: EngineState, name: str, sample: Sample) -> Sample:
    """The sample of one input: one of its own, or the text for the first text and the rest for the others."""
    if name in sample.more:
        return sample.more[name]
    flow = engine.model().flow
    if name == first_text(flow):
        plain = Sample(text=sample.text)
        alone = len(flow.inputs) == len(text_inputs(flow))
        return sample if alone and (sample.path or sample.values is not None) else plain
    others = [other for other in flow.inputs if other not in text_inputs(flow)]
    return (
        Sample(sample.dataset, sample.index, sample.path, sample.values) if name in others[:1] else Sample()
    )


# writing


@dataclass(frozen=True)
class Token:
    """A token that was drawn: its id, and how likely the network held it."""

    id: int
    probability: float


def writing_design(engine: EngineState) -> Writer:
    """How the live design writes; raises `RequestProblem` where it does not."""
    writer = writer_of(engine.model().flow)
    if writer is None:
        raise RequestProblem(NO_TEXT)
    return writer


def scores_after(
    engine: EngineState, sample: Sample, writer: Writer, ids: Mapping[str, list[int]]
) -> np.ndarray:
    """Scores (V) of what comes behind a text; of one that is too long the last part is read."""
    drawn = engine.model().flow.inputs[writer.input]
    assert drawn is not None
    window = {**ids, writer.input: ids[writer.input][-drawn.shape[0] :]}
    ready = at_lengths(engine, sample, window, text_inputs(engine.model().flow))
    with probes.quiet(ready.compiled.module), torch.inference_mode():
        made = by_name(ready.compiled.flow, ready.compiled.module(*ready.given))[writer.output]
    scores: np.ndarray = made[0, -1].float().cpu().numpy()
    return scores


def writing(
    engine: EngineState,
    sample: Sample,
    writer: Writer,
    ids: Mapping[str, list[int]],
    drawing: Drawing,
) -> Iterator[Token]:
    """Draw token after token behind a text, without end unless the network says so or no more fit.

    Every step is a whole pass over what is there: nothing is kept from one to the next, so that each is
    exactly what a look at that text shows. A translation is over when it fills its input; other texts go on,
    and the network sees their last part.
    """
    draws.check(drawing.temperature, drawing.top_k, drawing.top_p)
    random = np.random.default_rng(drawing.seed)
    row = list(ids[writer.input])
    known = writer.vocabulary
    most = engine.model().flow.inputs[writer.input]
    assert most is not None
    while not (known.end is not None and len(row) >= most.shape[0]):
        scores = scores_after(engine, sample, writer, {**ids, writer.input: row})
        if known.start is not None:
            scores[known.start] = -np.inf
        left = draws.distribution(scores, drawing.temperature, drawing.top_k, drawing.top_p)
        number = draws.draw(left, random)
        yield Token(number, float(draws.softmax(scores)[number]))
        if number == known.end:
            return
        row.append(number)


def written_likeliest(
    engine: EngineState, sample: Sample, writer: Writer, ids: Mapping[str, list[int]]
) -> Iterator[int]:
    """The start mark and the likeliest translation behind it, without its end mark."""
    start = writer.vocabulary.start
    begun = [] if start is None else [start]
    yield from begun
    for token in writing(engine, sample, writer, {**ids, writer.input: begun}, Drawing(temperature=0)):
        if token.id != writer.vocabulary.end:
            yield token.id
