"""The command: words in, an answer on the screen and beside the file, an exit code.

0: done. 1: a fault of ours, with its traceback. 2: something that you can change, in a
sentence. 130: stopped by Ctrl-C (143: by a polite end).
"""

import argparse
import os
import re
import shutil
import sys
import time
import traceback
from pathlib import Path

from forecast import read
from forecast.plan import make_plan, recent
from utils.datasets import DataError

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ("season", "horizon", "log")


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        sys.stderr.write(
            f"forecast: {message}\nAll options: python -m forecast --help\n"
        )
        raise SystemExit(2)


def _whole(text):
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number of steps, 1 or more"
        )
    return number


def _seasons(text):
    """One whole number, or two: the shorter season and a longer one."""
    sizes = [_whole(part.strip()) for part in text.split(",")]
    if len(sizes) > 2 or (len(sizes) == 2 and not 1 < sizes[0] < sizes[1]):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither one season nor two, the shorter first, such as 24,168"
        )
    return sizes[0] if len(sizes) == 1 else tuple(sizes)


def _repairs(text):
    try:
        return read.repair_words(text)
    except ValueError as error:
        hint = "" if not Path(text).is_file() else " The file comes before --repair."
        raise argparse.ArgumentTypeError(f"{error}{hint}") from None


def parser():
    """The command's words."""
    this = _Parser(
        prog="python -m forecast",
        description="Read a CSV file, say what is wrong with it, and forecast it: simple "
        "methods, three recurrent cells, a verdict. Prints the forecast and writes "
        "my-forecast.csv, .png and .html. Without a file: the sunspot workshop of "
        "lesson 21.",
        epilog="What --repair may name:\n"
        + "\n".join(f"  {name:12s} {what}" for name, what in read.REPAIRS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    this.add_argument("file", nargs="?", help="a CSV file with dates and numbers")
    this.add_argument("--date", metavar="NAME", help="the column with the dates")
    this.add_argument("--value", metavar="NAME", help="the column to forecast")
    this.add_argument(
        "--repair", metavar="WORD", nargs="+", action="extend", type=_repairs,
        help="what you allow, such as: sort fill",
    )  # fmt: skip
    this.add_argument(
        "--only", metavar="COLUMN=TEXT", action="append",
        help="read the lines with that text in that column, such as shop=north",
    )  # fmt: skip
    this.add_argument(
        "--season", metavar="N", type=_seasons,
        help="in steps: 12 for months; 24,168 for a day and a week of hours; 1: none",
    )  # fmt: skip
    this.add_argument("--horizon", metavar="N", type=_whole, help="steps ahead")
    this.add_argument("--log", choices=["yes", "no"], help="forecast logarithms")
    this.add_argument(
        "--out",
        metavar="FOLDER",
        help="where forecast, picture and page are written; else beside the file",
    )
    return this


def main(words):
    """Run the command; returns its exit code and raises nothing but Ctrl-C."""
    try:
        given = parser().parse_args(words)
        if given.file is None:
            extra = [name for name, value in vars(given).items() if value is not None]
            if extra:
                raise DataError(
                    f"--{extra[0]} is for a file of your own: name it first."
                )
            from forecast import workshop

            return workshop.main()
        if not given.file.strip():
            raise DataError("The name of the file is empty.")
        return _answer(given)
    except SystemExit as end:
        return end.code
    except read.Faulty as error:
        advice = error.advice(lambda names: f"--repair {' '.join(names)}")
        make = f'\nWith make: REPAIR="{" ".join(error.allow)}"'
        _tell(f"{error.listing}\n{advice}{'' if error.choices else make}")
        return 2
    except DataError as error:
        _tell(error)
        return 2
    except BrokenPipeError:  # as in `… | head`: the page was written before the text
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("forecast", "utils"):
            return _ours()
        _tell(
            f"{sys.executable} has no package {error.name}. In the course's folder: "
            "`make lab` once, or `python -m pip install -r requirements.txt`."
        )
        return 2
    except Exception:
        return _ours()


def _answer(given):
    """Read, answer, keep and print."""
    start, file = time.perf_counter(), Path(given.file)
    folder = file.resolve().parent if given.out is None else Path(given.out)
    if given.out is not None and not folder.is_dir():
        raise DataError(f"--out is {given.out}, which is no folder. Make it first.")
    repair = [name for words in given.repair or () for name in words]
    series, report = read.read_own(
        file, given.date, given.value, repair, only=given.only or ()
    )
    settings = {name: getattr(given, name) for name in SETTINGS}
    if given.log is not None:
        settings["log"] = given.log == "yes"
    for line in report:
        _tell(line)
    make_plan(recent(series)[0], **settings)  # refuses at once what does not fit
    import matplotlib

    from forecast import answer, page

    matplotlib.use("agg")  # a picture in a file needs no screen

    targets, kept = page.paths(file.stem, folder), None
    if reason := page.why_not_writable(folder):
        if given.out is not None:
            raise DataError(
                f"{folder} cannot be written: {reason}. Name another --out."
            )
        kept = (
            f"{folder} cannot be written ({reason}): the answer stands here only. "
            "--out FOLDER keeps it, with its picture."
        )
        _tell(kept)
    elif others := [path.name for path in targets.values() if page.not_ours(path)]:
        raise DataError(
            f"{folder} has {' and '.join(others)}, which this program has not written. "
            "Move it away, or name another folder: --out FOLDER."
        )
    progress = _Progress()
    try:
        result = answer.answer(file.stem, series, report, settings, progress.say)
    finally:
        progress.end()
    code = 0
    if kept is None:
        try:
            page.keep(result, folder)
            kept = "Kept: " + ", ".join(str(path) for path in targets.values())
        except OSError as error:
            way = "Try --out FOLDER."
            if isinstance(error, PermissionError):
                way = "Is one of the files open in another program? Close it, or try --out FOLDER."
            reason = error.strerror or error
            kept = f"Not all could be written to {folder}: {reason}. {way}"
            code = 2
    print(page.text(result))
    print(f"\n{kept}\nDone in {time.perf_counter() - start:.0f} s.", flush=True)
    return code


class _Progress:
    """One line that says what is done now; where it is no screen, a line for each."""

    def __init__(self):
        self.screen, self.wide = sys.stderr.isatty(), 0

    def say(self, line):
        """Put a line in the place of the last one."""
        if not self.screen:
            _tell(line)
            return
        room = shutil.get_terminal_size().columns - 1
        line = line if len(line) <= room else f"{line[: room - 1]}…"
        sys.stderr.write(f"\r{line.ljust(self.wide)}")
        sys.stderr.flush()
        self.wide = len(line)

    def end(self):
        """Leave the line empty for what follows."""
        if self.wide:
            sys.stderr.write(f"\r{' ' * self.wide}\r")
            sys.stderr.flush()
            self.wide = 0


def _tell(line):
    print(line, file=sys.stderr, flush=True)


def _ours():
    """The traceback of a fault of ours, and how to report it."""
    traceback.print_exc()
    found = re.search(
        r'(?m)^repository *= *"(.+)"',
        (ROOT / "course.toml").read_text(encoding="utf-8"),
    )
    where = f"{found[1]}/issues" if found else "those who gave you the course"
    _tell(
        "This is a fault of the course, not of your file. Please report it with the lines "
        f"above, your command and, if you may, the first lines of your file: {where}"
    )
    return 1
