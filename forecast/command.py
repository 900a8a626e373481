"""The command: words in, an answer on the screen and beside the file, an exit code.

0: done. 1: a fault of ours, with its traceback. 2: something that you can change, in a
sentence. 130: stopped by Ctrl-C.
"""

import argparse
import os
import re
import sys
import time
import traceback
from pathlib import Path

from forecast import read
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
        "methods, three recurrent cells, a verdict on one page. Without a file: the "
        "sunspot workshop of lesson 21.",
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
        "--season", metavar="N", type=_whole, help="in steps: 12 for months; 1: none"
    )
    this.add_argument("--horizon", metavar="N", type=_whole, help="steps ahead")
    this.add_argument("--log", choices=["yes", "no"], help="forecast logarithms")
    this.add_argument(
        "--out",
        metavar="FOLDER",
        help="where the page is written; else beside the file",
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
        allow = " ".join(error.allow)
        _tell(
            f"{error.listing}\nTo allow the first of each: --repair {allow}\n"
            f'With make: REPAIR="{allow}"'
        )
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
    series, report = read.read_own(file, given.date, given.value, repair)
    settings = {name: getattr(given, name) for name in SETTINGS}
    if given.log is not None:
        settings["log"] = given.log == "yes"
    for line in report:
        _tell(line)
    import matplotlib

    from forecast import answer, page

    matplotlib.use("agg")  # a picture in a file needs no screen

    target, kept = page.page_path(file.stem, folder), None
    if reason := page.why_not_writable(folder):
        if given.out is not None:
            raise DataError(
                f"{folder} cannot be written: {reason}. Name another --out."
            )
        kept = (
            f"{folder} cannot be written ({reason}): the answer stands here only. "
            "--out FOLDER keeps the page with its picture."
        )
        _tell(kept)
    result = answer.answer(file.stem, series, report, settings, _tell)
    code = 0
    if kept is None:
        try:
            page.write(target, page.page(result, page.picture(result)))
            kept = f"The page with its picture: {target}"
        except OSError as error:
            reason = error.strerror or error
            kept, code = f"{target} was not written: {reason}. Try --out FOLDER.", 2
    print(page.text(result))
    print(f"\n{kept}\nDone in {time.perf_counter() - start:.0f} s.", flush=True)
    return code


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
