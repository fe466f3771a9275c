"""Configuration: a yaml file and overrides become one frozen, typed object, or an error that says what to mend.

A configuration is a class::

    class TrainConfig(Config):
        learning_rate: float = 1e-3

    class MyConfig(Config):
        train: TrainConfig = TrainConfig()
        mel: MelConfig = MelConfig()              # a plain dataclass serves as a section too

    config = load_config(MyConfig, "my.yaml", ["train.learning_rate=3e-4"])

The defaults are the class's; the file wins over them and the overrides win over the file. Types are strict: text is never turned
into a number, a number never into a truth value; only a whole number is accepted where a number is expected.
"""

import dataclasses
import datetime
import json
import re
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path

import pydantic
import yaml

from parakeet.errors import ConfigError, ParakeetError, nearest, what_is


class Config(pydantic.BaseModel):
    """A section of a configuration: typed, frozen, closed to keys it does not declare."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, protected_namespaces=(), validate_default=False)


def load_config(config_class, path=None, overrides=()):
    """Read a configuration: a class's defaults, then a yaml file, then overrides.

    Args:
        config_class (type): a subclass of :class:`Config`.
        path (str | Path, optional): a yaml file; None for the defaults alone.
        overrides (Iterable[str]): ``"section.key=value"``, the value written as in yaml; ``"items.0=value"`` replaces an item of a list.

    Returns:
        Config: an instance of ``config_class``.

    Raises:
        ConfigError: with a line for every problem of the file and the overrides: which file or override, which key, what was
            expected and what was received.
    """
    data, problems = ({}, []) if path is None else _read(Path(path))
    origins = {}
    for override in overrides:
        _apply_override(data, override, origins)
    complete = _over_defaults(config_class, data)
    try:
        # json's strict mode is the right one for yaml: a list may become a tuple and text a path, but text never a number.
        config = config_class.model_validate_json(json.dumps(complete), strict=True)
    except ParakeetError as error:
        where = _file(path) + (" with overrides" if origins else "")
        raise ConfigError("\n".join([*problems, f"{where}: {error}"])) from None
    except pydantic.ValidationError as error:
        problems += _describe(error, config_class, complete, path, origins)
    if problems:
        raise ConfigError("\n".join(problems))
    return config


def dump_config(config):
    """Write a configuration as yaml text which :func:`load_config` reads back as an equal object.

    Args:
        config (Config): what to write.

    Returns:
        str: every key with its value, defaults included, in the order of the class.
    """
    return yaml.dump(config.model_dump(mode="json"), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


# yaml -----------------------------------------------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """yaml.SafeLoader, but 1e-3 is a number as in YAML 1.2; YAML 1.1 takes it for text because it has no point."""


class _Dumper(yaml.SafeDumper):
    """yaml.SafeDumper, which quotes the text '1e-3' so that it stays text for :class:`_Loader`."""

    def ignore_aliases(self, data):
        return True


_EXPONENT = re.compile(r"[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+$")
for _class in (_Loader, _Dumper):
    _class.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+0123456789"))


def _parse(text):
    """Turn yaml text into (json value, [(key path, first line, second line) of every key given twice])."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None, []
        duplicates = list(_duplicates(node, (), set()))
        # Through json once: what yaml's aliases share becomes separate, keys become text, and what is no plain value stops here.
        return json.loads(json.dumps(loader.construct_document(node), default=_plain)), duplicates
    finally:
        loader.dispose()


