"""Networks of the gallery against the code of others: same weights in, same numbers out.

Needs an environment with torchvision, timm, transformers, diffusers, segmentation_models_pytorch and
ultralytics, which this program does not need (install them with `--no-deps` beside its torch):

    python tools/equal_to_published.py              # compares every peer
    python tools/equal_to_published.py gpt2 yolo    # those whose names hold a word

A peer is made with random weights. Both networks run once, which tells the order in which their layers are
used; tensors of equal shape are then taken over in that order, and the outputs for the same input have to
agree. Very large networks are compared with fewer layers, and counted whole on the meta device.
"""

from __future__ import annotations

import argparse
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph.resolve import Resolver

NEAR = 1e-4
"""Largest difference, relative to the largest output."""
STATISTICS = ("running_mean", "running_var")
Take = Callable[[Tensor], Sequence[Tensor]]


def thirds(x: Tensor) -> Sequence[Tensor]:
    """Query, key and value of one matrix."""
    return x.chunk(3)


@dataclass
class Peer:
    """Somebody else's network and how it is run.

    Attributes:
        design, options: of the gallery. make: the peer. run: takes it and our inputs to its outputs.
        whole: makes the peer at its published size, to count; None: `make` does.
        takes: what is made of tensors whose names fit a pattern. others: 1-D tensors that are no layer's
        bias. last: layers, by a pattern, that are taken after all others. swaps: pairs of layers of ours
        order. more: tensors of theirs that are worked out. extra: parameters of theirs that ours counts too,
        or lacks.

    """

    design: str
    make: Callable[[], nn.Module]
    run: Callable[[nn.Module, list[Tensor]], Any]
    options: dict[str, Any] = field(default_factory=dict)
    whole: Callable[[], nn.Module] | None = None
    takes: dict[str, Take] = field(default_factory=dict)
    others: str = "$^"
    last: str = "$^"
    swaps: tuple[str, str] | None = None
    more: Callable[[nn.Module], list[Tensor]] = lambda model: []
    extra: int = 0
    given: Callable[[nn.Module, list[Tensor]], list[Tensor]] = lambda module, given: given


def used(model: nn.Module, run: Callable[[], Any]) -> list[tuple[str, Tensor, str]]:
    """Tensors of a network by name, in the order in which their layers run, with what kind of layer it is."""
    order: dict[str, nn.Module] = {}
    handles = []
    for name, module in model.named_modules():

        def see(module: nn.Module, *_: Any, name: str = name) -> None:
            order.setdefault(name, module)

        handles.append(module.register_forward_pre_hook(see))
    with torch.no_grad():
        run()
    for handle in handles:
        handle.remove()
    for name, module in model.named_modules():
        order.setdefault(name, module)
    found, seen = [], set()
    for name, module in order.items():
        own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
        weight = getattr(module, "weight", None)
        sizes = weight.shape if isinstance(weight, Tensor) else ()
        sort = "norm" if len(sizes) == 1 else str([size for size in sizes[2:] if size != 1])
        frozen = type(module).__name__.startswith(("FrozenBatchNorm", "DetrFrozen"))
        for key, tensor in own:
            is_state = isinstance(tensor, nn.Parameter) or key in STATISTICS or frozen
            if is_state and id(tensor) not in seen:
                seen.add(id(tensor))
                found.append((f"{name}.{key}", tensor, sort))
    return found


def kind(name: str, tensor: Tensor, sort: str, others: str = "$^") -> tuple[Any, ...]:
    """What two tensors have in common that can be the same."""
    shape = tuple(size for size in tensor.shape if size != 1)
    if len(shape) > 1:
        return shape
    key = name.rpartition(".")[2]
    known = key in ("weight", "bias", *STATISTICS) and not re.search(others, name)
    return (*shape, key, sort) if known else (*shape, "other")


