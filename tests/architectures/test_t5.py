"""T5: counts of the released sizes, one table of biases for each stack."""

from __future__ import annotations

from networks import layers, network, output, published, refused, wrong

# transformers: T5ForConditionalGeneration. Outputs were compared there.
test_counts = published(("t5_small", 60_506_624))


def test_base() -> None:
    base = network("t5_small", layers=12, width=768, heads=12, mlp=3072)
    assert base.trainable == 222_903_552  # t5-base


def test_one_table_of_biases_serves_a_stack() -> None:
    flow = network("t5_small")
    assert len(layers(flow, "relative_bias")) == 2
    assert len(layers(flow, "scaled_dot_product")) == 6 + 12
    assert output(flow) == (512, 32_128)


test_what_cannot_be_is_refused = refused(
    wrong("t5_small", "1 to 512 layers", layers=0),
    wrong("t5_small", "heads of width 1 or more", heads=0),
)
