"""The import table of docs/design/architecture.md, read from the sources and enforced."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEAVES = {"errors", "cpu", "files", "lazy", "pictures", "requirements"}
EVERYTHING = {
    "audio", "checkpoint", "config", "data", "datasets", "diagnosis", "evaluation", "frontend", "functions", "models", "modules",
    "pages", "preparation", "training", "verification", "voice",
}  # fmt: skip

# room: (what of parakeet it may import beside itself and the leaves, what from outside beside the standard library)
TABLE = {
    "errors": (set(), set()),
    "cpu": (set(), set()),
    "files": (set(), set()),
    "lazy": (set(), set()),
    "pictures": (set(), {"numpy"}),
    "requirements": ({"errors"}, set()),
    "config": (set(), {"yaml", "pydantic", "numpy"}),
    "checkpoint": (set(), {"numpy", "paddle", "safetensors"}),
    "audio": (set(), {"numpy", "scipy", "soundfile"}),
    "frontend": (set(), {"numpy", "espeakng_loader"}),
    "data": (set(), {"numpy", "paddle"}),
    "datasets": ({"audio", "data", "frontend", "preparation"}, {"numpy", "soundfile", "G722"}),
    "functions": (set(), {"paddle", "numpy", "scipy"}),
    "modules": ({"functions"}, {"paddle", "numpy"}),
    "models": ({"functions", "modules"}, {"paddle", "numpy"}),
    "preparation": (
        {"audio", "checkpoint", "config", "data", "datasets", "frontend", "functions", "models"},
        {"numpy", "scipy", "soundfile", "pocketsphinx"},
    ),
    "pages": ({"audio"}, {"numpy"}),
    "diagnosis": ({"audio", "config", "data", "datasets", "frontend", "pages", "preparation"}, {"numpy", "scipy", "soundfile"}),
    "training": ({"checkpoint", "config", "data"}, {"paddle", "numpy", "click", "visualdl", "soundfile", "safetensors", "pydantic"}),
    "experiments": (EVERYTHING, {"paddle", "numpy", "pydantic"}),
    "voice": (EVERYTHING - {"training", "experiments"}, {"numpy", "onnx", "paddle"}),
    "evaluation": (EVERYTHING - {"training", "experiments"}, {"numpy", "scipy", "pocketsphinx"}),
    "verification": ({"audio", "data", "functions", "models", "modules"}, {"numpy", "paddle"}),
    "doctor": (EVERYTHING | {"probes"}, {"numpy", "paddle", "soundfile"}),
    "probes": (set(), {"numpy", "paddle", "soundfile"}),
    "commands": (EVERYTHING | {"doctor", "cli", "experiments"}, {"click", "paddle", "visualdl", "numpy"}),
    "cli": ({"commands"}, {"click"}),
    "__main__": ({"cli"}, set()),
    "__init__": (set(), set()),
}
PADDLE_FREE = {"audio", "frontend", "datasets", "pages", "preparation", "diagnosis", "config", "errors", "cpu"}


def sources():
    return sorted((ROOT / "parakeet").rglob("*.py"))


def room_of(path):
    first = path.relative_to(ROOT / "parakeet").parts[0]
    return first.removesuffix(".py")


def imports(path):
    """Yield (line, module) of every import in a file, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                pytest.fail(f"{path}:{node.lineno}: relative import; write it out, so that this test can read it")
            if node.module == "parakeet":
                yield from ((node.lineno, f"parakeet.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, node.module


def top_level_imports(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_every_room_stands_in_the_table():
    assert {room_of(path) for path in sources()} <= set(TABLE)


def test_no_room_imports_what_the_table_does_not_allow():
    import sys

    wrong = []
    for path in sources():
        room = room_of(path)
        rooms, outside = TABLE[room]
        for line, module in imports(path):
            top, *rest = module.split(".")
            if top == "parakeet":
                target = rest[0] if rest else "__init__"
                if target not in {room, "__init__"} | LEAVES | rooms:
                    wrong.append(f"{path.relative_to(ROOT)}:{line}: {room} imports parakeet.{target}")
            elif top not in sys.stdlib_module_names and top not in outside:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {room} imports {top}")
    assert not wrong, "\n".join(wrong)


def test_no_model_imports_another_model():
    wrong = []
    for path in (ROOT / "parakeet" / "models").rglob("*.py"):
        parts = path.relative_to(ROOT / "parakeet" / "models").parts
        for line, module in imports(path):
            if module.startswith("parakeet.models.") and len(parts) > 1 and module.split(".")[2] != parts[0]:
                wrong.append(f"{path}:{line}: {module}")
    assert not wrong, wrong


def test_in_data_only_the_loader_touches_paddle():
    for path in (ROOT / "parakeet" / "data").glob("*.py"):
        touches = any(module.split(".")[0] == "paddle" for _, module in imports(path))
        assert not touches or path.name == "loader.py", path


def test_rooms_that_need_no_paddle_never_name_it():
    for path in sources():
        if room_of(path) in PADDLE_FREE:
            assert not any(module.split(".")[0] == "paddle" for _, module in imports(path)), path


def test_training_knows_no_speech():
    words = ("mel", "phone", "vocoder", "frontend")
    for path in (ROOT / "parakeet" / "training").rglob("*.py"):
        for line, module in imports(path):
            assert not any(word in module for word in words), f"{path}:{line}"


def test_nothing_imports_an_example():
    for path in sources():
        assert not any(module.split(".")[0] == "examples" for _, module in imports(path)), path


def test_no_pickle_on_either_side():
    banned = {"pickle", "cPickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}
    files = [*sources(), *(ROOT / "examples").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
                assert name not in {"paddle.load", "paddle.save", "yaml.load", "yaml.unsafe_load"}, f"{path}:{node.lineno}: {name}"
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert isinstance(node.value, ast.Constant), f"{path}: allow_pickle must be a constant"
                assert node.value.value is False, f"{path}: allow_pickle"
        assert not {module.split(".")[0] for _, module in imports(path)} & banned, path


def test_importing_parakeet_and_its_packages_does_not_import_paddle():
    import subprocess
    import sys

    light = sorted(EVERYTHING - {"functions", "modules"})
    code = "import sys; " + "; ".join(f"import parakeet.{room}" for room in light)
    code += "; print(sorted({'paddle', 'scipy', 'matplotlib', 'visualdl'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert out.stdout.strip() == "[]"


def test_help_imports_neither_paddle_nor_a_command():
    import subprocess
    import sys

    code = (
        "import sys; from click.testing import CliRunner; from parakeet.cli import cli; "
        "r = CliRunner().invoke(cli, ['--help']); assert r.exit_code == 0 and 'speak' in r.output, r.output; "
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('paddle', 'numpy', 'scipy', 'yaml', 'pydantic') "
        "or m.startswith('parakeet.commands.')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert out.stdout.strip() == "[]"