def shake(model: nn.Module) -> None:
    """Weights and statistics of no layer are those that they start with."""
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        if not tensor.is_floating_point():
            continue
        if name.endswith("running_var"):
            tensor.data.uniform_(0.8, 1.2)
        elif name.endswith("running_mean"):
            tensor.data.normal_(0, 0.1)
        elif tensor.dim() == 1 and isinstance(tensor, nn.Parameter):
            tensor.data.add_(0.1 * torch.randn_like(tensor))


def taken(peer: Peer, model: nn.Module, given: list[Tensor]) -> list[tuple[str, Tensor, str]]:
    """The peer's tensors as ours are cut, in the order of use."""
    found: list[tuple[str, Tensor, str]] = []
    for name, tensor, sort in used(model, lambda: peer.run(model, given)):
        take = next((take for pattern, take in peer.takes.items() if re.search(pattern, name)), None)
        parts = [tensor] if take is None else take(tensor.detach())
        found += [(name, part, sort) for part in parts]
    found.sort(key=lambda row: bool(re.search(peer.last, row[0])))
    if peer.swaps:
        first, second = peer.swaps
        places = [[n for n, (name, *_) in enumerate(found) if re.search(w, name)] for w in (first, second)]
        for one, other in zip(*places, strict=True):
            found[one], found[other] = found[other], found[one]
    found += [("more.weight", tensor, "") for tensor in peer.more(model)]
    return found


def several(made: Any) -> list[Tensor]:
    """Outputs as a list."""
    return list(made) if isinstance(made, tuple | list) else [made]


def fill(tensor: Any, name: str) -> Tensor:
    """Noise of the shape of an input, or ids."""
    if tensor.dtype == "int":
        low, high = {"segments": (0, 2), "end": (5, 6)}.get(name, (1, 3))
        return torch.randint(low, high, (2, *tensor.shape))
    if name == "time":
        return torch.tensor([[3.0], [420.0]])
    return torch.randn(2, *tensor.shape)


def compare(peer: Peer) -> tuple[float, int, int]:
    """Largest relative difference; parameters of the peer at its published size, and ours."""
    torch.manual_seed(1)
    model = peer.make().eval()
    shake(model)
    flow = Resolver(registry()).resolve(find(peer.design).build(**peer.options))
    ours = compile_flow(flow, peer.design, torch.device("cpu"), seed=3).module.eval()
    given = [fill(tensor, name) for name, tensor in flow.inputs.items() if tensor]
    theirs = taken(peer, model, given)
    free: dict[tuple[Any, ...], list[Tensor]] = {}
    for name, tensor, sort in theirs:
        free.setdefault(kind(name, tensor, sort, peer.others), []).append(tensor)
    for name, tensor, sort in used(ours, lambda: ours(*given)):
        rows = free.get(kind(name, tensor, sort))
        if not rows:
            raise ValueError(f"nothing of theirs is left for {name} {tuple(tensor.shape)}")
        tensor.data.copy_(rows.pop(0).detach().reshape(tensor.shape))
    with torch.no_grad():
        asked = [y.float() for y in several(peer.run(model, peer.given(ours, given)))]
        made = [y.float() for y in several(ours(*given))]
    if not all(bool(y.isfinite().all()) and float(y.std()) > 0 for y in asked):
        raise ValueError("their outputs are all the same, or no numbers: nothing is compared")
    worst = max(
        float((a - b).abs().max() / a.abs().max().clamp(min=1e-6)) for a, b in zip(asked, made, strict=True)
    )
    with torch.device("meta"):
        whole = peer.whole() if peer.whole else model
    count = sum({id(p): p.numel() for p in whole.parameters()}.values())
    flow = Resolver(registry()).resolve(find(peer.design).build())
    return worst, count + peer.extra, flow.parameters


