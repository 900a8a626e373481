"""The pictures' fixed language."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tools.lessons import ROOT
from utils import plots

KINDS = ["SimpleRNN", "LSTM", "GRU", "Bidirectional", "ConvLSTM2D", "Dense"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_keeps_its_style(kind):
    plain = plots.style_of(kind)
    assert plots.style_of(f"{kind}(32), seed 3") == plain
    assert plain["color"] == plots.COLORS[kind]
    assert plots.line_of(kind) == {k: plain[k] for k in ("color", "linestyle")}


def test_models_are_told_apart_by_colour_line_and_marker():
    """Also without colour: each pair of cells differs in its line, and in its marker."""
    styles = [plots.style_of(x) for x in [*KINDS[:4], "persistence"]]
    for part in ("color", "linestyle", "marker"):
        values = [str(style[part]) for style in styles]
        assert len(set(values)) == len(values), (part, values)
    baselines = [plots.style_of("AR(2)", nth) for nth in range(4)]
    assert len({str(style["linestyle"]) for style in baselines}) == 4


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


def test_importing_utils_changes_what_it_says_and_nothing_else():
    """The package: named variables of the environment; `plots`: the style file."""
    code = """
import os, sys, logging, signal, warnings
import matplotlib
def state():
    return {"environ": dict(os.environ), "handlers": list(logging.getLogger().handlers),
            "filters": list(warnings.filters), "hook": sys.excepthook, "cwd": os.getcwd(),
            "signal": signal.getsignal(signal.SIGINT)}
import numpy, pandas, statsmodels.tsa.api, IPython.display
before, drawn = state(), dict(matplotlib.rcParams)
import utils, utils.windows, utils.scores, utils.grid, utils.datasets, utils.baselines
import utils.exercises
after = state()
changed = {k for k in after["environ"] if before["environ"].get(k) != after["environ"][k]}
assert changed <= {"KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS",
                   "OPENBLAS_NUM_THREADS"}, changed
for part in before:
    assert part == "environ" or before[part] == after[part], part
assert dict(matplotlib.rcParams) == drawn, "only utils.plots sets the style"
from utils import plots
style = matplotlib.rc_params_from_file(plots.STYLE, use_default_template=False)
moved = {k for k in drawn if drawn[k] != matplotlib.rcParams[k]}
assert moved <= set(style), moved
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
