"""The course's pictures: one style, one fixed colour and line for each kind of model.

Importing this module sets matplotlib's style for the whole notebook
(``course.mplstyle``). Every function draws on ``ax`` (or a new figure) and returns the
axes, so a lesson can add what is its own.
"""

import base64
import hashlib
import html
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib import animation
from PIL import Image  # matplotlib depends on it

#: Colour, line and marker of each kind of model, the same in every lesson; the colours can
#: be told apart by the colour-blind (Okabe & Ito 2008).
STYLES = {
    "SimpleRNN": ("#E69F00", "-", "o"),
    "LSTM": ("#0072B2", "--", "s"),
    "GRU": ("#009E73", "-.", "^"),
    "Bidirectional": ("#D55E00", (0, (5, 1)), "D"),
    "ConvLSTM2D": ("#CC79A7", "-", "v"),
    "Dense": ("#56B4E9", "-", "P"),
}
COLORS = {"data": "#404040", "baseline": "#8c8c8c"}
COLORS |= {kind: style[0] for kind, style in STYLES.items()}
BASELINE_LINES = [(0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (2, 3))]
BASELINE_COLORS = ["#8c8c8c", "#b07d62", "#7a86b8", "#5f5f5f"]

STYLE = Path(__file__).with_name("course.mplstyle")
plt.style.use(STYLE)


def style_of(name, nth_baseline=0):
    """Colour, line style and marker of a model, by the cell type found in its name."""
    nth = nth_baseline % len(BASELINE_LINES)
    style = BASELINE_COLORS[nth], BASELINE_LINES[nth], "x"
    for kind in sorted(STYLES, key=len):  # the longest name that fits, ConvLSTM2D
        if kind.lower() in name.lower():
            style = STYLES[kind]
    return dict(zip(("color", "linestyle", "marker"), style, strict=True))


def line_of(name, nth_baseline=0):
    """Colour and line style of a model, without its marker."""
    style = style_of(name, nth_baseline)
    return {key: value for key, value in style.items() if key != "marker"}


def _axes(ax, **size):
    return ax if ax is not None else plt.subplots(**size)[1]


def _is_baseline(name):
    return style_of(name)["marker"] == "x"


def plot_series(series, title, unit, ax=None, **line):
    """Draw one observed series (pandas, with its dates) in the data's dark grey."""
    ax = _axes(ax)
    line = {"color": COLORS["data"], "lw": 0.9} | line
    ax.plot(series.index, series.to_numpy(), **line)
    ax.set(title=title, ylabel=unit)
    return ax


def plot_forecast(actual, forecasts, title, unit, intervals=None, ax=None):
    """Draw observed values and, over them, one line for each forecast.

    Args:
        actual: pandas Series with its dates.
        forecasts: dictionary from a model's name to an array or Series.
        title: what the picture shows, in words.
        unit: label of the vertical axis.
        intervals: dictionary from a model's name to (lower, upper) arrays.
        ax: axes to draw on.
    """
    ax, nth = plot_series(actual, title, unit, ax, lw=1.1, label="observed"), 0
    for name, values in forecasts.items():
        index = getattr(values, "index", actual.index[-len(values) :])
        line = line_of(name, nth)
        nth += _is_baseline(name)
        ax.plot(index, np.asarray(values), label=name, **line)
        if intervals and name in intervals:
            low, high = intervals[name]
            ax.fill_between(index, low, high, color=line["color"], alpha=0.18, lw=0)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def plot_ladder(scores, title, unit, spread=None, ax=None):
    """Draw models as rungs, the best at the top; baselines hollow, networks filled.

    Args:
        scores: pandas Series from a model's name to its error.
        title: what the picture shows, in words.
        unit: label of the error axis.
        spread: dictionary from a model's name to the errors of its single runs.
        ax: axes to draw on.
    """
    scores = scores.sort_values(ascending=False)
    ax = _axes(ax, figsize=(8.4, 0.6 + 0.34 * len(scores)))
    for rung, (name, score) in enumerate(scores.items()):
        color, hollow = style_of(name)["color"], _is_baseline(name)
        for run in (spread or {}).get(name, ()):
            ax.plot(run, rung, "|", color=color, ms=11, alpha=0.7)
        marker, face = ("o", "none") if hollow else (style_of(name)["marker"], color)
        ax.plot(score, rung, marker, color=color, mfc=face, ms=8)
        above = {"xytext": (0, 7), "textcoords": "offset points", "ha": "center"}
        ax.annotate(f"{score:.2f}", (score, rung), fontsize=8, **above)
    ax.set_yticks(range(len(scores)), scores.index)
    ax.margins(x=0.08)
    ax.set(title=title, xlabel=unit, ylim=(-0.6, len(scores) - 0.3))
    ax.grid(axis="x", visible=False)
    return ax


#: The frame around a player: its buttons are plain characters, it has a still for paper.
FILM = Path(__file__).with_name("film.html").read_text(encoding="utf-8")


def _packed(png):
    """The same picture with 128 colours, a third of the bytes, as base64."""
    small = io.BytesIO()
    Image.open(png).convert("RGB").quantize(128).save(small, "png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def animate(figure, draw, frames, seconds=0.6):
    """An animation that plays without a server, starts paused and has step buttons.

    It asks no other host for anything; on paper its last frame stands alone.

    Args:
        figure: the matplotlib figure; it is closed, so that it does not show twice.
        draw: function of the frame number that redraws the figure.
        frames: number of frames.
        seconds: time that one frame is shown.

    Returns:
        IPython.display.HTML: put it last in a cell.

    Raises:
        ValueError: a page of more than 2 MB.
    """
    film = animation.FuncAnimation(figure, draw, frames=frames, interval=1000 * seconds)
    draw(0)
    figure.canvas.draw()
    figure.set_layout_engine("none")  # laid out once, not anew in every frame
    figure.canvas.draw_idle = lambda: None  # saving a frame draws it: once is enough
    with plt.rc_context({"animation.embed_limit": 64}):
        player = film.to_jshtml(default_mode="once", fps=1 / seconds)
    player = re.sub(r"<link [^>]*>", "", player)  # the icons' font, from another host
    player = re.sub(
        r"(?<=base64,)[^\"]+",
        lambda frame: _packed(io.BytesIO(base64.b64decode(frame[0].replace("\\", "")))),
        player,
    )
    draw(frames - 1)
    still = io.BytesIO()
    figure.savefig(still, format="png", dpi=figure.dpi)
    alt = html.escape(", ".join(ax.get_title(loc="left") for ax in figure.axes))
    plt.close(figure)
    # ids the same at every run; on the page, film.html makes them each copy's own
    random = re.search(r'id="_anim_img(\w+)"', player)[1]
    fixed = hashlib.sha1(player.replace(random, "").encode()).hexdigest()
    player = player.replace(random, fixed)
    player = player.replace('<img id="', f'<img alt="{alt}" id="')
    player = player.replace('type="range"', 'type="range" aria-label="Frame"')
    page = FILM.replace("ALT", alt).replace("NAME", fixed)
    page = page.replace("STILL", _packed(still)).replace("PLAYER", player)
    if len(page) > 2e6:
        raise ValueError(
            f"The animation has {len(page) / 1e6:.1f} MB; the limit is 2 MB. Take fewer "
            f"frames than {frames}, a smaller figure or a lower dpi."
        )
    return HTML(page)
