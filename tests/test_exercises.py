"""One light run for each lesson: stubs, catalogued wrong answers, solutions.

Only the cells tagged ``light`` are executed; then every exercise is checked with its stub
(not attempted), with each wrong answer of ``tests/wrong/NN_topic.toml`` (its own hint) and
with the solution of ``notebooks/solutions`` (right).
"""

import ast
import contextlib
import io
from itertools import pairwise

import nbformat
import pytest

from tools.lessons import ROOT, all_lessons, tags, tomllib
from tools.results import light_namespace

WRONG = ROOT / "tests" / "wrong"
LESSONS = [
    x for x in all_lessons() if any("exercise" in tags(c) for c in x.read().cells)
]
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)


def exercises(lesson):
    """{exercise id: (stub cell, check cell)} in the lesson's order."""
    cells = [c for c in lesson.read().cells if c.cell_type == "code"]
    return {
        cell.metadata["exercise"]: (cell, following)
        for cell, following in pairwise(cells)
        if "exercise" in tags(cell)
    }


def solutions(lesson):
    """{exercise id: source of its solution}."""
    cells = nbformat.read(lesson.solutions, as_version=4).cells
    return {c.metadata["exercise"]: c.source for c in cells if "exercise" in c.metadata}


def wrong_answers(lesson):
    """{exercise id: [{"why", "answer", "hint"}, ...]}."""
    return tomllib.loads((WRONG / f"{lesson.name}.toml").read_text(encoding="utf-8"))


def verdict(space, answer, check):
    """What a student sees who gives this answer: the check's printed line."""
    names, out = dict(space), io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(answer, "<answer>", "exec"), names)
        exec(compile(check, "<check>", "exec"), names)
    return out.getvalue().strip()


@by_name
def test_stub_wrong_and_right(lesson, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "0")
    space = light_namespace(lesson)
    monkeypatch.chdir(tmp_path)
    found, right, wrong = exercises(lesson), solutions(lesson), wrong_answers(lesson)
    least = 1 if lesson.number == "00" else 3
    assert len(found) >= least, f"a lesson has at least {least} exercises"
    assert list(found) == list(right), "one solution for each exercise, in order"
    assert list(found) == list(wrong), "wrong answers for each exercise, in order"
    for name, (stub, check) in found.items():
        assert f"# exercise {name}" in stub.source, (
            f"{name}: the stub names its exercise"
        )
        assert "..." in stub.source
        said = verdict(space, stub.source, check.source)
        assert said.startswith(f"Exercise {name}: not attempted yet"), said
        said = verdict(space, right[name], check.source)
        assert said == f"Exercise {name}: right ✓", said
        assert len(wrong[name]) >= 2, f"{name}: at least two plausible wrong answers"
        hints = set()
        for answer in wrong[name]:
            said = verdict(space, answer["answer"], check.source)
            assert answer["hint"] in said, f"{name}, {answer['why']}: {said}"
            assert "right ✓" not in said
            hints.add(said)
        assert len(hints) == len(wrong[name]), (
            f"{name}: each wrong answer has its own hint"
        )
        first = found[name][0].source
        assert not any(a["answer"].strip() == first.strip() for a in wrong[name])
    assert not any(tmp_path.iterdir()), "exercises write nothing"


def bound(source):
    """The names a cell binds at its top level."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names}
        else:
            names |= {
                n.id
                for n in ast.walk(node)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
    return names


def read(source):
    """Every name a cell reads, parameters of functions included."""
    tree = ast.parse(source)
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {
        n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)
    }


@by_name
def test_exercises_are_leaves(lesson):
    """Nothing but its own check reads what an exercise binds."""
    found = exercises(lesson)
    code = [c for c in lesson.read().cells if c.cell_type == "code"]
    for name, (stub, check) in found.items():
        answers = bound(stub.source)
        assert answers, f"{name} binds nothing"
        assert answers <= read(check.source), (
            f"{name}: {answers} must be parameters of check"
        )
        for cell in code:
            if cell.id in (stub.id, check.id):
                continue
            shared = answers & (read(cell.source) | bound(cell.source))
            assert not shared, f"{name}: {shared} also stands in cell {cell.id}"


@by_name
def test_stubs_hold_no_answer(lesson):
    """A stub is ``name = ...`` or a function whose body is ``return ...``."""
    for name, (stub, _) in exercises(lesson).items():
        for node in ast.parse(stub.source).body:
            if isinstance(node, ast.FunctionDef):
                last = node.body[-1]
                fine = isinstance(last, ast.Return) and ast.unparse(last.value) == "..."
                others = node.body[:-1]
                fine &= all(isinstance(x, ast.Expr) for x in others)  # a docstring
            else:
                fine = isinstance(node, ast.Assign) and ast.unparse(node.value) == "..."
            assert fine, f"{name}: {ast.unparse(node)}"
