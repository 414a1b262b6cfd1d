"""Batches of one sample, where a batch norm then has a single value to take mean and variance of."""

from __future__ import annotations

from explorer.graph.flow import Flow

BATCH_NORM = "batch_norm"


def norms_of_one_value(
    flow: Flow, prefix: str = "", seen: dict[int, tuple[str, ...]] | None = None
) -> list[str]:
    """Addresses of batch norms that see one value per channel and sample: of vectors and of 1×1 maps.

    In training they need a second sample. Frozen and muted ones are left out: they run as in use.
    """
    seen = {} if seen is None else seen
    found: list[str] = []
    for name, node in flow.nodes.items():
        if flow.graph[name].muted or flow.graph[name].frozen:
            continue
        if node.inner is not None:
            key = id(node.inner)
            if key not in seen:
                seen[key] = tuple(norms_of_one_value(node.inner, "", seen))
            found += [f"{prefix}{name}.{inner}" for inner in seen[key]]
        elif node.block is not None and node.block.id == BATCH_NORM:
            given = next(iter(node.inputs.values()), None)
            if given is not None and given.size == given.shape[0]:
                found.append(f"{prefix}{name}")
    return found


def leaves_one_over(samples: int, batch: int) -> bool:
    """Whether the last batch of an epoch would hold a single sample."""
    return batch > 1 and samples > batch and samples % batch == 1


def refused_batch(norms: list[str], batch: int) -> str:
    """Say why batches of one sample cannot be trained on, or nothing where they can."""
    if batch != 1 or not norms:
        return ""
    more = f" (and {len(norms) - 1} more)" if len(norms) > 1 else ""
    return (
        f"{norms[0]}{more} is a batch norm that sees one value per channel when a batch is one sample, which "
        "leaves nothing to normalise. Take a batch of 2 or more, or another norm there."
    )


def joined_batch(norms: list[str], samples: int, batch: int) -> str:
    """Say that the last sample of an epoch joins the batch before it, or nothing where it does not."""
    if not norms or not leaves_one_over(samples, batch):
        return ""
    return (
        f"{samples:,} samples in batches of {batch:,} leave one over, and {norms[0]} is a batch norm that "
        f"needs two: the last batch of an epoch takes {batch + 1:,} samples."
    )
