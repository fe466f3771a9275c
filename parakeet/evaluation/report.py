"""The report card as json: every figure with its name, unit, number of sentences, interval and anchors, and how it came about."""

import os
import platform
import sys
from datetime import datetime, timezone
from importlib import metadata

import parakeet
from parakeet.cpu import processor
from parakeet.evaluation.bootstrap import CONFIDENCE, RESAMPLES
from parakeet.evaluation.conditions import CONDITIONS, COPY, GRIFFIN_LIM_ITERATIONS
from parakeet.evaluation.level import LEVEL
from parakeet.evaluation.listening import ANALYSIS
from parakeet.evaluation.measures import GROUPS, MEASURES

FORMAT = 1
PACKAGES = (
    "numpy", "scipy", "paddlepaddle", "pocketsphinx", "moonshine-voice", "speechmos", "librosa", "onnxruntime", "pesq",
)  # fmt: skip


def to_report(evaluation, voice, data, command):
    """Put an evaluation in json values.

    Values are in the unit named beside them; ``low`` and ``high`` are an interval's ends, null where one sentence says nothing of it.

    Args:
        evaluation (Evaluation): what was found.
        voice (dict): what was examined: ``path`` and what its description says.
        data (str): where the sentences come from.
        command (list[str]): that was given.

    Returns:
        dict: ready for ``json.dumps``.
    """
    sentences = evaluation.sentences
    return {
        "format": FORMAT,
        "made": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "command": command,
        "voice": voice,
        "data": {
            "path": str(data),
            "name": sentences.name,
            "language": sentences.language,
            "split": sentences.split,
            "held_out_sentences": sentences.held_out,
            "sentences": len(sentences.chosen),
            "recordings": sentences.recordings,
        },
        "settings": {
            "seed": evaluation.seed,
            "measures": evaluation.groups,
            "confidence": CONFIDENCE,
            "resamples": RESAMPLES,
            "level_lufs": LEVEL,
            "griffin_lim_iterations": GRIFFIN_LIM_ITERATIONS,
            "analysis": {"sample_rate": ANALYSIS.sample_rate, "hop_length": ANALYSIS.hop_length, "n_mels": ANALYSIS.n_mels},
        },
        "left_out": [{"measures": group, "reason": reason} for group, reason in evaluation.left_out],
        "conditions": {
            name: {"title": condition.title, "meaning": condition.meaning}
            for name, condition in CONDITIONS.items()
            if name != COPY or evaluation.has_vocoder
        },
        "speed": evaluation.speed,
        "machine": _machine(evaluation.workers),
        "packages": {"parakeet-tts": parakeet.__version__, **_versions()},
        "measures": {name: _measure(name, evaluation.figures) for name in evaluation.figures.estimates},
        "misunderstood_words": [word._asdict() for word in evaluation.words],
        "sentences": [_sentence(sentence, heard) for sentence, heard in zip(sentences.chosen, evaluation.results, strict=True)],
    }


def _measure(name, figures):
    measure = MEASURES[name]
    return {
        "title": measure.title,
        "unit": measure.unit,
        "higher_is_better": measure.higher_is_better,
        "meaning": measure.meaning,
        "group": GROUPS[measure.group].meaning,
        "conditions": {condition: _scaled(estimate, measure) for condition, estimate in figures.estimates[name].items()},
        "differences": [
            {"of": one, "less": other, **_scaled(estimate, measure)} for (one, other), estimate in figures.differences[name].items()
        ],
    }


def _scaled(estimate, measure):
    ends = (estimate.value, estimate.low, estimate.high)
    value, low, high = (None if end is None else round(end * measure.scale, 6) for end in ends)
    return {"value": value, "low": low, "high": high, "n": estimate.n}


def _sentence(sentence, heard):
    values = {
        condition: {
            measure: round(total / weight * MEASURES[measure].scale, 6) for measure, (total, weight) in by_measure.items()
        }
        for condition, by_measure in heard.values.items()
    }
    return {"text": sentence.text, "utt_ids": [take.utt_id for take in sentence.takes], "values": values, "heard": heard.texts}


def _machine(workers):
    cpu = processor()
    return {
        "processor": cpu["model"],
        "cores": cpu["cores"],
        "threads": int(os.environ.get("OMP_NUM_THREADS", "1")),
        "listening_processes": workers,
        "system": f"{platform.system()} {platform.machine()}",
        "python": sys.version.split()[0],
    }


def _versions():
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
