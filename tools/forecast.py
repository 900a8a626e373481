"""A workshop without a browser: run it and print its score table.

    python -m tools.forecast                      lesson 21, the sunspots
    python -m tools.forecast my.csv [--repair sort fill] [--value sold] …    lesson 29

With a file the verdict's page is written beside it, and nothing else is changed.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from nbclient.exceptions import CellExecutionError

from tools.lessons import NOTEBOOKS, execute, printed, tags

SUNSPOTS, YOURS = "21_sunspots", "29_your_series"


def settings(arguments):
    """Lesson and kernel environment for the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="forecast", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "file", nargs="?", default="", help="a CSV file; none: the sunspots"
    )
    parser.add_argument("--date", help="name of the column with the dates")
    parser.add_argument("--value", help="name of the column to forecast")
    parser.add_argument(
        "--repair", nargs="*", help="what you allow, such as: sort fill"
    )
    parser.add_argument(
        "--season", type=int, help="in steps: 12 for months, 7 for days"
    )
    parser.add_argument("--horizon", type=int, help="how many steps ahead")
    parser.add_argument("--log", choices=["yes", "no"], help="forecast the logarithm")
    given = {
        k: v for k, v in vars(parser.parse_args(arguments)).items() if v is not None
    }
    if not (file := given.pop("file")):
        return SUNSPOTS, {}
    if "log" in given:
        given["log"] = given["log"] == "yes"
    path = Path(file).resolve()
    return YOURS, {
        "COURSE_FILE": str(path),
        "COURSE_OUT": str(path.parent),
        "COURSE_SETTINGS": json.dumps(given),
    }


def main(arguments):
    """Execute the workshop, print the cells tagged ``scores``, or why it stopped."""
    lesson, environment = settings(arguments)
    print(f"Running notebooks/{lesson}.ipynb …", flush=True)
    try:
        notebook, wall, _ = execute(NOTEBOOKS / f"{lesson}.ipynb", environment)
    except CellExecutionError as error:
        if not environment:
            raise
        ways = re.search(r"repair=\[(.*)\]", error.evalue)
        again = (
            "\nWith make: REPAIR=" + ways[1].replace(",", "").replace('" "', " ")
            if ways
            else ""
        )
        sys.exit(error.evalue + again)
    tables = [printed(cell) for cell in notebook.cells if "scores" in tags(cell)]
    if not tables:
        sys.exit(f"{lesson} has no cell tagged 'scores'.")
    print("\n\n".join(table.strip() for table in tables))
    if environment:
        path = Path(environment["COURSE_FILE"])
        print(
            f"\nThe page with its picture: {path.with_name(path.stem + '-verdict.html')}"
        )
    print(f"\nDone in {wall:.0f} s. Read how: make lab")


if __name__ == "__main__":
    main(sys.argv[1:])