def _plain(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    raise ValueError(f"a value of type {type(value).__name__} has no place in a configuration")


def _duplicates(node, path, seen):
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            yield from _duplicates(item, (*path, i), seen)
    if isinstance(node, yaml.MappingNode) and all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        lines = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.value in lines:
                yield (*path, key.value), lines[key.value], line
            lines.setdefault(key.value, line)
        for key, value in node.value:
            yield from _duplicates(value, (*path, key.value), seen)


def _read(path):
    """Read a file: (mapping, problems that leave the rest readable)."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file. A yaml file with the configuration was expected.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start}). A yaml file was expected.{what_is(path)}") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}.") from None
    try:
        data, duplicates = _parse(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: {_yaml_problem(error)}") from None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: a mapping was expected (lines of 'key: value'), received {_received(data)}.")
    return data, [f"{path}: {_dotted(key)}: given twice, in line {a} and in line {b}; remove one." for key, a, b in duplicates]


def _yaml_problem(error):
    mark = getattr(error, "problem_mark", None)
    where = "" if mark is None else f" (line {mark.line + 1}, column {mark.column + 1})"
    what = getattr(error, "problem", None) or str(error)
    return f"not valid yaml{where}: {what}."


# overrides ------------------------------------------------------------------------------------------------------------------------


def _apply_override(data, override, origins):
    """Write one override into the data and remember where its value came from."""
    key, equals, text = override.partition("=")
    key = key.strip()
    if not equals or not key:
        absent = "key before '='" if equals else "'='"
        raise ConfigError(f"override '{override}': 'section.key=value' was expected, received no {absent}.")
    try:
        value, duplicates = _parse(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = _yaml_problem(error)
        raise ConfigError(f"override '{override}': the value is {problem} Put text with special characters in quotes.") from None
    if duplicates:
        raise ConfigError(f"override '{override}': {_dotted((key, *duplicates[0][0]))}: given twice.")
    path, target = [], data
    *parents, last = key.split(".")
    for name in parents:
        step = _step(target, name, path, override)
        path.append(step)
        if isinstance(target, dict) and target.get(step) is None:
            target[step] = {}
            origins[tuple(path)] = f"override '{override}'"
        target = target[step]
    path.append(_step(target, last, path, override))
    target[path[-1]] = value
    origins.pop(tuple(path), None)  # so that the order is the order of writing
    origins[tuple(path)] = f"override '{override}'"


def _step(target, name, path, override):
    """Turn one name of an override's key into a key of a mapping or a position in a list."""
    if isinstance(target, dict):
        return name
    if isinstance(target, list):
        if name.isdigit() and int(name) < len(target):
            return int(name)
        raise ConfigError(f"override '{override}': {_dotted(path)}: is a list of {len(target)}; a position from 0 to {len(target) - 1} "
                          f"was expected, received '{name}'.")
    raise ConfigError(f"override '{override}': {_dotted(path)}: is not a section but {_received(target)}; it has no key '{name}'.")


# defaults and types ---------------------------------------------------------------------------------------------------------------


def _over_defaults(section, data):
    """Lay the data over the section's defaults, so that a section given in part keeps the rest of its parent's default."""
    result = dict(data)
    for name, (annotation, default) in _fields(section).items():
        classes = _sections(annotation)
        if len(classes) != 1 or not isinstance(result.get(name), dict):
            continue
        given = _over_defaults(classes[0], result[name])
        if type(default) is classes[0]:
            given = {**pydantic.TypeAdapter(classes[0]).dump_python(default, mode="json"), **given}
        result[name] = given
    return result


def _fields(section):
    """Give the fields of a section class: name -> (annotation, default instance or None)."""
    if issubclass(section, pydantic.BaseModel):
        fields = section.model_fields.items()
        return {name: (field.annotation, field.get_default(call_default_factory=_takes_nothing(field))) for name, field in fields}
    hints = typing.get_type_hints(section, include_extras=True)
    return {field.name: (hints[field.name], _dataclass_default(field)) for field in dataclasses.fields(section) if field.init}


def _takes_nothing(field):
    return not getattr(field, "default_factory_takes_validated_data", False)  # since pydantic 2.10


def _dataclass_default(field):
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _sections(annotation):
    """List the section classes an annotation allows: itself, or the members of a union."""
    if isinstance(annotation, type) and (issubclass(annotation, pydantic.BaseModel) or dataclasses.is_dataclass(annotation)):
        return [annotation]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return [section for argument in typing.get_args(annotation) for section in _sections(argument)]
    return []


def _items(annotation):
    """List the annotations an annotation allows for the items of a list or the values of a mapping."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        return [item for argument in typing.get_args(annotation) for item in _items(argument)]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return [typing.get_args(annotation)[1]]
    if isinstance(origin, type) and issubclass(origin, (Sequence, set, frozenset)):
        return [argument for argument in typing.get_args(annotation) if argument is not Ellipsis]
    return []


def _keys(section, path, data):
    """List the keys that the section at a path may have."""
    annotations = [section]
    for name in path:
        inner = [_fields(s)[name][0] for s in _chosen(annotations, data) if name in _fields(s)]
        annotations = inner + [item for a in annotations for item in _items(a)]
        data = data[name]
    return list(dict.fromkeys(key for s in _chosen(annotations, data) for key in _fields(s)))


def _chosen(annotations, data):
    """List the sections the data may mean: of a union's, those whose Literal fields agree with it, or else all."""
    sections = [section for annotation in annotations for section in _sections(annotation)]
    return [section for section in sections if _agrees(section, data)] or sections


def _agrees(section, data):
    literals = {n: typing.get_args(a) for n, (a, _) in _fields(section).items() if typing.get_origin(a) is typing.Literal}
    return isinstance(data, dict) and all(data.get(name, values[0]) in values for name, values in literals.items())


# errors ---------------------------------------------------------------------------------------------------------------------------

_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}
_MISSING = {"missing", "missing_argument", "missing_keyword_only_argument"}
_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping (lines of 'key: value')",
    "model_type": "a section (lines of 'key: value')",
    "model_attributes_type": "a section (lines of 'key: value')",
    "dataclass_type": "a section (lines of 'key: value')",
    "dataclass_exact_type": "a section (lines of 'key: value')",
    "none_required": "nothing (null)",
}


