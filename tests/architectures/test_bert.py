"""BERT: the released count, and what filling tokens do not do."""

from __future__ import annotations

import torch
from networks import module, network, outputs, published, refused, wrong

# transformers: BertForPreTraining, whose table serves words in and out. Outputs were compared there.
test_counts = published(("bert_base", 110_106_428))


def test_the_part_without_the_head_for_words() -> None:
    head = 768**2 + 768 + 2 * 768 + 30_522  # dense, norm, a bias for each word
    assert network("bert_base").trainable - head - 2 * 769 == 109_482_240  # BertModel


def test_tokens_that_fill_are_not_looked_at() -> None:
    model = module(network("bert_base", (12,), classes=40, layers=2, width=32, heads=4, mlp=64))
    text = torch.randint(1, 40, (1, 12))
    text[:, 8:] = 0
    segments = torch.zeros(1, 12, dtype=torch.long)
    other = segments.clone()
    other[:, 8:] = 1  # changes only what fills
    with torch.no_grad():
        one, two = model(text, segments), model(text, other)
    assert torch.allclose(one[0][:, :8], two[0][:, :8], atol=1e-6)
    assert torch.allclose(one[1], two[1], atol=1e-6)
    assert not torch.allclose(one[0][:, 8:], two[0][:, 8:])


def test_outputs() -> None:
    assert outputs(network("bert_base")) == {"words": (512, 30_522), "follows": (2,)}


test_what_cannot_be_is_refused = refused(
    wrong("bert_base", "heads divide", heads=5),
    wrong("bert_base", "table of 512 places", (600,)),
)
