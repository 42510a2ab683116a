"""Which module may import which: the layers of docs/architecture.md, read from the code itself."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# From the ground up: a module imports only what stands lower, or its own package.
LAYERS = (
    ("errors",),
    ("settings", "files"),
    ("dictionary", "run_key", "scoring", "catalogue"),
    ("warehouse", "sources"),
    ("validation", "gather", "observe", "assess", "release", "alerts", "report", "desk"),
    ("assets", "track_record"),
    ("cli",),
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}
STAGES = ("gather", "observe", "assess", "release", "desk")
ONLY_IN = {
    "duckdb": ("warehouse",),
    "great_expectations": ("validation",),
    "vl_convert": ("report",),
    "requests": ("sources",),
    "typer": ("cli",),
    "apprise": ("alerts",),
}
NOT_IN = {
    "dagster": tuple(name for names in LAYERS for name in names if name not in ("assets", "cli")),
    "pandas": ("scoring", "catalogue"),
}


def modules() -> list[Path]:
    return sorted([*(ROOT / "assets").rglob("*.py"), *(ROOT / "signposts").rglob("*.py")])


def part_of(path: Path) -> str:
    """Return the architecture's name of a file's module: the first name under signposts, or assets."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "assets" if parts[0] == "assets" else parts[1]


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "signposts":
                yield from (f"{node.module}.{name.name}" for name in node.names)
            else:
                yield node.module


def imported_parts(path: Path) -> set[str]:
    found = set()
    for name in imports(path):
        first, *rest = name.split(".")
        if first == "signposts" and rest:
            found.add(rest[0])
    return found - {part_of(path)}


def private_imports(path: Path) -> list[str]:
    """Return the imports of a library's private parts: a name of the path or an imported name that begins with _."""
    own = ("signposts", "tests", "__future__")
    return [
        name
        for name in imports(path)
        if name.split(".")[0] not in own and any(part.startswith("_") for part in name.split("."))
    ]


CODE = [path for path in modules() if part_of(path) != "__init__"]


def test_a_module_imports_only_what_stands_lower():
    faults = [
        f"{path.relative_to(ROOT)} imports {name}, which stands above it"
        for path in CODE
        for name in imported_parts(path)
        if HEIGHT.get(name, 0) > HEIGHT[part_of(path)]
    ]
    assert faults == []


def test_stages_never_import_each_other():
    stages = [path for path in CODE if part_of(path) in STAGES]
    assert [path.name for path in stages if imported_parts(path) & set(STAGES)] == []


def test_a_library_is_imported_only_where_it_belongs():
    faults = []
    for path in CODE:
        roots, part = {name.split(".")[0] for name in imports(path)}, part_of(path)
        misplaced = [library for library, allowed in ONLY_IN.items() if library in roots and part not in allowed]
        forbidden = [library for library, parts in NOT_IN.items() if library in roots and part in parts]
        faults += [
            f"{path.relative_to(ROOT)} imports {library}"
            for library in (*misplaced, *forbidden)
            if not only_for_types(path, library)
        ]
    assert faults == []


def test_no_private_part_of_a_library_is_imported():
    assert {str(path.relative_to(ROOT)): found for path in CODE if (found := private_imports(path))} == {}


def only_for_types(path: Path, library: str) -> bool:
    """Return whether every import of the library stands under TYPE_CHECKING."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(name.name.split(".")[0] == library for name in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == library)
    ]
    return all(id(node) in guarded for node in found)


def test_every_part_has_its_place_in_the_layers():
    assert {part_of(path) for path in CODE} <= set(HEIGHT)


def test_every_folder_of_code_is_a_package_of_the_wheel():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {name: ROOT / settings["package-dir"].get(name, name.replace(".", "/")) for name in settings["packages"]}
    # A folder a publisher is found, not listed: it is in the wheel as data of signposts.sources.
    assert "*/*.py" in settings["package-data"]["signposts.sources"]
    publishers = {path.parent for path in (ROOT / "signposts" / "sources").glob("*/__init__.py")}
    code = {path.parent for path in (ROOT / "signposts").rglob("__init__.py")} - publishers
    assert {folder for folder in folders.values() if (ROOT / "signposts") in (folder, *folder.parents)} == code
    assert [name for name, folder in folders.items() if not (folder / "__init__.py").is_file()] == []


def test_every_step_of_the_journeys_on_the_page_exists():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    steps = re.findall(r"^ ?\d+  (\S+\.(?:py|sql)) *(\w*)", page, flags=re.MULTILINE)
    assert len(steps) > 60
    gone = [(file, call) for file, call in steps if f"def {call}" * bool(call) not in (ROOT / file).read_text()]
    assert gone == []


def test_no_module_keeps_state_that_changes():
    for path in CODE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)], path
        for node in tree.body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            assert not isinstance(value, ast.Dict | ast.List | ast.Set) or ast.unparse(value) not in ("{}", "[]"), path


def test_no_function_has_a_name_that_was_dropped_for_a_word_of_the_field():
    dropped = re.compile(r"(?:def|class) _?((?:judge|suppos|bury|sign_of_life|odds_of|prospect|take_turn)\w*)")
    assert {name for path in CODE for name in dropped.findall(path.read_text(encoding="utf-8"))} == set()


def local_names(path: Path) -> Iterator[str]:
    """Yield the names that a file gives to variables and parameters; a class's fields are no locals."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    classes = (node for node in nodes if isinstance(node, ast.ClassDef))
    fields = {id(line.target) for node in classes for line in node.body if isinstance(line, ast.AnnAssign)}
    for node in nodes:
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.id


def test_every_local_and_parameter_is_called_by_the_noun_that_it_is():
    dropped = {"found", "own", "wanted", "each", "left", "known"}
    faults = {
        f"{path.relative_to(ROOT)}: {name}" for path in modules() for name in local_names(path) if name in dropped
    }
    assert not faults, "\n".join(sorted(faults))
