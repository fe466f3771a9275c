"""Two engines of one voice side by side: do they say the same, and how fast."""

import statistics
import time

import numpy as np

from parakeet.errors import ParakeetError

TOLERANCE = 1e-4
DRIFT = 1e-2
"""Of the sound of a vocoder that drifts: over some seconds the last bits of a pitch move its high harmonics by so much."""

LENGTHS = 20
_LONGEST_SENTENCE, _LONGEST_SOUND = 150, 250  # symbols, frames


def compare_engines(engine, reference, n_symbols, seed=0, progress=None):
    """Compare an engine with the models themselves, over random sentences of random lengths.

    Args:
        engine (Engine): what is tried.
        reference (Engine): the dynamic graph.
        n_symbols (int): of the vocabulary, without padding.
        seed (int): of the sentences and their controls.
        progress (Callable, optional): called with each row.

    Returns:
        list[dict]: for each length ``symbols``, ``frames``, ``mel`` (the largest difference, natural-log amplitude), and
        ``sound_frames``, of a part of it ``numbers`` (the vocoder network's, the largest difference, where they are greater than 1 as
        a share of the greatest) and ``wav``, with equal seeds.

    Raises:
        ParakeetError: if durations differ, or a spectrum, numbers or a sound by :data:`TOLERANCE` and more; the sound of a vocoder that
            drifts may differ by :data:`DRIFT`.
    """
    rng, rows = np.random.default_rng(seed), []
    for symbols in rng.integers(1, _LONGEST_SENTENCE + 1, LENGTHS).tolist():
        # A predicted duration just between two frames may be rounded either way: then another sentence has to decide. Of what was
        # exported wrongly no sentence agrees.
        for _ in range(2):
            sentence = _draw_sentence(rng, symbols, n_symbols)
            mel, durations = engine.acoustic(*sentence)
            wanted, wanted_durations = reference.acoustic(*sentence)
            if np.array_equal(durations, wanted_durations):
                break
        else:
            raise ParakeetError(
                f"{engine.name}: a sentence of {symbols} symbols gets other durations than from the models: {durations.tolist()[:12]}... "
                f"instead of {wanted_durations.tolist()[:12]}... {_REFUSED}"
            )
        # Griffin-Lim is no part of an export.
        part = wanted[: rng.integers(1, _LONGEST_SOUND + 1) if engine.context is not None else 0]
        row = {
            "symbols": symbols,
            "frames": len(wanted),
            "mel": _difference(mel, wanted),
            "sound_frames": len(part),
            "numbers": _share(engine.numbers(part), reference.numbers(part)),
            "wav": _difference(engine.vocode(part), reference.vocode(part)),
        }
        for what, most in {"mel": TOLERANCE, "numbers": TOLERANCE, "wav": DRIFT if reference.drifts else TOLERANCE}.items():
            if not row[what] < most:
                raise ParakeetError(
                    f"{engine.name}: differs from the models by {row[what]:.2g} ({what}, {symbols} symbols, {row['frames']} frames); "
                    f"less than {most:g} is expected. {_REFUSED}"
                )
        rows.append(row)
        if progress is not None:
            progress(row)
    return rows


_REFUSED = "This export is wrong, so nothing was written. Use another engine for this voice."


def _draw_sentence(rng, symbols, n_symbols):
    ids = rng.integers(1, n_symbols + 1, symbols)
    return ids, rng.uniform(0.7, 1.5, symbols), rng.uniform(-1, 1, symbols), rng.uniform(-1, 1, symbols)


def _difference(values, wanted):
    if values.shape != wanted.shape:
        return float("inf")
    return float(np.abs(values - wanted).max()) if values.size else 0.0


def _share(found, wanted):
    pairs = zip(found, wanted, strict=True)
    return max((_difference(ours, theirs) / max(1.0, float(np.abs(theirs).max())) for ours, theirs in pairs), default=0.0)


def measure_speed(engines, sentences, repetitions=5):
    """Time engines by turns, so that a load that comes and goes meets them all.

    Args:
        engines (list[Engine]): of one voice.
        sentences (list[numpy.ndarray]): ids, (S,) each.
        repetitions (int): rounds; the first, in which kernels are chosen, counts by itself.

    Returns:
        list[dict]: for each sentence and engine ``engine``, ``symbols``, ``frames``, and in seconds ``first`` and the medians of
        ``acoustic`` and ``vocoder`` (Griffin-Lim is not measured, for it is the same everywhere).
    """
    rows = []
    for ids in sentences:
        times = {engine.name: [] for engine in engines}
        for _ in range(1 + repetitions):
            for engine in engines:
                start = time.perf_counter()
                mel, _ = engine.acoustic(ids)
                middle = time.perf_counter()
                if engine.context is not None:
                    engine.vocode(mel)
                times[engine.name].append((middle - start, time.perf_counter() - middle, len(mel)))
        for name, (first, *later) in times.items():
            acoustic, vocoder, (frames, *_) = zip(*later, strict=True)
            row = {"engine": name, "symbols": len(ids), "frames": frames, "first": first[0] + first[1]}
            rows.append({**row, "acoustic": statistics.median(acoustic), "vocoder": statistics.median(vocoder)})
    return rows
