"""Dataset -> DataCargo -> DataLoader: examples, batches of them, and batches made ahead of time as tensors.

Names are imported when they are first used. None of them needs Paddle, but for the batches of a `DataLoader`.
"""

from parakeet.lazy import lazy_names

_HOMES = {
    "batch": ("batch_sequences", "batch_spec", "batch_text_id", "batch_wav"),
    "batch_sampler": ("BatchSampler", "FixedBatchSampler", "SimilarLengthBatchSampler"),
    "cargo": ("DataCargo", "DataIterator"),
    "crops": ("Crops",),
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
        "DistributedSampler",
        "RandomSampler",
        "Sampler",
        "SequentialSampler",
        "SimilarLengthSampler",
        "SubsetRandomSampler",
        "WeightedRandomSampler",
    ),
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
