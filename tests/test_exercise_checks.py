"""The check mechanism itself: its verdicts, and that it harms nothing."""

import numpy as np
import pytest

from utils.exercises import NotSolved, exercise

STUB = "def double(x):\n    return ...\n"


def ask(answer, check="assert double(2) == 4, 'twice, not squared'", names="double"):
    """Run a cell with an answer and a cell with its check, as a notebook would."""
    space = {"exercise": exercise, "np": np}
    exec(compile(answer, "<answer>", "exec"), space)
    source = f"@exercise('x-1')\ndef check({names}):\n    {check}\n"
    exec(compile(source, "<check>", "exec"), space)
    return space


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (STUB, "not attempted yet (double)."),
        ("", "not attempted yet (double)."),
        ("double = ...", "not attempted yet (double)."),
        (
            "def double(x):\n    if x > 5:\n        return x\n    return ...",
            "not attempted yet",
        ),
        ("def double(x):\n    return x ** 3", "not yet: twice, not squared"),
        (
            "def double(x):\n    return x / 0",
            "your code raised ZeroDivisionError: division by zero",
        ),
        (
            "def double(x):\n    assert x > 9, 'mine'\n",
            "your code raised AssertionError: mine",
        ),
        ("def double(x):\n    return 2 * x", "right ✓"),
    ],
)
def test_verdicts(answer, said, capsys):
    ask(answer)
    assert f"Exercise x-1: {said}" in capsys.readouterr().out


def test_indexing_with_an_ellipsis_is_an_answer(capsys):
    ask(
        "def last(x):\n    return x[..., -1]",
        "assert last(np.array([1, 2])) == 2, 'no'",
        "last",
    )
    assert "right ✓" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        "def double(x):\n    x *= 2\n    return x",
        "def double(x):\n    x[0] = np.nan\n    return x * 2",
    ],
)
def test_an_answer_that_changes_its_input_is_caught(answer, capsys):
    ask(answer, "assert double(np.array([2.0]))[0] == 4, 'wrong'")
    assert "not yet: `double` changes its input" in capsys.readouterr().out


def test_nan_in_an_unchanged_input_is_no_change(capsys):
    ask(
        "def double(x):\n    return 4",
        "assert double([np.nan, {'a': np.nan}]) == 4, 'no'",
    )
    assert "right ✓" in capsys.readouterr().out


def test_a_check_cannot_change_the_students_values(capsys):
    space = ask("values = [1, 2]", "values.append(3)", "values")
    assert space["values"] == [1, 2]


def test_nothing_leaks():
    space = ask("def double(x):\n    return 2 * x", "t = 4; assert double(2) == t")
    assert set(space) == {"exercise", "np", "double", "check", "__builtins__"}


@pytest.mark.parametrize("answer", [STUB, "def double(x):\n    return 1"])
def test_strict_mode_raises(answer, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(NotSolved, match="x-1"):
        ask(answer)


def test_strict_mode_lets_the_right_answer_pass(monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    ask("def double(x):\n    return 2 * x")
