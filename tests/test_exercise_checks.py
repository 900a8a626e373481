"""The check mechanism itself: its verdicts, and that it harms nothing."""

import _thread
import linecache
import threading
import time
import warnings
from itertools import count

import numpy as np
import pandas as pd
import pytest

from utils import exercises
from utils.exercises import NotSolved, exercise

STUB = "def double(x):\n    return ...\n"
CHECK = "assert double(2) == 4, 'twice, not squared'"
NUMBERS = count()


def run_cell(source, space, name):
    """Execute a cell so that its lines can be read again, as IPython does."""
    file = f"<{name} {next(NUMBERS)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), space)


def ask(answer, check=CHECK, names="double", **extra):
    """Run a cell with an answer and a cell with its check, as a notebook would."""
    space = {"exercise": exercise, "np": np, "pd": pd, **extra}
    run_cell(answer, space, "answer")
    run_cell(f"@exercise('x-1')\ndef check({names}):\n    {check}\n", space, "check")
    return space


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (STUB, "not attempted yet (double)."),
        ("", "not attempted yet (double)."),
        ("double = ...", "not attempted yet (double)."),
        (
            "def double(x):\n    'Twice x.'\n    return ...",
            "not attempted yet (double).",
        ),
        (
            "def double(x):\n    if x > 5:\n        return x\n    return ...",
            "not yet: there is still a `return ...` in `double`.",
        ),
        (
            "def double(x):\n    y = 2 * x\n    return ...",
            "not yet: there is still a `return ...` in `double`.",
        ),
        (
            "def double(x):\n    return x ** 3",
            "not yet: twice, not squared (got 8, expected 4 for `double(2)`)",
        ),
        (
            "def double(x):\n    y = x\n    return y / 0",
            "your code raised ZeroDivisionError: division by zero, in line 3 of its "
            "cell: `return y / 0`",
        ),
        (
            "def double(x):\n    assert x > 9, 'mine'\n",
            "your code raised AssertionError: mine, in line 2 of its cell",
        ),
        (
            "def help(x):\n    return x / 0\ndef double(x):\n    return help(x)",
            "in line 2 of its cell: `return x / 0`",
        ),
        ("def double(x):\n    return 2 * x", "right ✓"),
    ],
)
def test_verdicts(answer, said, capsys):
    ask(answer)
    assert said in capsys.readouterr().out


def said(capsys):
    """The only line that was printed."""
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_a_left_over_that_is_never_reached_harms_nothing(capsys):
    ask("def double(x):\n    if x > 1:\n        return 2 * x\n    return ...")
    assert said(capsys) == "Exercise x-1: right ✓"


@pytest.mark.parametrize(
    ("answer", "check", "sentence"),
    [
        (
            "def double(x):\n    'Twice the number.'\n    2 * x",
            CHECK,
            "`double(2)` gives None (is a `return` missing?). Wanted: Twice the number.",
        ),
        ("double = lambda x: [2 * x]", CHECK, "got [4] (list of length 1), expected 4"),
        ("double = lambda x: str(2 * x)", CHECK, "got '4' (str of length 1), expected"),
        ("def double(x):\n    yield 2 * x", CHECK, "`double(2)` gives a generator."),
        ("async def double(x):\n    return 2 * x", CHECK, "gives a coroutine."),
        ("double = lambda x: map(abs, [x])", CHECK, "`double(2)` gives a map."),
        ("double = lambda x: len", CHECK, "got a builtin_function_or_method, expected"),
        ("class double:\n    def __init__(self, x): pass", CHECK, "got a double"),
        ("double = 4", CHECK, "`double` gives 4. The check cannot go on at"),
        (
            "double = lambda x: np.array([x, x])",
            CHECK,
            "gives [2 2] (ndarray of shape (2,)). The check cannot go on at `assert",
        ),
        (
            "double = lambda x: x[:3]",
            "assert np.allclose(double(np.ones(4)), np.ones(4))",
            "gives [1. 1. 1.] (ndarray of shape (3,)). The check cannot go on at",
        ),
        (
            "double = lambda x: x",
            "assert double(np.ones(2)).sum(axis=1) == 3",
            "(AxisError: axis 1 is out of bounds",
        ),
        (
            "double = lambda x: pd.Series([x])",
            "assert len(double(3).nlargest('a')) == 3",
            "gives 0 3 dtype: int64 (Series of shape (1,)). The check cannot go on",
        ),
        ("double = lambda: 4", CHECK, "`double(2)` cannot be called like this: "),
        ("double = max", CHECK, "`double(2)` cannot be called like this: "),
    ],
)
def test_the_wrong_kind_gets_a_sentence_and_no_blame(answer, check, sentence, capsys):
    ask(answer, check)
    line = said(capsys)
    assert line.startswith("Exercise x-1: not yet: "), line
    assert sentence in line
    assert "raised" not in line