def language() -> list[Peer]:
    """Language models, from transformers."""
    import transformers as hf

    def make(config: Any, kind: Any, **fewer: Any) -> Callable[[], nn.Module]:
        def build() -> nn.Module:
            made = config(**fewer)
            made._attn_implementation = "eager"
            return kind(made)

        return build

    def logits(model: nn.Module, given: list[Tensor]) -> Any:
        return model(given[0]).logits

    few = {"vocab_size": 300}
    own = {"input": (32,), "layers": 2, "classes": 300}

    def conv1d(x: Tensor) -> Sequence[Tensor]:
        return [x.t()]

    def bert(model: nn.Module, given: list[Tensor]) -> Any:
        made = model(given[0], token_type_ids=given[1], attention_mask=(given[0] != 0).long())
        return made.prediction_logits, made.seq_relationship_logits

    llama = {
        **few,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-5,
    }
    ours = {**own, "width": 64, "heads": 4, "kv_heads": 2, "mlp": 96}

    def experts(x: Tensor) -> Sequence[Tensor]:
        gate, up = x.chunk(2, 1)
        return up.transpose(1, 2), gate.transpose(1, 2)

    peers = []
    for id, layers, width, heads in (
        ("gpt2", 12, 768, 12),
        ("gpt2_medium", 24, 1024, 16),
        ("gpt2_large", 36, 1280, 20),
        ("gpt2_xl", 48, 1600, 25),
    ):
        size = {"n_embd": width, "n_head": heads}
        peers.append(
            Peer(
                id,
                make(hf.GPT2Config, hf.GPT2LMHeadModel, n_layer=2, **few, **size),
                logits,
                own,
                make(hf.GPT2Config, hf.GPT2LMHeadModel, n_layer=layers, **size),
                {
                    r"c_attn\.weight": lambda x: x.t().chunk(3),
                    r"c_attn\.bias": thirds,
                    r"c_(proj|fc)\.weight": conv1d,
                },
            )
        )
    peers.append(
        Peer(
            "bert_base",
            make(hf.BertConfig, hf.BertForPreTraining, num_hidden_layers=2, **few),
            bert,
            {"input": (32,), "layers": 2, "classes": 300},
            make(hf.BertConfig, hf.BertForPreTraining),
            others=r"predictions\.(bias|decoder\.bias)",
            last="pooler|seq_relationship",
        )
    )
    peers.append(
        Peer(
            "t5_small",
            make(hf.T5Config, hf.T5ForConditionalGeneration, num_layers=2, **few),
            lambda model, given: model(input_ids=given[0], decoder_input_ids=given[1]).logits,
            own,
            make(hf.T5Config, hf.T5ForConditionalGeneration),
        )
    )
    for id, sizes in (
        ("llama_7b", {}),
        (
            "llama_70b",
            {
                "hidden_size": 8192,
                "intermediate_size": 28_672,
                "num_hidden_layers": 80,
                "num_attention_heads": 64,
                "num_key_value_heads": 8,
            },
        ),
    ):
        peers.append(
            Peer(
                id,
                make(hf.LlamaConfig, hf.LlamaForCausalLM, **llama),
                logits,
                ours,
                make(hf.LlamaConfig, hf.LlamaForCausalLM, **sizes),
                swaps=("gate_proj", "up_proj"),
            )
        )
    peers.append(
        Peer(
            "mixtral_8x7b",
            make(
                hf.MixtralConfig,
                hf.MixtralForCausalLM,
                **llama,
                rope_parameters={"rope_type": "default", "rope_theta": 1e6},
            ),
            logits,
            ours,
            make(hf.MixtralConfig, hf.MixtralForCausalLM),
            {"gate_up_proj": experts, r"experts\.down_proj": lambda x: [x.transpose(1, 2)]},
        )
    )
    peers.append(
        Peer(
            "mamba_130m",
            make(hf.MambaConfig, hf.MambaForCausalLM, num_hidden_layers=2, **few),
            logits,
            own,
            make(hf.MambaConfig, hf.MambaForCausalLM, num_hidden_layers=24, vocab_size=50_280),
            {r"in_proj\.weight": lambda x: x.chunk(2)[::-1]},
        )
    )
    whisper = {"d_model": 384, "encoder_attention_heads": 6, "decoder_attention_heads": 6}
    whisper |= {"encoder_ffn_dim": 1536, "decoder_ffn_dim": 1536}
    peers.append(
        Peer(
            "whisper_tiny",
            make(
                hf.WhisperConfig,
                hf.WhisperForConditionalGeneration,
                **whisper,
                encoder_layers=2,
                decoder_layers=2,
                vocab_size=300,
                max_source_positions=100,
                max_target_positions=32,
                pad_token_id=0,
                bos_token_id=1,
                eos_token_id=2,
                decoder_start_token_id=3,
            ),
            lambda model, given: model(given[0], decoder_input_ids=given[1]).logits,
            {"input": (80, 200), "layers": 2, "classes": 300, "length": 32},
            make(
                hf.WhisperConfig,
                hf.WhisperForConditionalGeneration,
                **whisper,
                encoder_layers=4,
                decoder_layers=4,
            ),
        )
    )

    def clip(model: nn.Module, given: list[Tensor]) -> Any:
        text = given[1].clone()
        text[:, given[2][0, 0]] = 299  # the token that ends the text is the largest id
        made = model(input_ids=text, pixel_values=given[0])
        return made.image_embeds, made.text_embeds, made.logits_per_image.diagonal()[:, None]

    def ended(module: nn.Module, given: list[Tensor]) -> list[Tensor]:
        given[1][:, given[2][0, 0]] = 299
        return given

    text = {"vocab_size": 300, "num_hidden_layers": 2, "eos_token_id": 2}

    def clip_small() -> nn.Module:
        config = hf.CLIPConfig(text_config=text, vision_config={"num_hidden_layers": 2})
        config._attn_implementation = "eager"
        return hf.CLIPModel(config)

    peers.append(
        Peer(
            "clip_vit_b32",
            clip_small,
            clip,
            {"layers": 2, "text_layers": 2, "vocabulary": 300},
            lambda: hf.CLIPModel(hf.CLIPConfig()),
            others="class_embedding",
            given=ended,
        )
    )

    def mae(model: nn.Module, given: list[Tensor]) -> Any:
        noise = given[1] if len(given) > 1 else torch.rand(2, 196)
        made = model(pixel_values=given[0], noise=noise)
        return made.logits, made.mask

    def masked(module: nn.Module, given: list[Tensor]) -> list[Tensor]:
        seen: list[Tensor] = []
        for part in module.modules():
            if type(part).__name__ == "RandomMask":
                part.register_forward_hook(lambda _m, _i, made: seen.append(made[1]))
        module(*given)
        noise = torch.full((2, 196), 2.0) + torch.rand(2, 196)
        return [*given, noise.scatter(1, seen[-1], torch.arange(49).float().expand(2, -1) / 100)]

    def places(x: Tensor) -> Sequence[Tensor]:
        return [x[:, 1:]]

    peers.append(
        Peer(
            "mae_vit_b16",
            make(
                hf.ViTMAEConfig,
                hf.ViTMAEForPreTraining,
                num_hidden_layers=2,
                decoder_num_hidden_layers=2,
                layer_norm_eps=1e-6,
            ),
            mae,
            {"layers": 2, "decoder_layers": 2},
            make(hf.ViTMAEConfig, hf.ViTMAEForPreTraining),
            {r"embeddings\.position_embeddings": places},
            others="cls_token|mask_token",
            extra=-768,
            given=masked,
        )
    )
    peers.append(
        Peer(
            "segformer_b0",
            make(hf.SegformerConfig, hf.SegformerForSemanticSegmentation, num_labels=150),
            logits,
            {"input": (3, 128, 128)},
        )
    )

    def detr_make() -> nn.Module:
        config = hf.DetrConfig(use_pretrained_backbone=False, num_labels=91)
        config._attn_implementation = "eager"
        return hf.DetrForObjectDetection(config)

    def detr(model: nn.Module, given: list[Tensor]) -> Any:
        seen: list[Any] = []
        handles = [
            part.register_forward_hook(lambda _m, _i, made: seen.append(made))
            for part in model.modules()
            if "PositionEmbedding" in type(part).__name__
        ]
        made = model(pixel_values=given[0])
        for handle in handles:
            handle.remove()
        model.seen = [y[:1] if y.dim() == 3 else y[:1].flatten(2).transpose(1, 2) for y in seen]
        return made.logits, made.pred_boxes

    peers.append(
        Peer(
            "detr_resnet50",
            detr_make,
            detr,
            {"input": (3, 256, 320)},
            last="query_position_embeddings",
            more=lambda model: model.seen,
            extra=625 * 256 + 53_120,
        )
    )
    return peers


