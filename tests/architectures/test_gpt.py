"""GPT-2 in four sizes: counts of the released weights, causality, and where its scores come from."""

from __future__ import annotations

import torch
from networks import module, network, output, published, refused, wrong

# transformers: GPT2LMHeadModel of each size, with the tied table counted once. Outputs were compared there.
test_counts = published(
    ("gpt2", 124_439_808),
    ("gpt2_medium", 354_823_168),
    ("gpt2_large", 774_030_080),
    ("gpt2_xl", 1_557_611_200),
)


def test_sum_of_the_small_one() -> None:
    layer = 12 * 768**2 + 13 * 768
    assert network("gpt2").trainable == 50_257 * 768 + 1024 * 768 + 12 * layer + 2 * 768
    assert output(network("gpt2")) == (1024, 50_257)


def test_later_words_change_no_earlier_answer() -> None:
    model = module(network("gpt2", (16,), classes=50, layers=2, width=32, heads=4))
    text = torch.randint(0, 50, (1, 16))
    other = text.clone()
    other[:, 9:] = (other[:, 9:] + 1) % 50
    with torch.no_grad():
        one, two = model(text), model(other)
    assert torch.equal(one[:, :9], two[:, :9])
    assert not torch.equal(one[:, 9:], two[:, 9:])


test_what_cannot_be_is_refused = refused(
    wrong("gpt2", "heads divide", heads=7),
    wrong("gpt2", "1 to 512 layers", layers=0),
    wrong("gpt2", "table of 1024 places", (2048,)),
    wrong("gpt2", "drops a share", dropout=1.0),
)
