"""The rules of the house: who may import whom, what no source holds, whose kernels run."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = {  # what of ours each package may import, beside itself
    "games": {"kernel_cache"},
    "lab": {"kernel_cache"},
    "agents": {"games", "lab", "kernel_cache"},
    "llm_bridge": {"lab", "kernel_cache"},
    "kernel_cache": set(),
    "train": {"games", "lab", "agents", "llm_bridge", "kernel_cache"},
}
LONGEST_FILE, LONGEST_FUNCTION = 500, 50


def sources() -> list[Path]:
    """Every source file of ours but the tests and benchmarks."""
    files = [ROOT / f"{name}.py" for name in FLOORS if (ROOT / f"{name}.py").is_file()]
    return sorted(files + [path for name in FLOORS for path in (ROOT / name).rglob("*.py")])


def in_the_house(path: Path) -> str:
    return str(path.relative_to(ROOT))


each_source = pytest.mark.parametrize("path", sources(), ids=in_the_house)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The full names a file imports anywhere, functions included, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute here"
            yield node.module or "", node.lineno


@each_source
def test_imports_go_down_only(path: Path) -> None:
    floor = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for name, line in imported(parsed(path)):
        package = name.split(".")[0]
        if package in FLOORS and package != floor:
            assert package in FLOORS[floor], f"{in_the_house(path)}:{line}: {floor} may not import {name}"
        if floor == "games":
            assert package != "torch", f"{in_the_house(path)}:{line}: games never imports torch"


@each_source
def test_nothing_unpickles_or_evaluates(path: Path) -> None:
    tree = parsed(path)
    unsafe = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    for name, line in imported(tree):
        assert name.split(".")[0] not in unsafe, f"{in_the_house(path)}:{line}: {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            place = f"{in_the_house(path)}:{node.lineno}"
            assert called not in {"eval", "exec", "compile", "__import__"}, f"{place}: {called}"
            assert "allow_pickle" not in [keyword.arg for keyword in node.keywords], f"{place}: allow_pickle"
            assert ast.unparse(node.func) not in {"torch.load", "torch.save"}, f"{place}: pickles inside"


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of those classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
                yield from (method for method in methods if not method.name.startswith("_"))


@each_source
def test_everything_public_is_documented(path: Path) -> None:
    tree = parsed(path)
    bare = [f"{node.name} (line {node.lineno})" for node in public(tree) if not ast.get_docstring(node)]
    assert ast.get_docstring(tree), f"{in_the_house(path)} says nowhere what it is for"
    assert not bare, f"{in_the_house(path)}: no docstring on {', '.join(bare)}"


@each_source
def test_files_and_functions_stay_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{in_the_house(path)} has {lines} lines"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{in_the_house(path)}: {node.name} has {length} lines"


@each_source
def test_no_source_knows_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for place in ("/work/", "/root/", "/home/", "/tmp/"):
        assert place not in text, f"{in_the_house(path)} names a path of one machine: {place}"


@each_source
def test_no_source_uses_the_global_generators(path: Path) -> None:
    tree = parsed(path)
    names = {name for name, _ in imported(tree)}
    assert "random" not in names, f"{in_the_house(path)} imports random"
    local = {"default_rng", "Generator", "SeedSequence", "PCG64"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"np.random", "numpy.random"}:
            assert node.attr in local, f"{in_the_house(path)}:{node.lineno}: np.random.{node.attr}"


# --- the kernel cache ---


def house_copy(folder: Path) -> Path:
    """A small house with one kernel that calls another in another file."""
    games = folder / "games"
    games.mkdir(parents=True)
    shutil.copy(ROOT / "kernel_cache.py", folder)
    (games / "__init__.py").write_text("import kernel_cache\n")
    kernel = "from numba import njit\n\n@njit(cache=True)\ndef inner():\n    return 1\n"
    (games / "inner.py").write_text(kernel)
    (games / "outer.py").write_text(
        "from numba import njit\nfrom games.inner import inner\n\n"
        "@njit(cache=True)\ndef outer():\n    return inner() + 10\n"
    )
    return folder


def run_in(house: Path, code: str, **environment: str) -> str:
    """What the code prints in a fresh process of that house."""
    inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=house,
        env={**inherited, "PYTHONPATH": str(house), **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


FOLDER_OF = "import kernel_cache, os; print(os.environ['NUMBA_CACHE_DIR'])"


def test_the_cache_folder_follows_the_kernel_sources(tmp_path: Path) -> None:
    house, caches = house_copy(tmp_path / "house"), str(tmp_path / "caches")
    first = run_in(house, FOLDER_OF, XDG_CACHE_HOME=caches)
    assert Path(first).is_dir()
    assert Path(first).is_relative_to(caches)
    assert run_in(house, FOLDER_OF, XDG_CACHE_HOME=caches) == first
    (house / "games" / "plain.py").write_text("ANSWER = 42\n")  # no kernel in it
    assert run_in(house, FOLDER_OF, XDG_CACHE_HOME=caches) == first
    kernel = house / "games" / "inner.py"
    kernel.write_text(kernel.read_text().replace("return 1", "return 2"))
    assert run_in(house, FOLDER_OF, XDG_CACHE_HOME=caches) != first


def test_the_users_own_cache_folder_is_kept(tmp_path: Path) -> None:
    house = house_copy(tmp_path / "house")
    assert run_in(house, FOLDER_OF, NUMBA_CACHE_DIR=str(tmp_path)) == str(tmp_path)


def test_an_edit_of_an_inner_kernel_reaches_its_callers(tmp_path: Path) -> None:
    house, caches = house_copy(tmp_path / "house"), str(tmp_path / "caches")
    call = "from games.outer import outer; print(outer())"
    assert run_in(house, call, XDG_CACHE_HOME=caches) == "11"
    kernel = house / "games" / "inner.py"
    kernel.write_text(kernel.read_text().replace("return 1", "return 1 + 1"))
    assert run_in(house, call, XDG_CACHE_HOME=caches) == "12"


def test_without_a_home_to_write_the_temporary_folder_serves(tmp_path: Path) -> None:
    house = house_copy(tmp_path / "house")
    (tmp_path / "file").write_text("no folder can be made below a file")
    (tmp_path / "temporary").mkdir()
    call = f"{FOLDER_OF}; from games.outer import outer; assert outer() == 11"
    unwritable, temporary = str(tmp_path / "file" / "cache"), str(tmp_path / "temporary")
    folder = Path(run_in(house, call, XDG_CACHE_HOME=unwritable, TMPDIR=temporary))
    assert folder.is_relative_to(temporary)
    assert list(folder.rglob("*.nbi")), "numba keeps its kernels there"


def test_a_user_without_a_home_gets_no_folder_named_tilde(tmp_path: Path) -> None:
    house = house_copy(tmp_path / "house")
    no_home = "import os.path; os.path.expanduser = lambda path: path"
    (tmp_path / "temporary").mkdir()
    script = f"import os; os.chdir({str(tmp_path)!r}); {no_home}; {FOLDER_OF}"
    folder = Path(run_in(house, script, XDG_CACHE_HOME="", TMPDIR=str(tmp_path / "temporary")))
    assert folder.is_relative_to(tmp_path / "temporary")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house", "temporary"]