V5_LAYERS = """Conv 32 6 2 2; Conv 64 3 2; C3 64 1; Conv 128 3 2; C3 128 2; Conv 256 3 2; C3 256 3
Conv 512 3 2; C3 512 1; SPPF 512 5; Conv 256 1 1; up; 6; C3 256 1 no; Conv 128 1 1; up; 4
C3 128 1 no; Conv 128 3 2; 14; C3 256 1 no; Conv 256 3 2; 10; C3 512 1 no"""
"""Release 6 of YOLOv5: a layer, or the number of the one whose maps are laid beside."""


class V5(nn.Module):
    """YOLOv5s from the layers of ultralytics, as its file of layers says."""

    def __init__(self) -> None:
        super().__init__()
        from ultralytics.nn import modules

        self.layers, wide, widths = nn.ModuleList(), 3, list[int]()
        for words in re.split(r"[;\n]", V5_LAYERS):
            name, *sizes = words.split()
            if name.isdecimal():
                layer, wide = nn.Identity(), wide + widths[int(name)]
                layer.beside = int(name)
            elif name == "up":
                layer = nn.Upsample(scale_factor=2)
            else:
                adds = "no" not in sizes
                leave, *rest = (int(size) for size in sizes if size != "no")
                more = {} if adds or name != "C3" else {"shortcut": False}
                layer = getattr(modules, name)(wide, leave, *rest, **more)
                wide = leave
            self.layers.append(layer)
            widths.append(wide)
        self.layers[9].cv1.act = nn.SiLU()  # as in the release
        self.say = nn.ModuleList(nn.Conv2d(width, 255, 1) for width in (128, 256, 512))
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = 1e-3

    def forward(self, x: Tensor) -> list[Tensor]:
        """Maps of three sizes."""
        made: list[Tensor] = []
        for layer in self.layers:
            beside = getattr(layer, "beside", None)
            x = layer(x) if beside is None else torch.cat([x, made[beside]], 1)
            made.append(x)
        return [say(made[place]) for say, place in zip(self.say, (17, 20, 23), strict=True)]


