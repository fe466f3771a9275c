"""Dataset -> DataCargo -> DataLoader: examples, batches of them, and batches made ahead of time as tensors.

Names are imported when they are first used. None of them needs Paddle, but for the batches of a `DataLoader`.
"""

import importlib

_HOME = {
    "batch": ("batch_sequences", "batch_spec", "batch_text_id", "batch_wav"),
    "cargo": ("DataCargo", "DataIterator"),
    "dataset": (
        "CacheDataset",
        "ChainDataset",
        "DatasetMixin",
        "DictDataset",
        "FilterDataset",
        "ListDataset",
        "SliceDataset",
        "SubsetDataset",
        "TransformDataset",
        "TupleDataset",
    ),
    "loader": ("DataLoader",),
    "sampler": (
        "BatchSampler",
        "DistributedSampler",
        "RandomSampler",
        "Sampler",
        "SequentialSampler",
        "FixedBatchSampler",
        "SimilarLengthBatchSampler",
        "SimilarLengthSampler",
        "SubsetRandomSampler",
        "WeightedRandomSampler",
    ),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