def test_values_of_the_wrong_kind_get_a_sentence(capsys):
    ask("a, b = 3, None", "assert a == 3; assert b + 1 == 2", "a, b")
    assert "`a` gives 3. `b` gives None" in said(capsys)


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ("assert same(3) == 4", "not yet: got 3, expected 4 for `same(3)`"),
        (
            "assert same(3) == 4, 'one more'",
            "one more (got 3, expected 4 for `same(3)`)",
        ),
        ("found = same(3)\n    assert found == 4", "not yet: got 3, expected 4"),
        ("assert np.isclose(same(3.0), 4)", "not yet: got 3, expected 4 for"),
        (
            "assert np.allclose(same(np.arange(9.0)), np.arange(9) % 7)",
            "not yet: got 7, expected 0 at [7] for `same([0. 1. 2.",
        ),
        (
            "assert np.array_equal(same([1, 2]), [1, 3])",
            "got [1, 2] (list of length 2), expected [1, 3]",
        ),
        ("assert same(3) != 3, 'not the same'", "not yet: not the same"),
        ("assert not same(3), 'no'", "not yet: no"),
        ("assert not same(3)", "not yet: this does not hold: assert not same(3)"),
        (
            "for k in (1, 2):\n        assert same(k) == 1",
            "got 2, expected 1 for `same(2)`",
        ),
    ],
)
def test_both_values_stand_side_by_side(check, sentence, capsys):
    ask("def same(x):\n    return x", check, "same")
    line = said(capsys)
    assert sentence in line
    assert line.endswith(sentence) or sentence.startswith(("not yet: got", "got"))


def test_without_its_source_a_check_gives_its_hint(capsys):
    space = {"exercise": exercise, "double": lambda x: x}
    exec(f"@exercise('x-1')\ndef check(double):\n    {CHECK}\n", space)
    assert said(capsys) == "Exercise x-1: not yet: twice, not squared"
    exec("@exercise('x-1')\ndef check(double):\n    assert double(2) == 4\n", space)
    assert said(capsys) == "Exercise x-1: not yet: this does not hold:"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("def double(x):\n    while True:\n        x += 1", "no end after 0.3 seconds"),
        ("import time\ndouble = lambda x: time.sleep(1)", "no end after 0.3 seconds"),
        (
            "def double(x):\n    while True:\n        try:\n            x += 1\n"
            "        except Exception:\n            pass",
            "no end after 0.3 seconds, in line",
        ),
        (
            "import sys\ndouble = lambda x: sys.exit(3)",
            "your code raised SystemExit: 3",
        ),
        ("def double(x):\n    return exit()", "your code raised SystemExit"),
        ("def double(x):\n    return double(x)", "your code raised RecursionError"),
        (
            "def double(x):\n    raise KeyboardInterrupt",
            "your code raised KeyboardInterrupt, in line 2",
        ),
        ("def double(x):\n    raise GeneratorExit", "your code raised GeneratorExit"),
    ],
)
def test_whatever_an_answer_does_the_run_goes_on(answer, sentence, capsys, monkeypatch):
    monkeypatch.setattr(exercises, "LIMIT", 0.3)
    start = time.perf_counter()
    ask(answer)
    assert sentence in said(capsys)
    assert time.perf_counter() - start < 5


def test_an_interrupt_that_is_lost_comes_again(capsys, monkeypatch):
    """Python prints and drops what is raised in `__del__` and in callbacks of weakref."""
    monkeypatch.setattr(exercises, "LIMIT", 0.3)
    ask(
        "import time\ndef double(x):\n    try:\n        time.sleep(5)\n"
        "    except BaseException:\n        time.sleep(5)\n    return 2 * x"
    )
    assert "no end after 0.3 seconds" in said(capsys)


def test_printing_is_allowed_but_is_no_answer(capsys):
    ask("def double(x):\n    print(2 * x)\n    return 2 * x")
    assert capsys.readouterr().out == "4\nExercise x-1: right ✓\n"
    ask("def double(x):\n    print(2 * x)")
    assert "gives None (is a `return` missing?)" in capsys.readouterr().out


