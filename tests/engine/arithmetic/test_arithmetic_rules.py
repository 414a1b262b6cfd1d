"""Every rule against the module: the value worked out from what arrived is the value that the layer gave."""

from __future__ import annotations

import random

import pytest
import torch
from samples import BLOCKS, Built, Sample, batch, samples
from torch import nn

from explorer.blocks.block import Block, Composite
from explorer.engine.arithmetic import NoRule, rule_for
from explorer.engine.arithmetic.arriving import caught
from explorer.graph.sharing import Place

LEAVES = [cls for cls in BLOCKS if not issubclass(cls, Composite)]
PLACES = 4
RELATIVE = 2e-6
"""Of float32, against the size of all that is added."""


def leaf_of(model: Built, sample: Sample) -> nn.Module:
    """The module that the block stands for."""
    target = sample.block.target_for(*sample.inputs)
    assert target is not None
    found = next(m for m in model.modules() if type(m).__name__ == target.partition(":")[2])
    rule_for(found)
    return found


def tried(cls: type[Block], settings: int) -> int:
    """Compare some places of some settings; returns how many."""
    rng, done = random.Random(cls.id), 0
    for sample in samples(cls, settings, seed=11):
        torch.manual_seed(done)
        model = Built(sample).eval()
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + 0.2)  # norms and slopes that are not 0 and 1
        leaf = leaf_of(model, sample)
        with caught(leaf, Place("")) as found, torch.no_grad():
            model(*[None if t is None else batch(t, 1) for t in sample.inputs])
        arriving, output = found.sample(), found.output
        if output is None or not output.numel():
            continue
        for _ in range(PLACES):
            place = tuple(rng.randrange(n) for n in output.shape[1:])
            with torch.no_grad():
                worked = rule_for(leaf)(leaf, arriving, place)
            value = float(output[0][place])
            near = RELATIVE * max(abs(value), worked.scale, 1e-3)
            assert abs(worked.value - value) <= near, (str(sample), place, worked.value, value)
            if worked.kind == "sum" and worked.shares:
                total = sum(share.adds for share in worked.shares) + (worked.bias or 0.0)
                assert abs(total - worked.value) <= 1e-9 * max(1.0, worked.scale), str(sample)
            for share in worked.shares:
                if share.weights is not None:
                    assert share.window.shape == share.weights.shape
                    assert abs(
                        float((share.window.astype(float) * share.weights).sum()) - share.adds
                    ) <= 1e-5 * max(1.0, worked.scale)
            done += 1
    return done


@pytest.mark.parametrize("cls", LEAVES, ids=lambda cls: cls.id)
def test_a_value_worked_out_is_the_value_of_the_layer(cls: type[Block]) -> None:
    try:
        done = tried(cls, 6)
    except NoRule:
        assert cls.id in WITHOUT, f"{cls.id} has no rule: write one, or name it here"
        return
    assert cls.id not in WITHOUT, f"{cls.id} has a rule by now: strike it off"
    assert done >= 4


_WITHOUT = """
    adaptive_norm adversarial_loss affine_grid alibi alignment_vectors anchor_generator anchor_rows
    argmax auxiliary_loss binary_cross_entropy box_decode clamp compact_bilinear_pool constant
    context_vectors contrastive_loss cross_entropy ctc_loss cyclic_shift decoder_states
    default_boxes deformable_conv2d dice_loss difference_loss digit_codes distillation_loss divide
    dot_scores edge_aware_pyramid_pool einsum ema_teacher fill_masked focal_loss fold_time gather
    genetic_pool global_response_norm grid_sample hard_weights intermap_pool l2_norm
    lead_asymmetric_pool locally_connected2d lp_pool mask_of_class max_unpool min_pool mixed_pool
    mixture_of_experts mop_pool nms noise normal_divergence one_hot padding_mask paste_masks
    patch_neighbours pcanet power predicted_window_weights prototypes pyramid_roi_align random_mask
    rank_pool rbm reduce relative_bias relative_position_bias reparametrise resize reversible
    roi_align roi_pool rope rowwise_max_pool shift_softmax sign spectral_conv spectral_norm
    spectral_pool split stack step stochastic_pool superpixel_pool tied_autoencoder tiled_conv2d
    time_waves topk triplet_loss unfold_time vector_quantizer weight_norm weight_standardization
    weighted_pool weighted_sum window_merge window_mix window_partition window_scores window_weights
    yolo_decode selective_scan graph_convolution graph_attention
"""
WITHOUT = frozenset(_WITHOUT.split())
"""Blocks whose values are not taken apart yet; the list may only shrink."""
