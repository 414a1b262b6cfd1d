"""Errors that mean a lack of memory are told from others, whatever class torch raises them as."""

from __future__ import annotations

import pytest
import torch

from explorer.engine import out_of_memory


def test_what_torch_raises_when_it_cannot_allocate():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 50)
    assert out_of_memory.caused(caught.value)


@pytest.mark.parametrize(
    "problem",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
def test_lack_of_memory(problem):
    assert out_of_memory.caused(problem)


@pytest.mark.parametrize(
    "problem", [RuntimeError("mat1 and mat2 shapes cannot be multiplied"), ValueError("out of memory")]
)
def test_other_errors(problem):
    assert not out_of_memory.caused(problem)


def test_words_name_the_batch_that_may_fit():
    assert out_of_memory.words(64).endswith("Try a batch of 32 instead of 64.")
    assert "smaller input" in out_of_memory.words()
