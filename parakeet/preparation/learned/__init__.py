"""An aligner that learns from the corpus it aligns: for any language, with no model and no dictionary but the texts' own symbols."""

from parakeet.preparation.learned.aligner import REVISION, AlignmentTask, LearnedAlignerConfig, learn_segments

__all__ = ["REVISION", "AlignmentTask", "LearnedAlignerConfig", "learn_segments"]
