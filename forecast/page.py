"""What is left of a run: lines of text, a picture, and one page without any link."""

import base64
import html
import io
import os
import re
import signal
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import Formatter, MaxNLocator

from forecast.bands import LEVELS, ceiling
from forecast.plan import step_of
from utils import plots

#: By these words a later run knows what it may replace.
MADE_BY = "python -m forecast"
HEADER = "date,forecast,lower_80,upper_80,lower_95,upper_95"
#: Between groups of thousands: a space at which no line breaks, on every screen.
SPACE = "\xa0"
#: What a method does, for those who have not met its name; by its name without numbers.
METHODS = {
    "median": "the middle one of all values so far",
    "seasonal median": "the middle one of all values at the same place of the season",
    "persistence": "repeats the last value",
    "drift": "goes on along the straight line from the first value to the last",
    "seasonal naive": "repeats the last season",
    "seasonal naive with drift": "repeats the last season, and adds what a season brings on "
    "average",
    "seasonal naive × growth": "repeats the last season, grown as that one had grown",
    "AR": "a weighted sum of so many last values, one step after the other",
    "ARIMA": "a weighted sum of the last changes and errors",
    "SARIMA": "a weighted sum of the last changes and errors, and those a season ago",
    "Holt": "follows level and trend; new values count more than old ones",
    "Holt-Winters": "follows level, trend and season; new values count more than old ones",
    "zero-shot network": "a network that learnt from invented series, none from yours",
    "linear window": "a weighted sum of so many last values, its own for each step ahead",
    "SimpleRNN": "a network that reads value after value; the simplest of the three",
    "GRU": "a network that reads value after value and learns what to remember",
    "LSTM": "a network that reads value after value, with a memory that it can clear",
}


def paths(name, folder):
    """Where the answer is kept, {"csv": path, "png": …, "html": …}: the one place that knows.

    Args:
        name: of the series, the file's without its ending.
        folder: where to.
    """
    kinds = ("csv", "png", "html")
    return {kind: Path(folder) / f"{name}-forecast.{kind}" for kind in kinds}


def not_ours(path):
    """Whether there is something of that name that this program has not written."""
    path = Path(path)
    if not path.exists() and not path.is_symlink():
        return False
    try:
        with path.open("rb") as file:
            start = file.read(1000)
    except OSError:
        return True
    return not (start.startswith(HEADER.encode()) or MADE_BY.encode() in start)


