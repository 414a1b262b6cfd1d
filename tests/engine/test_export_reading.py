"""Exported files read as people would have written them."""

from __future__ import annotations

import ast
import builtins
import re

import pytest
import torch
from nets import resolve

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.engine.compile import build_module
from explorer.engine.export.design import Design, study
from explorer.engine.export.folding import folded
from explorer.engine.export.plain import without_probes
from explorer.engine.export.running import write_parts
from explorer.graph.resolve import Resolver

torch.set_num_threads(1)
READ = (
    "lenet5_modern",
    "resnet_small",
    "resnet50",
    "mobilenet_v3_small",
    "efficientnet_b0",
    "densenet40_k12_cifar10",
    "googlenet_aux",
    "shufflenet_v2_x1_0",
    "vit_mnist",
    "swin_t",
    "transformer_base",
    "unet_same_bn",
    "scse_unet_resnet34",
    "cbam_resnet50",
    "lstm_rows",
    "gru_lecture_300_500",
    "convlstm_64x64",
    "seq2seq_bahdanau",
    "cbhg_encoder",
    "yolo_v3",
    "ssd300_vgg16",
    "maskrcnn_resnet50_fpn",
    "revnet38_cifar",
    "highway_mnist50",
)
_DESIGNS: dict[str, tuple[Design, str]] = {}


def design(name: str) -> Design:
    return written(name)[0]


def written(name: str) -> tuple[Design, str]:
    if name not in _DESIGNS:
        resolver, entry = Resolver(registry()), gallery()[name]
        document = entry.build(resolver=resolver)
        found = study(document, resolver.resolve(document), resolver, entry.options)
        _DESIGNS[name] = found, found.source
    return _DESIGNS[name]


each = pytest.mark.parametrize("name", READ)


@each
def test_what_a_reader_stumbles_over_is_not_there(name: str) -> None:
    source = written(name)[1]
    tree = ast.parse(source)
    classes = [item.name for item in tree.body if isinstance(item, ast.ClassDef)]
    assert classes[-1] == "Model"
    assert "probe" not in source
    assert not re.search(r"= (Add|Multiply|Permute|Reshape|Split|Slice|Resize|GlobalPool)\(", source)
    numbered = [c for c in classes if re.fullmatch(r".*[A-Za-z]\d", c) and c[:-1] in classes]
    assert not numbered, "near-equal classes told apart by a number"
    hidden = set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            assert node.id not in hidden, node.id
        if isinstance(node, ast.arg):
            assert node.arg not in hidden, node.arg
    assert max(map(len, source.splitlines())) <= 110


@each
def test_docstrings_are_whole(name: str) -> None:
    tree = ast.parse(written(name)[1])
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            text = ast.get_docstring(node)
            assert text, node.name
            assert "The group" not in text
            first = " ".join(text.split("\n\n")[0].split())
            assert first.endswith((".", ":", "`")), f"{node.name}: {first}"


@each
def test_the_head_says_what_it_is(name: str) -> None:
    entry, head = gallery()[name], ast.get_docstring(ast.parse(written(name)[1])) or ""
    words = " ".join(head.split())
    assert entry.title in words
    assert entry.source.split(",")[0] in words
    assert all(f"{option}={value!r}" in words for option, value in entry.options.items())
    assert "any batch" in words
    assert f"{design(name).flow.parameters:,} parameters" in words


@pytest.mark.parametrize("name", [name for name in READ if name != "maskrcnn_resnet50_fpn"])
def test_the_example_of_the_head_runs(name: str) -> None:
    source = written(name)[1]
    lines = (ast.get_docstring(ast.parse(source)) or "").split("Example:\n")[1].splitlines()
    space: dict[str, object] = {"torch": torch, "__name__": "example"}
    exec(compile(source, name, "exec"), space)
    with torch.device("meta"), torch.no_grad():
        exec("\n".join(line.strip() for line in lines), space)
    shapes = [tuple(map(int, found.split(","))) for found in re.findall(r"\((1(?:, \d+)+)\)", lines[-1])]
    made = [value for key, value in space.items() if key in re.findall(r"\w+", lines[-1].split("=")[0])]
    assert [tuple(value.shape) for value in made if isinstance(value, torch.Tensor)] == shapes


