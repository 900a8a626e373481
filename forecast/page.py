"""What is left of a run: lines of text, a picture, and one page without any link."""

import base64
import html
import io
import os
import re
import signal
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from utils import plots


def page_path(name, folder):
    """Where the page of a series is written: the one place that knows its name."""
    return Path(folder) / f"{name}-verdict.html"


def why_not_writable(folder):
    """None if a file can be written into a folder, otherwise the reason in words."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def day(stamp):
    """A date as text, with its hour if it has one."""
    return f"{stamp:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def plain(text):
    """A text for Markdown, in which no letter is a mark: ``a_b|$x$`` stays as it is."""
    return re.sub(r"([\\`*_{}\[\]$|<>~#])", r"\\\1", text)


def decimals(error):
    """Decimals that show an error, and forecasts that have it, with three digits or more."""
    if not np.isfinite(error) or error <= 0:
        return 3
    return int(np.clip(2 - np.floor(np.log10(error)), 0, 9))


def draw(figure, answer):
    """The picture: forecast with its band, test error by step, validation error of all.

    Names are drawn letter by letter: a column called ``$x_1$`` is no formula.

    Args:
        figure: an empty matplotlib figure.
        answer: an `Answer`.
    """
    with plt.rc_context({"text.parse_math": False}):
        _draw(figure, answer)
        figure.canvas.draw()  # tick labels are made while drawing


def _draw(figure, answer):
    series, future, verdict = answer.series, answer.future, answer.verdict
    curves, chosen = answer.curves, verdict.chosen
    nth = {name: k for k, name in enumerate(curves)}
    top, below = figure.subfigures(2, 1, height_ratios=[1.1, 1])
    ax = top.subplots()
    style = plots.style_of(chosen, nth.get(chosen, 0))
    shown, title = series.iloc[-6 * len(future) :], f"the next {len(future)} steps"
    plots.plot_series(shown, f"{chosen}: {title}", str(series.name), ax)
    ax.plot(future, answer.ahead, color=style["color"], lw=2, label=chosen)
    ax.tick_params(axis="x", rotation=20)
    band = answer.ahead - answer.margin, answer.ahead + answer.margin
    ax.fill_between(
        future, *band, color=style["color"], alpha=0.2, lw=0, label="9 of 10"
    )
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    left, right = below.subplots(1, 2)
    for name, curve in curves.items():
        steps = np.arange(1, len(curve) + 1)
        left.plot(steps, curve, label=name, **plots.line_of(name, nth[name]))
    error = f"mean absolute error, {series.name}"
    left.set(title="test error by step", xlabel="steps ahead", ylabel=error, ylim=0)
    left.legend(fontsize=8)
    scores = answer.scores
    colors = [plots.style_of(m, nth.get(m, 0))["color"] for m in scores.index]
    right.barh(scores.index, scores, color=colors, height=0.6)
    for name, seeds in answer.by_seed.items():
        right.plot(seeds, [name] * len(seeds), "|", color="black", ms=7)
    right.invert_yaxis()
    right.set(title="validation error, | one seed", xlabel=error)


def picture(answer):
    """The picture as the bytes of a PNG."""
    figure, file = plt.figure(figsize=(9, 6.6), layout="constrained"), io.BytesIO()
    try:
        draw(figure, answer)
        with plt.rc_context({"text.parse_math": False}):
            figure.savefig(file, format="png", dpi=110)
    finally:
        plt.close(figure)
    return file.getvalue()


def table(answer):
    """The forecast as rows of text: date, forecast, half width of its band."""
    digits = answer.digits
    return [
        (day(date), f"{value:.{digits}f}", f"± {wide:.{digits}f}")
        for date, value, wide in zip(
            answer.future, answer.ahead, answer.margin, strict=True
        )
    ]


def text(answer):
    """The page as plain text: its lines, and the forecast."""
    rows = [("date", "forecast", "9 of 10"), *table(answer)]
    wide = [max(len(row[k]) for row in rows) for k in range(3)]
    shown = [
        "  ".join(c.rjust(w) for c, w in zip(row, wide, strict=True)) for row in rows
    ]
    return "\n".join([*answer.lines, "", *shown])


def page(answer, png):
    """The page as HTML: text, picture and forecast, nothing from elsewhere."""
    title, code = html.escape(answer.name), base64.b64encode(png).decode()
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in answer.lines)
    rows = "".join(
        f"<tr><td>{date}</td><td>{value}</td><td>{wide}</td></tr>"
        for date, value, wide in table(answer)
    )
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        f"<title>{title}</title>"
        "<style>body{font-family:sans-serif;max-width:60em;margin:auto}"
        "td,th{text-align:right;padding:0 1em}</style>"
        f"<h1>{title}</h1>{lines}<img src='data:image/png;base64,{code}' "
        "style='width:100%' alt='The forecast with its band; the test error by step; the "
        "validation error of every method'>"
        "<table><tr><th>date</th><th>forecast</th><th>9 of 10 within</th></tr>"
        f"{rows}</table></html>\n"
    )


@contextmanager
def _undisturbed():
    """Ctrl-C waits for the few milliseconds of a write."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def write(path, content):
    """Write a text beside its place, then rename it: the file is whole or not there.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    path = Path(path)
    with _undisturbed():
        handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(content)
            beside = Path(beside)
            beside.chmod(0o666 & ~_mask())
            beside.replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def _mask():
    """What the user's files deny to others (``umask``)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