def why_not_writable(folder):
    """None if a file can be written into a folder, otherwise the reason in words."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def day(stamp, index=()):
    """A date as text, with its hour if it or one of its series has one."""
    with_hour = stamp != stamp.normalize() or any(
        date != date.normalize() for date in index[:50]
    )
    shown = "%Y-%m-%d"
    if with_hour:
        shown += " %H:%M:%S" if stamp.second else " %H:%M"
    return stamp.strftime(shown)


def label(stamp, series):
    """A date as its file writes it where it names no day (2020, 1995Q1), else as text."""
    spelt, (_, kind) = series.attrs.get("spelt", ""), step_of(series)
    if kind == "Y" and re.fullmatch(r"\d{4}", spelt):
        return f"{stamp.year}"
    if kind == "Q" and "q" in spelt.lower():
        return f"{stamp.year}Q{stamp.quarter}"
    return day(stamp, series.index)


def step_words(series):
    """The step of a series in words: ``1 month``, ``5 minutes``."""
    if series.attrs.get("numbered"):
        return "1 line"
    count, kind = step_of(series)
    words = {"D": "day", "B": "working day", "W": "week", "h": "hour", "min": "minute"}
    words |= {"Y": "year", "Q": "quarter", "M": "month", "s": "second"}
    words |= {"SMS": "half month", "SME": "half month"}
    return f"{count} {words.get(kind, kind)}{'s' if count > 1 else ''}"


def span(series, start, stop):
    """First and last date of a part of a series, as text; line numbers for want of dates."""
    if series.attrs.get("numbered"):
        return str(start + 1), str(stop)
    return label(series.index[start], series), label(series.index[stop - 1], series)


def plain(text):
    """A text for Markdown, in which no letter is a mark: ``a_b|$x$`` stays as it is."""
    return re.sub(r"([\\`*_{}\[\]$|<>~#])", r"\\\1", text)


def decimals(error, digits=3, least=0):
    """Decimals that show an error with so many digits or more; below 0: whole tens, …."""
    if not np.isfinite(error) or error <= 0:
        return digits
    return int(np.clip(digits - 1 - np.floor(np.log10(error)), least, 20))


def own_decimals(values):
    """Decimals that the file writes: as many as 19 of 20 values need (others were filled)."""
    for count in range(20):
        scaled = values * 10.0**count
        whole = np.abs(scaled - np.round(scaled)) <= 1e-9 * np.maximum(
            np.abs(scaled), 1
        )
        if whole.mean() >= 0.95:
            return count
    return 20


def table_decimals(own, error, low, high):
    """Decimals of a forecast; below 0: whole tens, hundreds, ….

    Args:
        own: decimals of the file, the most that are shown,
        error: of which three digits count,
        low, high: ends of a band; they are shown apart, with more decimals if need be.
    """
    count, wide = min(own, decimals(error, least=-20)), high - low
    most = decimals(wide.max(), least=-20)
    while (
        count < most and (np.round(low, count) == np.round(high, count))[wide > 0].any()
    ):
        count += 1
    return count


#: Names of a thousand to the power of 2, 3, …, and of its parts.
WORDS = {6: "million", 9: "billion", 12: "trillion"}
WORDS |= {-3: "thousandths", -6: "millionths", -9: "billionths", -12: "trillionths"}


def unit(*values):
    """What numbers of an axis are divided by, and how it is called; 1 and "" if by nothing.

    Sizes from a thousandth to below a million stand as they are, and so do large ones of
    which the seventh digit differs first.
    """
    every = np.concatenate([np.ravel(each) for each in values])
    largest, spread = np.abs(every).max(), np.ptp(every)
    if 1e-3 <= largest < 1e6 or largest == 0:
        return 1.0, ""
    if largest >= 1e6 and spread > 0:
        largest = min(largest, 1000 * spread)
    power = int(np.clip(3 * np.floor(np.log10(largest) / 3), -12, 12))
    return (10.0**power, f", {WORDS[power]}") if power in WORDS else (1.0, "")


class _Ticks(Formatter):
    """Numbers at ticks as they stand in the tables, divided by the axis' unit."""

    def __init__(self, unit):
        self.unit = unit

    def format_ticks(self, values):
        shown = np.asarray(values) / self.unit
        return [number(x, own_decimals(shown), SPACE) for x in shown]

    def __call__(self, value, position=None):
        return self.format_ticks([value])[0]


