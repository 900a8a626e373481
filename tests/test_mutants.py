"""Every solution, changed by a machine in one place, is refused by its check.

Mutants that a check calls right although they differ from the solution are survivors; the
few that are right answers, too, or differ only where nobody asks, are listed with a reason
in ``tests/survivors.toml``. A listed one that is refused now must be taken out of the list.
"""

import time

import keras
import numpy as np
import pytest

from tools import mutants
from tools.lessons import ROOT, all_lessons, tags, tomllib
from utils.exercises import exercise

LESSONS = [
    x for x in all_lessons() if any("exercise" in tags(c) for c in x.read().cells)
]
KNOWN = tomllib.loads((ROOT / "tests" / "survivors.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_every_mutant_is_refused(lesson, tmp_path, monkeypatch, record_property):
    monkeypatch.setenv("COURSE_SEED", "0")
    monkeypatch.chdir(tmp_path)
    tried = mutants.try_lesson(lesson)
    record_property("mutants", {name: mutants.numbers(f) for name, f in tried.items()})
    for name, found in tried.items():
        alive = [what for what, _ in found["survivors"]]
        reasons = KNOWN.get(name, {})
        assert set(alive) <= set(reasons), (
            f"{name}: called right, though wrong: {alive}"
        )
        assert set(reasons) <= set(alive), f"{name}: no longer survives, take it out"
        assert found["killed"] >= found["mutants"] / 2, f"{name}: {found}"


def test_what_is_listed_exists_and_has_reasons():
    names = {n for lesson in LESSONS for n in mutants.exercises_of(lesson)}
    assert set(KNOWN) | mutants.TRAINING <= names
    assert all(len(why) > 20 for listed in KNOWN.values() for why in listed.values())


SOLUTION = "def above(values, low):\n    return [v for v in values if v > low]"
WEAK = "assert above([1, 2, 4], 3) == [4]"
STRONG = "assert above([1, 2, 3, 4], 3) == [4] and above([5, 0], 0) == [5]"


def ask(check):
    source = f"@exercise('x-1')\ndef check(above):\n    {check}\n"
    return mutants.try_exercise({"exercise": exercise}, "x-1", SOLUTION, source)


def test_a_weak_check_has_survivors_and_a_strong_one_has_none():
    weak, strong = ask(WEAK), ask(STRONG)
    assert "2: v > low → v >= low" in dict(weak["survivors"])
    assert not strong["survivors"]
    for found in (weak, strong):
        rest = len(found["equal"]) + len(found["survivors"])
        assert found["killed"] + rest == found["mutants"]


def test_what_is_slow_is_not_compared_and_not_stopped_either(monkeypatch):
    """TensorFlow, stopped while it traces a training, may refuse every later one."""
    monkeypatch.setattr(mutants, "PATIENCE", 0.01)
    ended = []

    def slow(seconds):
        time.sleep(seconds)
        ended.append(seconds)
        return seconds

    assert mutants.outcome(slow, (0.2,)) == (False, 0.2)
    assert ended == [0.2]
    assert mutants.outcome(lambda x: x[5], ([],)) == (False, None)


TRAIN = """def train(x, y):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, batch_size={}, verbose=0)
    return model"""


def test_a_mutant_that_trains_to_the_same_weights_is_no_survivor():
    # Keras reads a batch size of 0 as none, and takes its 32: another way to say the same
    source = (
        "@exercise('x-2')\ndef check(train):\n"
        "    x = np.arange(8.0)[:, None]\n"
        "    assert isinstance(train(x, x), keras.Model)\n"
    )
    space = {"exercise": exercise, "keras": keras, "np": np}
    found = mutants.try_exercise(space, "x-2", TRAIN.format(32), source)
    assert "4: 32 → 0" in dict(found["equal"])
    found = mutants.try_exercise(space, "x-2", TRAIN.format(3), source)
    assert "4: 3 → 4" in dict(found["survivors"])  # other batches, other weights


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("a = b - c", "a = c - b"),
        ("a = b - c", "a = b + c"),
        ("a = b + c", "a = c"),
        ("a = b < c", "a = b <= c"),
        ("a = 3", "a = 4"),
        ("a = -b", "a = b"),
        ("a = b and c", "a = b or c"),
        ("a = f(b, c)", "a = f(c, b)"),
        ("a = b.mean(axis=1)", "a = b.mean(axis=0)"),
        ("a = b.mean()", "a = b.median()"),
        ("a = min(b)", "a = max(b)"),
        ("a = sorted(b)", "a = b"),
        ("a = b[1:]", "a = b[1 + 1:]"),
        ("a = b[:c]", "a = b[:c - 1]"),
        ("a = range(b)", "a = range(b - 1)"),
        ("a = [b, c]", "a = [c, b]"),
        ("if a:\n    b = 1", "if True:\n    b = 1"),
        ("if a:\n    b = 1", "if a:\n    pass"),
    ],
)  # fmt: skip
def test_what_a_mutant_may_be(source, mutant):
    assert mutant in dict((text, what) for what, text in mutants.mutants(source))
