"""Outputs of the live model as people read them: scores become probabilities, the rest stays as it is."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from explorer.graph.flow import Flow
from explorer.meaning import class_names
from explorer.meaning.outputs import (
    LOG_PROBABILITIES,
    LOGITS,
    PROBABILITIES,
    Context,
    Meaning,
    main_output,
    meaning_of,
)
from explorer.meaning.texts import Writer, writer_of
from explorer.protocol.records import Answer

MOST = 1_000
"""Units of a vector that are sent."""


def by_name(flow: Flow, output: object) -> dict[str, Tensor]:
    """The tensors of a forward pass by the names of the outputs, with the batch; unknown shapes left out."""
    tensors = output if isinstance(output, tuple) else (output,)
    pairs = zip(flow.outputs.items(), tensors, strict=True)
    return {name: tensor for (name, kind), tensor in pairs if kind is not None}


def readable(values: Tensor, meaning: Meaning) -> Tensor:
    """One sample's output with probabilities in place of scores, where it has scores of classes."""
    if meaning.kind == LOGITS:
        return torch.softmax(values.float(), meaning.axis)
    if meaning.kind == LOG_PROBABILITIES:
        return values.float().exp()
    return values


def next_of(rows: Tensor, writer: Writer) -> Answer:
    """What comes behind the last token of a text, from the scores (T, V) behind each of them."""
    scores = torch.softmax(rows[-1].detach().float(), -1)[:MOST]
    names = tuple(writer.vocabulary.shown(number) for number in range(len(scores)))
    return Answer(scores.cpu().numpy(), names, PROBABILITIES)


def answer_of(flow: Flow, output: object, context: Context) -> Answer:
    """The main output of a forward pass as an `Answer`; empty when it is no vector."""
    name = main_output(flow)
    values = by_name(flow, output).get(name)
    if values is not None and (writer := writer_of(flow)) and writer.output == name:
        return next_of(values[0], writer)
    if values is None or values.dim() != 2 or not values.is_floating_point():
        return Answer(np.zeros(0, np.float32), (), "values")
    meaning = meaning_of(flow, name, context)
    scores = readable(values[0].detach().float(), meaning)
    names = class_names.fitting(context.classes, scores.numel(), are_classes=meaning.is_classes)
    return Answer(scores[:MOST].cpu().numpy(), names, meaning.shown)
