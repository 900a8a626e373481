"""One light run for each lesson: stubs, catalogued wrong answers, solutions.

Only the cells tagged ``light`` are executed; then every exercise is checked with its stub
(not attempted), with each wrong answer of ``tests/wrong/NN_topic.toml`` (its own hint) and
with the solution of ``notebooks/solutions`` (right).
"""

import ast
import re

import pytest

from tools.lessons import ROOT, all_lessons, tags, tomllib
from tools.mutants import TRAINING, exercises_of, solutions_of, verdict
from tools.results import light_namespace
from utils import exercises

WRONG = ROOT / "tests" / "wrong"
LESSONS = [
    x for x in all_lessons() if any("exercise" in tags(c) for c in x.read().cells)
]
#: What training comes to differs between machines: it does not tell two hints apart.
UNSURE = re.compile(r"-?\d*\.\d+(e-?\d+)?|\d+ ?%")
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)


def wrong_answers(lesson):
    """{exercise id: [{"why", "answer", "hint"}, ...]}."""
    return tomllib.loads((WRONG / f"{lesson.name}.toml").read_text(encoding="utf-8"))


@by_name
def test_stub_wrong_and_right(lesson, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "0")
    monkeypatch.setattr(exercises, "LIMIT", 600)  # however slow the machine
    space = light_namespace(lesson)
    monkeypatch.chdir(tmp_path)
    found, right, wrong = (
        exercises_of(lesson),
        solutions_of(lesson),
        wrong_answers(lesson),
    )
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
        if name not in TRAINING:  # test_mutants gives those to their check
            said = verdict(space, right[name], check.source)
            assert said == f"Exercise {name}: right ✓", said
        assert len(wrong[name]) >= 2, f"{name}: at least two plausible wrong answers"
        hints = set()
        for answer in wrong[name]:
            said = verdict(space, answer["answer"], check.source)
            assert answer["hint"] in said, f"{name}, {answer['why']}: {said}"
            assert "right ✓" not in said
            hints.add(UNSURE.sub("", said))
        assert len(hints) == len(wrong[name]), (
            f"{name}: each wrong answer has its own hint"
        )
        first = found[name][0].source
        assert not any(a["answer"].strip() == first.strip() for a in wrong[name])
    assert not any(tmp_path.iterdir()), "exercises write nothing"


#: What every student writes at some time, as a function's body and as a value.
KINDS = {
    "nothing": ("pass", "None"),
    "text": ("return 'text'", "'text'"),
    "a list": ("return ['text', 7.5]", "['text', 7.5]"),
    "an empty list": ("return []", "[]"),
    "a number": ("return 7.25", "7.25"),
    "a dictionary": ("return {}", "{}"),
    "a generator": ("yield 1", "(k for k in ())"),
    "a function": ("return len", "len"),
    "only printed": ("print(7)", "print(7)"),
}


@by_name
def test_every_check_has_a_sentence_for_the_wrong_kind(lesson, tmp_path, monkeypatch):
    space = light_namespace(lesson)
    monkeypatch.chdir(tmp_path)
    for name, (stub, check) in exercises_of(lesson).items():
        for kind, (body, value) in KINDS.items():
            answer = "".join(
                f"{known} = {value}\n"
                if isinstance(node, ast.Assign)
                else f"def {known}(*args, **options):\n    {body}\n"
                for node in ast.parse(stub.source).body
                for known in bound(ast.unparse(node))
            )
            said = verdict(space, answer, check.source).splitlines()[-1]
            assert said.startswith(f"Exercise {name}: not yet: "), f"{kind}: {said}"
            assert "raised" not in said, f"{kind}: {said}"
            if kind in ("nothing", "only printed") and answer.startswith("def"):
                assert "is a `return` missing?" in said, said


@by_name
def test_a_function_says_in_its_first_line_what_it_returns(lesson):
    """The verdict on an answer of the wrong kind quotes it."""
    for name, (stub, _) in exercises_of(lesson).items():
        for node in ast.parse(stub.source).body:
            if isinstance(node, ast.FunctionDef):
                assert ast.get_docstring(node), f"{name}: {node.name} has no docstring"


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
    found = exercises_of(lesson)
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
    for name, (stub, _) in exercises_of(lesson).items():
        for node in ast.parse(stub.source).body:
            if isinstance(node, ast.FunctionDef):
                last = node.body[-1]
                fine = isinstance(last, ast.Return) and ast.unparse(last.value) == "..."
                others = node.body[:-1]
                fine &= all(isinstance(x, ast.Expr) for x in others)  # a docstring
            else:
                fine = isinstance(node, ast.Assign) and ast.unparse(node.value) == "..."
            assert fine, f"{name}: {ast.unparse(node)}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_a_model_that_was_not_compiled_has_a_sentence(lesson):
    """It has no `optimizer`: a check that reads it asks first whether it is there."""
    for cell in lesson.read().cells:
        if "check" in tags(cell) and "model.optimizer" in cell.source:
            before = cell.source.split("model.optimizer")[0]
            asked = "model.compiled" in before or 'model, "optimizer"' in before
            assert asked, cell.source.splitlines()[1]