def draw(figure, answer):
    """The picture: forecast with its bands, test error by step, validation error of all.

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
    style = _style(chosen, nth)
    back = max(6 * len(future), 2 * answer.plan.longest + 1)
    shown, title = series.iloc[-back:], "the next step"
    if len(future) > 1:
        title = f"the next {len(future)} steps"
    dates = pd.DatetimeIndex(shown.index), pd.DatetimeIndex(future)
    if answer.numbered:
        steps = np.arange(1, len(series) + len(future) + 1)
        dates = steps[: len(series)][-back:], steps[len(series) :]
    ax.plot(dates[0], shown.to_numpy(), color=plots.COLORS["data"], lw=0.9)
    ax.plot(
        dates[1], answer.ahead, color=style["color"], lw=2,
        marker="o" if len(future) == 1 else None, label=chosen,
    )  # fmt: skip
    for level, (low, high) in sorted(answer.bands.items(), reverse=True):
        shade = {"color": style["color"], "alpha": 0.15 if level > 90 else 0.3, "lw": 0}
        if len(future) == 1:
            ax.vlines(dates[1], low, high, color=style["color"], lw=150 / level)
        else:
            ax.fill_between(dates[1], low, high, label=f"{level} %", **shade)
    ends = [end for band in answer.bands.values() for end in band]
    size, word = unit(shown, answer.ahead, *ends)
    ax.yaxis.set_major_formatter(_Ticks(size))
    ax.set(title=f"{_short(chosen)}: {title}", ylabel=_short(str(series.name)) + word)
    if answer.numbered:
        ax.set_xlabel("line of the file")
    else:
        ticks = AutoDateLocator(minticks=3, maxticks=8)
        ax.xaxis.set_major_locator(ticks)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(ticks))
    ax.legend(*_few(ax), loc="center left", bbox_to_anchor=(1, 0.5))
    left, right = below.subplots(1, 2)
    for name, curve in curves.items():
        steps = np.arange(1, len(curve) + 1)
        line = _style(name, nth) | {"marker": "."}
        left.plot(steps, curve, label=_short(name), **line)
    if len(future) > 8:
        left.xaxis.set_major_locator(MaxNLocator(integer=True))
    else:
        left.set_xticks(range(1, len(future) + 1))
    right.xaxis.set_major_locator(MaxNLocator(4))
    scores = answer.scores.head(12)
    size, word = unit(scores, *curves.values())
    error = f"mean absolute error, {_short(str(series.name))}{word}"
    left.set(title="test error by step", xlabel="steps ahead", ylabel=error, ylim=0)
    left.legend(fontsize=8)
    colors = [_style(name, nth)["color"] for name in scores.index]
    right.barh([_short(m) for m in scores.index], scores, color=colors, height=0.6)
    for name, seeds in answer.by_seed.items():
        if name in scores.index:
            right.plot(seeds, [_short(name)] * len(seeds), "|", color="black", ms=7)
    right.tick_params(axis="y", labelsize=8)
    right.invert_yaxis()
    right.set(title="validation error, | one seed", xlabel=error)
    for each in (left.yaxis, right.xaxis):
        each.set_major_formatter(_Ticks(size))


def _style(name, nth):
    """Colour, line and marker; the mean of two has none of theirs."""
    kind = "mean" if name.startswith("mean of ") else name
    return plots.style_of(kind, nth.get(name, 0))


def _few(ax):
    """Handles and shortened labels of a legend."""
    handles, labels = ax.get_legend_handles_labels()
    return handles, [_short(label, 24) for label in labels]


def _short(text, most=40):
    """A text that leaves room for the picture."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def picture(answer):
    """The picture as the bytes of a PNG."""
    figure, file = plt.figure(figsize=(9, 6.6), layout="constrained"), io.BytesIO()
    try:
        draw(figure, answer)
        with plt.rc_context({"text.parse_math": False}):
            maker = {"Software": MADE_BY}
            figure.savefig(file, format="png", dpi=110, metadata=maker)
    finally:
        plt.close(figure)
    return file.getvalue()


def table(answer, days=None, space=SPACE):
    """The forecast as rows of text: date, forecast, lower and upper end of each band."""
    columns = [answer.ahead, *(end for level in LEVELS for end in answer.bands[level])]
    digits = answer.digits
    shown = [[number(x, digits, space) for x in column] for column in columns]
    return list(zip(days or answer.days, *shown, strict=True))


def number(value, digits, space=""):
    """A number with so many decimals, never ``-0`` and never with an exponent.

    Args:
        value: the number.
        digits: its decimals; below 0 it is rounded to tens, hundreds, ….
        space: between groups of thousands.
    """
    rounded = round(float(value), digits) + 0.0
    return f"{rounded:_.{max(digits, 0)}f}".replace("_", space)


def forecast_csv(answer):
    """The forecast as a CSV file: date, forecast, lower and upper ends; for programs."""
    days = answer.days
    if not answer.numbered:
        days = [day(date, answer.series.index) for date in answer.future]
    lines = [HEADER, *(",".join(row) for row in table(answer, days, ""))]
    return "\n".join(lines) + "\n"