def vision() -> list[Peer]:
    """Networks of pictures, from torchvision, timm, segmentation_models_pytorch and ultralytics."""
    import timm
    from torchvision import models

    def plain(model: nn.Module, given: list[Tensor]) -> Any:
        return model(given[0])

    def of_timm(name: str) -> Callable[[], nn.Module]:
        return lambda: timm.create_model(name)

    def of_torchvision(name: str) -> Callable[[], nn.Module]:
        return lambda: models.get_model(name, weights=None)

    peers = []
    for name, design in (
        ("convnext_tiny", "convnext_t"),
        ("convnext_small", "convnext_s"),
        ("convnext_base", "convnext_b"),
        ("convnext_large", "convnext_l"),
        ("mixer_b16_224", "mlp_mixer_b16"),
        ("deit_tiny_distilled_patch16_224", "deit_tiny_distilled"),
        ("deit_small_distilled_patch16_224", "deit_small_distilled"),
        ("deit_base_distilled_patch16_224", "deit_base_distilled"),
        ("regnetx_004", "regnet_x_400mf"),
        ("regnetx_016", "regnet_x_1_6gf"),
        ("regnetx_032", "regnet_x_3_2gf"),
        ("regnety_004", "regnet_y_400mf"),
        ("regnety_008", "regnet_y_800mf"),
        ("regnety_016", "regnet_y_1_6gf"),
        ("regnety_032", "regnet_y_3_2gf"),
        ("mobilenetv4_conv_small", "mobilenet_v4_conv_small"),
        ("res2net50_26w_4s", "res2net50_26w_4s"),
        ("skresnext50_32x4d", "sknet50"),
        ("hrnet_w18", "hrnet_w18"),
        ("hrnet_w32", "hrnet_w32"),
    ):
        peers.append(
            Peer(
                design,
                of_timm(name),
                plain,
                takes={r"\.qkv\.": thirds},
                others="cls_token|dist_token",
                swaps=("cls_token", "dist_token") if "deit" in name else None,
            )
        )
    for name in (
        "efficientnet_v2_s",
        "efficientnet_v2_m",
        "efficientnet_v2_l",
        "squeezenet1_0",
        "squeezenet1_1",
    ):
        peers.append(Peer(name, of_torchvision(name), plain))

    def fcos_make() -> nn.Module:
        return models.detection.fcos_resnet50_fpn(weights=None, weights_backbone=None)

    def fcos(model: nn.Module, given: list[Tensor]) -> Any:
        maps = list(model.backbone(model.transform.normalize(given[0])).values())
        made = model.head(maps)
        return made["cls_logits"], made["bbox_regression"], made["bbox_ctrness"]

    peers.append(Peer("fcos_resnet50_fpn", fcos_make, fcos, {"input": (3, 128, 160)}))

    def deeplab() -> nn.Module:
        import segmentation_models_pytorch as smp

        return smp.DeepLabV3Plus("resnet50", encoder_weights=None, classes=21)

    peers.append(Peer("deeplabv3plus_resnet50", deeplab, plain, {"input": (3, 128, 160)}))

    def yolo_make() -> nn.Module:
        from ultralytics.nn.tasks import DetectionModel

        model = DetectionModel("yolov8n.yaml", verbose=False)
        model.model[9].cv1.act = nn.SiLU()  # as in the release; later versions leave it out
        return model

    def yolo(model: nn.Module, given: list[Tensor]) -> Any:
        made = model(given[0])[1]
        found, place = [], 0
        for stride in (8, 16, 32):
            high, wide = (size // stride for size in given[0].shape[2:])
            for name in ("boxes", "scores"):
                part = made[name][..., place : place + high * wide]
                found.append(part.reshape(len(part), -1, high, wide))
            place += high * wide
        return found

    peers.append(Peer("yolo_v5s", V5, plain, {"input": (3, 128, 160)}))
    peers.append(Peer("yolo_v8n", yolo_make, yolo, {"input": (3, 128, 160)}, extra=-16))

    def ddpm_make() -> nn.Module:
        from diffusers import UNet2DModel

        return UNet2DModel(
            sample_size=32,
            block_out_channels=(128, 256, 256, 256),
            down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
            attention_head_dim=None,
            downsample_padding=0,
            flip_sin_to_cos=False,
            freq_shift=1,
            norm_eps=1e-6,
        )

    peers.append(
        Peer("ddpm_unet_cifar", ddpm_make, lambda model, given: model(given[0], given[1][:, 0]).sample)
    )
    return peers


def main() -> int:
    """Compare peers; returns how many differ."""
    parser = argparse.ArgumentParser(description="Compare designs with published code, number by number.")
    parser.add_argument("words", nargs="*", help="parts of names")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    wrong, largest, equal = 0, 0.0, 0
    for peer in (*language(), *vision()):
        if arguments.words and not any(word in peer.design for word in arguments.words):
            continue
        try:
            worst, theirs, ours = compare(peer)
        except Exception as problem:  # one peer must not hide the others
            sys.stdout.write(f"FAILED  {peer.design}: {str(problem)[:300]}\n")
            if len(arguments.words) == 1:
                traceback.print_exc()
            wrong += 1
            continue
        agrees = worst <= NEAR and theirs == ours
        wrong, equal, largest = wrong + (not agrees), equal + agrees, max(largest, worst)
        counts = f"{ours:,}" if theirs == ours else f"{ours:,}, theirs {theirs:,}"
        sys.stdout.write(f"{'agrees ' if agrees else 'DIFFERS'} {peer.design}: {worst:.1e}, {counts}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{equal} agree, largest difference {largest:.1e}; {wrong} do not\n")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
