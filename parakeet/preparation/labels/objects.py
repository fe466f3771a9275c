"""Labels in json: lists of [phone, begin, end] in seconds, of one utterance or of many by name, and the json of MFA."""

import json

from parakeet.errors import DataError
from parakeet.preparation.labels.label import Label
from parakeet.preparation.labels.textgrid import PHONE_TIERS

_EXPECTED = "a list of [phone, begin, end], an object of such lists by utterance, or the json that MFA writes"
_KEYS = {"symbol": ("symbol", "phone", "label", "text"), "start": ("start", "begin", "start_seconds"), "end": ("end", "end_seconds")}


def read_json_labels(text, path):
    """Read labels in json.

    Args:
        text (str): the file's content.
        path (Path): its name, for messages.

    Returns:
        dict[str | None, list[tuple[int, Label]]]: by utterance, None where it is of one; with each label its place, from 1.

    Raises:
        DataError: if it isn't json, or holds something else.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: isn't json ({error}). Repair it, or align the recording again.") from error
    if isinstance(content, dict) and isinstance(content.get("tiers"), dict):
        return {None: _labels(_mfa_tier(content["tiers"], path), path)}
    if isinstance(content, dict):
        return {name: _labels(rows, path, f" of '{name}'") for name, rows in content.items()}
    return {None: _labels(content, path)}


def _mfa_tier(tiers, path):
    found = {name: tier for name, tier in tiers.items() if name.rpartition(" - ")[2].strip().casefold() in PHONE_TIERS}
    if len(found) != 1:
        raise DataError(f"{path}: expected one tier of phones, received {', '.join(map(repr, found or tiers)) or 'none'}.")
    (tier,) = found.values()
    return tier.get("entries") if isinstance(tier, dict) else tier


def _labels(rows, path, whose=""):
    if not isinstance(rows, list):
        raise DataError(f"{path}: expected {_EXPECTED}; received {type(rows).__name__}{whose}.")
    return [(place, _label(row, f"{path}, label {place}{whose}")) for place, row in enumerate(rows, 1)]


def _label(row, where):
    if isinstance(row, dict):
        values = [next((row[key] for key in keys if key in row), None) for keys in _KEYS.values()]
    else:
        values = list(row) if isinstance(row, list) else []
        if len(values) == 3 and isinstance(values[2], str):  # MFA writes [begin, end, phone]
            values = [values[2], *values[:2]]
    numbers = [value for value in values[1:3] if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(values) < 3 or not isinstance(values[0], str) or len(numbers) < 2:
        raise DataError(f"{where}: expected [phone, begin, end], received {json.dumps(row)[:60]}.")
    return Label(values[0].strip(), float(values[1]), float(values[2]))
