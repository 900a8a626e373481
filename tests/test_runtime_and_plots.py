"""The environment report, the progress line, and the pictures' fixed language."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tools.lessons import ROOT
from utils import plots


def test_importing_utils_is_quiet():
    """Neither TensorFlow's start nor many small models write to stderr."""
    code = (
        "import utils, numpy as np\n"
        "from utils import runtime\n"
        "import keras\n"
        "for _ in range(7):\n"
        "    m = keras.Sequential([keras.Input((2, 1)), keras.layers.Flatten()])\n"
        "    m.predict(np.zeros((1, 2, 1)), verbose=0)\n"
        "print('JIT', runtime.JIT)"
    )
    clean = {k: v for k, v in os.environ.items() if k not in ("TF_CPP_MIN_LOG_LEVEL",)}
    clean.pop("PYTEST_CURRENT_TEST", None)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("JIT ")


def test_report_tells_what_is_out_of_range(tmp_path, capsys):
    from utils.runtime import environment_report

    needs = tmp_path / "requirements.txt"
    needs.write_text(
        "# a comment\nnumpy>=1\nkeras>=99,<100\nno-such-package>=2\n"
        'pandas>=99; sys_platform == "nowhere"\n'
    )
    assert environment_report(needs) is False
    said = capsys.readouterr().out
    assert "ok" in next(x for x in said.splitlines() if x.startswith("numpy"))
    assert "out of range, the course is tested with <100,>=99" in said
    assert "missing" in said
    assert "install no-such-package>=2" in said
    assert "pandas" not in said
    assert "make lab" in said


def test_report_finds_this_environment_fine(capsys):
    from utils.runtime import environment_report

    assert environment_report() is True
    assert "make lab" not in capsys.readouterr().out


def test_progress_line(capsys):
    import keras

    from utils.runtime import Progress

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = np.zeros((4, 1))
    line = Progress("tiny")
    model.fit(data, data, epochs=3, verbose=0, callbacks=[line])
    said = capsys.readouterr().out
    assert "tiny: done · loss 0" in said


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU", "Bidirectional"])
def test_a_model_keeps_its_colour(kind):
    plain = plots.style_of(kind)
    assert plots.style_of(f"{kind}(32), seed 3") == plain
    assert plain["color"] == plots.COLORS[kind]
    others = [
        plots.style_of(x)
        for x in ("SimpleRNN", "LSTM", "GRU", "persistence")
        if x != kind
    ]
    for other in others:
        for part in ("color", "linestyle", "marker"):
            if kind != "SimpleRNN" or part != "linestyle":
                assert other[part] != plain[part] or part == "linestyle"


def test_ladder_has_the_best_at_the_top():
    scores = pd.Series({"persistence": 3.0, "GRU": 1.0, "AR(2)": 2.0})
    ax = plots.plot_ladder(scores, "title", "MAE")
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        "persistence",
        "AR(2)",
        "GRU",
    ]
    plots.plt.close("all")


def test_forecast_aligns_with_the_end():
    index = pd.date_range("2000-01-01", periods=6, freq="MS")
    actual = pd.Series(range(6), index=index, dtype=float)
    ax = plots.plot_forecast(
        actual,
        {"GRU": np.array([4.0, 5.0])},
        "title",
        "unit",
        intervals={"GRU": (np.array([3.0, 4.0]), np.array([5.0, 6.0]))},
    )
    drawn = ax.get_lines()[1]
    assert list(drawn.get_xdata()) == list(index[-2:])
    assert len(ax.collections) == 1
    plots.plt.close("all")


def test_animation_is_light_and_starts_paused():
    figure, ax = plots.plt.subplots(figsize=(3, 2), dpi=50)
    page = plots.animate(figure, lambda i: ax.plot([0, i]), frames=4).data
    assert len(page) < 2_000_000
    assert "http" not in page.replace("http://www.w3.org", "")
    assert not plots.plt.fignum_exists(figure.number), "the figure is shown once"
