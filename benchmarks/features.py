"""All feature maps of one picture in one forward pass, against the plain forward."""

from __future__ import annotations

import interleaved
import torch

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine import memory, probes
from explorer.engine.compile import compile_flow
from explorer.graph.resolve import Resolver


def main() -> None:
    options = interleaved.arguments(15)
    torch.set_num_threads(1)
    memory.reuse_pages()  # as the engine does when it starts
    ratios: dict[str, object] = {}
    for name, size in (
        ("preact_resnet_deep", (3, 64, 64)),
        ("resnet_small", (1, 112, 112)),
        ("vit_mnist", (1, 112, 112)),
    ):
        flow = Resolver(registry()).resolve(find(name).build(size))
        module = compile_flow(flow, name, torch.device("cpu")).module.eval()
        addresses = [address for address, _ in flow.walk()]
        sample = torch.rand(1, *size)

        def plain(module: torch.nn.Module = module, sample: torch.Tensor = sample) -> object:
            with torch.inference_mode():
                return module(sample)

        def capture(
            module: torch.nn.Module = module, sample: torch.Tensor = sample, addresses: list[str] = addresses
        ) -> object:
            with probes.quiet(module), probes.outputs(module, addresses) as found, torch.inference_mode():
                module(sample)
            return found

        times = interleaved.measure({"plain forward": plain, "all maps": capture}, options.rounds)
        ratios[name] = interleaved.report(f"{name}: {len(addresses)} layers", times, "plain forward")
    interleaved.keep(options.out, ratios)


if __name__ == "__main__":
    main()
