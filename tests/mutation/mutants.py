"""Mutation run: changes one place of a module at a time and asks whether its tests notice.

    python tests/mutation/mutants.py            the guard against its unit tests
    python tests/mutation/mutants.py --soak     first a million random commands

Exit status 1 if a mutant survives. Each mutant is tried in a forked child that already holds
pytest and the tests' imports, so that a run takes about a minute.
"""

from __future__ import annotations

import ast
import copy
import importlib
import io
import os
import resource
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TARGETS = {
    "rascue.cue.guard": ["tests/unit/cue/test_guard.py"],
    "rascue.cue.cessation": ["tests/unit/cue/test_cessation.py"],
}
CHILD_SECONDS = 60
PYTEST_OPTIONS = (
    "-x", "-q", "-p", "no:cacheprovider", "--noconftest", "--import-mode=importlib",
    "-c", os.devnull, "--rootdir", str(REPOSITORY),
)  # fmt: skip
"""Nothing that costs time in every child; the tests named above need no fixture of their folder."""

Edit = Callable[[Any], None]


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, what it does, and how to make it on a copy of the tree."""

    line: int
    what: str
    position: int
    edit: Edit


COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.Sub),
}
NAMES = {"min": "max", "max": "min"}


def mutants_of(tree: ast.Module) -> Iterator[Mutant]:
    """Yield every mutant of a module, in order of its nodes."""
    quiet = _docstrings(tree) | _annotations(tree)
    for position, node in enumerate(ast.walk(tree)):
        if id(node) in quiet:
            continue
        for what, edit in _edits(node):
            yield Mutant(getattr(node, "lineno", 0), what, position, edit)


def _edits(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Yield the changes that can be made to one node."""
    for kind, edits in EDITS.items():
        if isinstance(node, kind):
            yield from edits(node)


def _compare_edits(node: ast.Compare) -> Iterator[tuple[str, Edit]]:
    for other in COMPARISONS.get(type(node.ops[0]), ()):
        yield f"comparison -> {other.__name__}", lambda n, o=other: n.ops.__setitem__(0, o())


def _operator_edits(node: ast.BinOp) -> Iterator[tuple[str, Edit]]:
    for other in OPERATORS.get(type(node.op), ()):
        yield f"operator -> {other.__name__}", lambda n, o=other: setattr(n, "op", o())


def _logic_edits(node: ast.BoolOp) -> Iterator[tuple[str, Edit]]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield f"logic -> {other.__name__}", lambda n: setattr(n, "op", other())


def _unary_edits(node: ast.UnaryOp) -> Iterator[tuple[str, Edit]]:
    if isinstance(node.op, ast.Not):
        yield "not left out", lambda n: setattr(n, "operand", ast.UnaryOp(ast.Not(), n.operand))
    if isinstance(node.op, ast.USub):
        yield "sign left out", lambda n: setattr(n, "op", ast.UAdd())


def _constant_edits(node: ast.Constant) -> Iterator[tuple[str, Edit]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} -> {not value}", lambda n: setattr(n, "value", not n.value)
    elif isinstance(value, (int, float)):
        yield f"{value} + 1", lambda n: setattr(n, "value", n.value + 1)
        yield f"{value} - 1", lambda n: setattr(n, "value", n.value - 1)
    elif isinstance(value, str):
        yield f"text {value[:20]!r} changed", lambda n: setattr(n, "value", "changed" + n.value)


def _name_edits(node: ast.Name) -> Iterator[tuple[str, Edit]]:
    if node.id in NAMES:
        yield f"{node.id} swapped", lambda n: setattr(n, "id", NAMES[n.id])


def _condition_edits(node: ast.If | ast.IfExp) -> Iterator[tuple[str, Edit]]:
    yield "condition always true", lambda n: setattr(n, "test", ast.Constant(True))
    yield "condition always false", lambda n: setattr(n, "test", ast.Constant(False))


def _call_edits(node: ast.Expr) -> Iterator[tuple[str, Edit]]:
    if isinstance(node.value, ast.Call):
        yield "call left out", lambda n: setattr(n, "value", ast.Constant(None))


def _return_edits(node: ast.Return) -> Iterator[tuple[str, Edit]]:
    if not _is_none(node.value):
        yield "returns None", lambda n: setattr(n, "value", ast.Constant(None))


EDITS: dict[Any, Callable[[Any], Iterator[tuple[str, Edit]]]] = {
    ast.Compare: _compare_edits,
    ast.BinOp: _operator_edits,
    ast.BoolOp: _logic_edits,
    ast.UnaryOp: _unary_edits,
    ast.Constant: _constant_edits,
    ast.Name: _name_edits,
    (ast.If, ast.IfExp): _condition_edits,
    ast.Expr: _call_edits,
    ast.Return: _return_edits,
}
"""What can be changed at a node of each kind."""


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _docstrings(tree: ast.Module) -> set[int]:
    """Return the nodes of all bare strings."""
    bare = (
        n for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    )
    return {id(part) for expression in bare for part in ast.walk(expression)}


def _annotations(tree: ast.Module) -> set[int]:
    """Return the nodes that only say types, and decorators and imports: they decide nothing."""
    found: set[int] = set()
    for node in ast.walk(tree):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        parts += getattr(node, "decorator_list", [])
        for part in parts:
            if part is not None:
                found |= {id(inner) for inner in ast.walk(part)}
    return found


def mutated(tree: ast.Module, mutant: Mutant) -> ast.Module:
    """Return a copy of the tree with one change."""
    changed = copy.deepcopy(tree)
    node = next(n for k, n in enumerate(ast.walk(changed)) if k == mutant.position)
    mutant.edit(node)
    return ast.fix_missing_locations(changed)


def survives(name: str, tree: ast.Module, tests: list[str]) -> bool:
    """Run the tests in a child process against a changed module; True if they all pass."""
    child = os.fork()
    if child == 0:
        # os._exit: a child must not run the parent's clean-up.
        os._exit(_run_child(name, tree, tests))
    return os.waitpid(child, 0)[1] == 0


def _run_child(name: str, tree: ast.Module, tests: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
    module = types.ModuleType(name)
    package, _, short = name.rpartition(".")
    sys.modules[name] = module
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            exec(compile(tree, name, "exec"), module.__dict__)
        except Exception:
            return 1  # a mutant that cannot be imported is noticed
        setattr(sys.modules[package], short, module)
        return int(pytest.main([*PYTEST_OPTIONS, *tests]))


def run(name: str, tests: list[str]) -> int:
    """Try all mutants of one module; return how many survive."""
    importlib.import_module(name)
    path = REPOSITORY / (name.replace(".", "/") + ".py")
    tree = ast.parse(path.read_text())
    if not survives(name, tree, tests):
        print(f"{name}: the tests fail on the unchanged module")
        return 1
    alive = 0
    everyone = list(mutants_of(tree))
    for mutant in everyone:
        if survives(name, mutated(tree, mutant), tests):
            alive += 1
            print(f"SURVIVED {path.relative_to(REPOSITORY)}:{mutant.line}: {mutant.what}")
    print(f"{name}: {len(everyone)} mutants, {alive} survived")
    return alive


def soak() -> int:
    """Send a million random commands to the unchanged guard."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/property/test_guard.py"]
    environment = {**os.environ, "GUARD_COMMANDS": "1000000"}
    environment.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run everything; return the exit status."""
    os.chdir(REPOSITORY)
    sys.path.insert(0, str(REPOSITORY))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    status = soak() if "--soak" in arguments else 0
    alive = sum(run(name, tests) for name, tests in TARGETS.items())
    return 1 if status or alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