def test_an_interrupt_by_the_student_still_interrupts():
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ask("def double(x):\n    while True:\n        pass")
    timer.join()


def test_the_kernels_own_handler_is_back_after_a_check():
    import signal

    before = signal.getsignal(signal.SIGINT)
    ask("def double(x):\n    return 2 * x")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_check_works_in_another_thread(capsys):
    thread = threading.Thread(target=ask, args=["def double(x):\n    return 2 * x"])
    thread.start()
    thread.join()
    assert "right ✓" in said(capsys)


def test_indexing_with_an_ellipsis_is_an_answer(capsys):
    ask(
        "def last(x):\n    return x[..., -1]",
        "assert last(np.array([1, 2])) == 2, 'no'",
        "last",
    )
    assert "right ✓" in said(capsys)


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        ("x *= 2\n    return x", "assert double(np.array([2.0]))[0] == 4"),
        ("x[0] = np.nan\n    return x * 2", "assert double(np.array([2.0]))[0] == 4"),
        ("x.append(4)\n    return 4", "assert double([1, 2]) == 4"),
        ("x['a'] = 4\n    return 4", "assert double({'a': np.ones(2)}) == 4"),
        ("x *= 2\n    return x", "double(np.ones(2), np.random.default_rng(1))"),
        ("x['a'] = 4\n    return 4", "assert double(pd.DataFrame({'a': [1.0]})) == 4"),
    ],
)
def test_an_answer_that_changes_its_input_is_caught(answer, check, capsys):
    ask(f"def double(x, other=None):\n    {answer}", check)
    assert "not yet: `double` changes its input" in said(capsys)


def test_an_answer_that_raises_a_warning_changes_nothing(capsys):
    """Python notes a warning in the globals of the module that raised it."""
    source = "def double(x):\n    np.log(np.array([0.0]))\n    return 2 * x\n"
    check = "@exercise('x-1')\ndef check(double):\n    assert double(2) == 4\n"
    space = {"np": np, "exercise": exercise, "__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        run_cell(source, space, "answer")
        run_cell(check, space, "check")
    assert "right ✓" in said(capsys)


@pytest.mark.parametrize(
    "answer", ["global y\n    y = x", "y[0] = 5", "global z\n    z = 1"]
)
def test_an_answer_that_changes_the_notebook_is_caught_and_undone(answer, capsys):
    space = ask(f"def double(x):\n    {answer}\n    return 2 * x", y=np.arange(3.0))
    name = "z" if "z" in answer else "y"
    assert f"not yet: your code changes {name}, put back now" in said(capsys)
    assert np.array_equal(space["y"], [0, 1, 2])
    assert "z" not in space


def test_what_is_not_equal_to_its_copy_is_no_change(capsys):
    """A list of layers: its copy holds other layers. `used.y` reads no global `y`, yet its
    name looks as if it did."""
    answer = "def double(x):\n    used = type('T', (), {'y': 2})\n    return used.y * len(x)\n"
    ask(answer, "layers = [object()]\n    assert double(layers) == 2", y=[object()])
    assert "right ✓" in said(capsys)


def test_nan_in_an_unchanged_input_is_no_change(capsys):
    ask(
        "def double(x):\n    return 4",
        "assert double([np.nan, {'a': np.nan}]) == 4, 'no'",
    )
    assert "right ✓" in said(capsys)


def test_a_check_cannot_change_the_students_values(capsys):
    space = ask("values = [1, 2]", "values.append(3)", "values")
    assert space["values"] == [1, 2]


def test_what_cannot_be_copied_is_no_obstacle(capsys):
    things = [(k for k in ()), threading.Lock()]
    answer = "def double(x):\n    return 2 * x + 0 * len(things)"
    ask(answer, things=things)
    assert "right ✓" in said(capsys)
    ask("values = [(k for k in ())]", "assert len(values) == 2, 'two'", "values")
    assert "not yet: two (got 1, expected 2)" in said(capsys)


def test_nothing_leaks():
    space = ask("def double(x):\n    return 2 * x", "t = 4; assert double(2) == t")
    assert set(space) == {"exercise", "np", "pd", "double", "check", "__builtins__"}


@pytest.mark.parametrize("answer", [STUB, "def double(x):\n    return 1"])
def test_strict_mode_raises(answer, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(NotSolved, match="x-1"):
        ask(answer)


def test_strict_mode_lets_the_right_answer_pass(monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    ask("def double(x):\n    return 2 * x")
