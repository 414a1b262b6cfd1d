"""The transformer for translation: counts, tied tables, options that cannot be."""

from __future__ import annotations

import torch
from networks import network, output, refused, wrong

import explorer
from explorer.architectures.gallery import find


def test_counts() -> None:
    flow = network("transformer_base")
    # torch.nn.Transformer(512, 8, 6, 6, 2048) counts 44,140,544; one table of 37,000 words serves three uses.
    assert flow.trainable == 44_140_544 + 37_000 * 512
    assert output(flow) == (20, 37_000)
    assert [tensor.shape for tensor in flow.inputs.values()] == [(20,), (20,)]


def test_the_big_one() -> None:
    flow = network("transformer_base", width=1024, heads=16, mlp=4096)
    # torch.nn.Transformer(1024, 16, 6, 6, 4096) and the table; the paper prints 213 M.
    assert flow.trainable == 176_361_472 + 37_000 * 1024


def test_one_table_serves_words_in_and_words_out() -> None:
    document = find("transformer_base").build((6,), 50, layers=1, width=16, heads=2, mlp=32, dropout=0.0)
    model = explorer.build(document).eval()
    tables = [p for p in model.parameters() if p.shape == (50, 16)]
    assert len(tables) == 1
    source, target = torch.randint(0, 50, (2, 2, 6))
    with torch.no_grad():
        before = model(source, target)
        tables[0].zero_()
        after = model(source, target)
    assert before.abs().max() > 0
    assert after.abs().max() == 0  # scores are products with the table's rows


def test_later_words_are_not_seen() -> None:
    document = find("transformer_base").build((6,), 50, layers=1, width=16, heads=2, mlp=32, dropout=0.0)
    model = explorer.build(document).eval()
    source, target = torch.randint(0, 50, (2, 1, 6))
    other = target.clone()
    other[0, 4:] = (target[0, 4:] + 1) % 50
    with torch.no_grad():
        assert torch.allclose(model(source, target)[:, :4], model(source, other)[:, :4], atol=1e-6)


test_what_cannot_be_is_refused = refused(
    wrong("transformer_base", "heads divide", heads=7),
    wrong("transformer_base", "share from 0", dropout=1.0),
    wrong("transformer_base", "1 or more layers", layers=0),
)
