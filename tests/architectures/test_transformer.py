"""The transformer for translation: counts, tied tables, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find


def test_counts() -> None:
    flow = resolve(find("transformer_base").build())
    # torch.nn.Transformer(512, 8, 6, 6, 2048) counts 44,140,544; one table of 37,000 words serves three uses.
    assert flow.trainable == 44_140_544 + 37_000 * 512
    assert [tensor.shape for tensor in flow.outputs.values()] == [(20, 37_000)]
    assert [tensor.shape for tensor in flow.inputs.values()] == [(20,), (20,)]


def test_the_big_one() -> None:
    flow = resolve(find("transformer_base").build(width=1024, heads=16, mlp=4096))
    # torch.nn.Transformer(1024, 16, 6, 6, 4096) and the table; the paper prints 213 M.
    assert flow.trainable == 176_361_472 + 37_000 * 1024


def test_what_cannot_be_is_said() -> None:
    entry = find("transformer_base")
    with pytest.raises(OptionProblem, match="heads divide"):
        entry.build(heads=7)
    with pytest.raises(OptionProblem, match="share from 0"):
        entry.build(dropout=1.0)
    with pytest.raises(OptionProblem, match="1 or more layers"):
        entry.build(layers=0)