def text(answer):
    """The answer as plain text: what was found, then the forecast as a table."""
    heads = [f"{level} % {end}" for level in LEVELS for end in ("from", "to")]
    rows = [("step" if answer.numbered else "date", "forecast", *heads), *table(answer)]
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    shown = [
        "  ".join(c.rjust(w) for c, w in zip(row, wide, strict=True)) for row in rows
    ]
    said = [f"{name}: {what_it_does(name)}." for name in answer.compared]
    return "\n".join([*answer.lines, *remarks(answer), "", *said, "", *shown])


def what_it_does(name, rungs=()):
    """One line on a method; on one that is not known here what its class says of itself."""
    if name.startswith("mean of "):
        return "half of the one forecast and half of the other"
    if name == "AR(0)":
        return "always the mean of what it learnt from"
    found = METHODS.get(re.sub(r"^damped | on logs$| of \d+|\(.*\)", "", name), "")
    if not found and name in rungs:
        model = rungs[name].model
        found = (getattr(model, "model", model).__doc__ or "").split("\n")[0]
    more = ", the trend fading" * name.startswith("damped ")
    more += "; on logarithms, that is, in per cent" * name.endswith(" on logs")
    return f"{found.rstrip('.')}{more}" if found else ""


def remarks(answer):
    """What a reader of the verdict must know besides, as sentences."""
    series, said = answer.series, []
    end, last = series.attrs.get("ends"), series.index[-1]
    if end is not None and end > last:
        until, others = label(last, series), label(end, series)
        if answer.numbered:
            until, others = len(series), f"{len(series) + (end - last).days}"
        said.append(
            f"The forecast begins after {until}, the last value that was used, and not at "
            f"the end of the file, {others}: what lies between was left out."
        )
    first, *_ = LEVELS
    if answer.held[first] < 0.75 * first / 100:
        said.append(
            f"Do not trust the intervals: of the test part's values the {first} % interval "
            f"would have held only {100 * answer.held[first]:.0f} %."
        )
    if all(np.array_equal(low, high) for low, high in answer.bands.values()):
        said.append("Intervals without width: the past had no error at all.")
    most = ceiling(series)
    if (
        np.isfinite(most)
        and max(high.max() for _, high in answer.bands.values()) == most
    ):
        said.append(
            f"The intervals end at {most:g}, for by its name {series.name!r} cannot exceed "
            "it."
        )
    return said


def _html_table(caption, head, rows):
    """A table with its caption and a header; the first cell of a row names it."""
    heads = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in rest)
        + "</tr>\n"
        for first, *rest in rows
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table>"
    )


def _paragraphs(lines, kind="p"):
    return "".join(f"<{kind}>{html.escape(line)}</{kind}>\n" for line in lines)


def page(answer, png):
    """The page as HTML: text, picture and forecast, nothing from elsewhere."""
    title, code = html.escape(answer.name), base64.b64encode(png).decode()
    value, when = str(answer.series.name), "step" if answer.numbered else "date"
    heads = [f"{level} % {end}" for level in LEVELS for end in ("from", "to")]
    doing = {
        "learn": "learning (training part)",
        "choose": "choosing a method (validation part)",
        "test": "the verdict (test part)",
        "forecast": "forecast",
    }
    plan = [
        (doing[part], first, last, str(count))
        for part, (first, last, count) in answer.parts.items()
    ]
    tested = {name: answer.test_errors(name).mean() for name in answer.scores.index}
    d = decimals(tested[answer.verdict.baseline], least=-20)
    methods = [
        (name, number(error, d, SPACE), number(tested[name], d, SPACE))
        for name, error in answer.scores.items()
    ]
    details = _paragraphs([*answer.report, *answer.lines[:-2]])
    chosen, rungs = answer.verdict.chosen, answer.ladder.rungs
    named = [*tested, *(line.split(":")[0] for line in answer.ladder.left_out)]
    lines = [f"{name}: {what}" for name in named if (what := what_it_does(name, rungs))]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="generator" content="{MADE_BY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: forecast</title>