@pytest.mark.parametrize(
    "name", ["resnet50", "mobilenet_v3_small", "densenet40_k12_cifar10", "unet_same_bn", "lenet5_modern"]
)
def test_the_number_of_classes_is_an_argument(name: str) -> None:
    space: dict[str, object] = {"__name__": "example"}
    exec(compile(written(name)[1], name, "exec"), space)
    with torch.device("meta"):
        model = space["Model"](num_classes=7).eval()  # type: ignore[operator]
        shape = next(iter(design(name).flow.inputs.values()))
        assert shape is not None
        assert model(torch.zeros(2, *shape.shape)).shape[:2] == (2, 7)


def test_several_heads_take_no_such_argument() -> None:
    assert "num_classes" not in written("googlenet_aux")[1]
    assert "num_classes" not in written("maskrcnn_resnet50_fpn")[1]


def test_resnet_50_is_one_page() -> None:
    source = written("resnet50")[1]
    assert re.findall(r"^class (\w+)", source, re.M) == ["Bottleneck", "Head", "Model"]
    assert "projection: bool = False" in source
    assert "return self.relu3(x + out)" in source
    assert len(source.splitlines()) < 150


def test_u_net_has_one_way_down_and_one_up() -> None:
    source = written("unet_same_bn")[1]
    assert re.findall(r"^class (\w+)", source, re.M) == ["Down", "Up", "Model"]
    assert "x = torch.cat([skip, self.up(x)], 1)" in source


def test_an_optional_input_takes_the_place_of_another() -> None:
    source = written("transformer_base")[1]
    assert "def forward(self, query: Tensor, key: Tensor | None = None) -> Tensor:" in source
    assert source.count("class MultiHeadAttention") == 1


def test_what_runs_still_has_a_module_for_each_node() -> None:
    from explorer.engine.export.parts import parts_of

    flow = resolve(gallery()["resnet_small"].build())
    model = build_module(write_parts(parts_of(flow, "small"), "small"))
    assert isinstance(model.get_submodule("stage2_block1.add"), torch.nn.Module)


SOURCE = '''class Looked(nn.Module):
    """Doubles.

    While `probe` is set, it gets `twice` (N, T),
    and more.
    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    table: Tensor

    def forward(self, x):
        """Take x (N, T) to (N, T)."""
        if self.probe is None and self.fast:
            return x * 2
        if self.probe is None:
            y = x + x
        else:
            y = self._slowly(x)
            self.probe({"twice": y})
        if self.probe is not None:
            self.probe({"twice": y})
        return y

    def _slowly(self, x):
        """Take its time."""
        return self._deeper(x)

    def _deeper(self, x):
        return x * 2
'''


def test_looking_inside_is_left_out() -> None:
    source = without_probes(SOURCE)
    assert "probe" not in source
    assert "table" not in source
    assert "        if self.fast:\n            return x * 2\n        y = x + x\n        return y" in source
    kept = ast.parse(source).body[0]
    assert isinstance(kept, ast.ClassDef)
    assert [item.name for item in kept.body if isinstance(item, ast.FunctionDef)] == ["forward"]


def test_long_statements_are_folded_at_their_outermost_brackets() -> None:
    assert folded("x = f(a, b)", 20) == ["x = f(a, b)"]
    assert folded("x = function(first, second)", 20) == ["x = function(", "    first, second", ")"]
    assert folded("x = f(g('a, b', c), another_one)", 20) == [
        "x = f(",
        "    g('a, b', c),",
        "    another_one,",
        ")",
    ]
