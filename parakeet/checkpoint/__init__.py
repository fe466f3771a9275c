"""Snapshots of a run that survive crashes: safetensors and json, checked by a manifest, never pickle."""

from parakeet.checkpoint.asynchronous import AsynchronousWriter
from parakeet.checkpoint.store import Snapshot, SnapshotStore

__all__ = ["AsynchronousWriter", "Snapshot", "SnapshotStore"]