<style>
body {{ font-family: sans-serif; max-width: 60em; margin: auto; padding: 0 1em 3em;
  line-height: 1.45; overflow-wrap: anywhere }}
img {{ width: 100%; min-width: 40em }}
div {{ overflow-x: auto }}
table {{ border-collapse: collapse; margin: 1.5em 0; font-variant-numeric: tabular-nums;
  overflow-wrap: normal }}
caption {{ text-align: left; font-weight: bold; padding: .3em 0 }}
th, td {{ padding: .15em .8em; text-align: right; border-bottom: 1px solid #ddd;
  white-space: nowrap }}
th:first-child {{ text-align: left; font-weight: normal }}
thead th, thead th:first-child {{ font-weight: bold; border-bottom: 2px solid #888 }}
.verdict {{ border-left: .3em solid #009E73; padding-left: .8em; font-size: 1.1em }}
</style></head><body>
<h1>{title}</h1>
<p class="verdict">{html.escape(answer.lines[-1])}</p>
{
        _paragraphs([f"The forecast was made with {chosen}.", *remarks(answer)])
    }<div><img src="data:image/png;base64,{
        code
    }" alt="The forecast with its bands; the test error by
step; the validation error of every method"></div>
<div>{
        _html_table(f"Forecast of {value}", [when, "forecast", *heads], table(answer))
    }</div>
<p>{html.escape(answer.promise)}</p>
<h2>The plan</h2>
<div>{
        _html_table(
            "What each part of the series served for",
            ["part", "from", "to", "values"],
            plan,
        )
    }</div>
<h2>The methods</h2>
<div>{
        _html_table(
            "Mean absolute errors; the validation part chose, the test part judged",
            ["method", "validation", "test"],
            methods,
        )
    }</div>
<p>What each does, in short:</p>
<ul>
{_paragraphs(lines, "li")}</ul>
<h2>What was read, and how it was judged</h2>
{details}</body></html>
"""


@contextmanager
def _undisturbed():
    """Ctrl-C and a polite end wait for the few milliseconds of a write."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    signals, came = [getattr(signal, n) for n in names if hasattr(signal, n)], []
    before = {
        sign: signal.signal(sign, lambda *how: came.append(how)) for sign in signals
    }
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, signal.SIG_DFL if handler is None else handler)
        if came:
            signal.raise_signal(came[0][0])


def keep(answer, folder):
    """Write the forecast, its picture and the page; {"csv": path, "png": …, "html": …}.

    Raises:
        OSError: they cannot be written; then none is.
    """
    kept, png = paths(answer.name, folder), picture(answer)
    sweep(folder)
    write(
        {
            kept["csv"]: forecast_csv(answer),
            kept["png"]: png,
            kept["html"]: page(answer, png),
        }
    )
    return kept


def sweep(folder, hours=1):
    """Remove what a run that was killed while writing has left in a folder."""
    for part in Path(folder).glob("tmp????????.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > 3600 * hours and not not_ours(part):
                part.unlink()


def write(contents):
    """Write files beside their places, then rename them: each is whole or not there.

    Args:
        contents: {path: text or bytes}; nothing is renamed before all are written.

    Raises:
        OSError: one cannot be written; nothing is left behind.
    """
    beside = {}
    with _undisturbed():
        try:
            for path, content in contents.items():
                path = Path(path)
                handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
                beside[path] = Path(name)
                raw = content if isinstance(content, bytes) else content.encode()
                with os.fdopen(handle, "wb") as file:
                    file.write(raw)
                beside[path].chmod(0o666 & ~_mask())
            for path, part in beside.items():
                part.replace(path)
        except BaseException:
            for part in beside.values():
                part.unlink(missing_ok=True)
            raise


def _mask():
    """What the user's files deny to others (``umask``)."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