def _describe(error, config_class, data, path, origins):
    """Say every problem pydantic found in one line of ours; what a union's members each say of one key is joined."""
    expected, lines = {}, []
    for problem in error.errors(include_url=False):
        key, value = _locate(problem["loc"], data, missing=problem["type"] in _MISSING)
        where = f"{_origin(key, path, origins)}: {_dotted(key) or 'the whole'}"
        if problem["type"] in _UNKNOWN:
            lines.append(f"{where}: {_unknown(key, _keys(config_class, key[:-1], data))}")
        elif problem["type"] in _MISSING:
            lines.append(f"{where}: missing, and it has no default.")
        elif problem["type"] in _EXPECTED or problem["msg"].startswith("Input should be "):
            if key not in expected:
                lines.append((where, key, value))
            expected.setdefault(key, []).append(_expected(problem))
        else:
            lines.append(f"{where}: {_said(problem)} Received: {_received(value)}.")
    return list(dict.fromkeys(line if isinstance(line, str) else _mistyped(*line, expected) for line in lines))


def _mistyped(where, key, value, expected):
    return f"{where}: expected {' or '.join(dict.fromkeys(expected[key]))}, received {_received(value)}.{_hint(value, expected[key])}"


def _expected(problem):
    said = problem["msg"].removeprefix("Input should be ")
    return _EXPECTED.get(problem["type"], f"a number {said}" if said.startswith(("greater", "less")) else said)


def _hint(value, expected):
    if isinstance(value, bool) and "text" in expected:
        return " yaml reads yes, no, on and off as truth values: put text in quotes."
    if isinstance(value, str) and any(what in ("a number", "a whole number", "true or false") for what in expected) and _quoted(value):
        return " Remove the quotes."
    return nearest(value, re.findall(r"'([^']*)'", " ".join(expected))) if isinstance(value, str) else ""


def _quoted(value):
    """Tell whether text would be a number or a truth value, had it not been quoted."""
    try:
        return isinstance(_parse(value)[0], (int, float))
    except (yaml.YAMLError, ValueError):
        return False


def _said(problem):
    """Give the words of a validator of the section's own, or pydantic's."""
    said = str(problem.get("ctx", {}).get("error", problem["msg"]))
    return said if said.endswith((".", "?", "!")) else f"{said}."


def _unknown(key, known):
    place = f"Keys of '{_dotted(key[:-1])}'" if key[:-1] else "Keys"
    return f"unknown key.{nearest(key[-1], known)} {place}: {', '.join(known)}."


def _locate(location, data, missing):
    """Turn pydantic's location into a path of the data: it also names union members, which are no keys."""
    path, value = [], data
    for i, step in enumerate(location):
        if missing and i == len(location) - 1:
            return (*path, step), None
        if (isinstance(value, dict) and step in value) or (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            value = value[step]
            path.append(step)
    return tuple(path), value


def _origin(key, path, origins):
    """Say where a value came from: the last override that wrote it or a part above it, else the file."""
    sources = [source for written, source in origins.items() if key[: len(written)] == written]
    return sources[-1] if sources else _file(path)


def _file(path):
    return "configuration" if path is None else str(path)


def _dotted(path):
    """Write a path as a person would: data.samples[2].text."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


_KINDS = {bool: "a truth value", int: "a whole number", float: "a number", str: "text", list: "a list", dict: "a mapping"}


def _received(value):
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({_KINDS[type(value)]})"
