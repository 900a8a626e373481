"""Write the edition that the arguments name."""

import argparse
import sys

import tools.editions as about
from tools.editions import decks, folder, grading, handout, instructor
from tools.lessons import chosen

#: Each writes its edition of the lessons into a folder that is there and empty.
EDITIONS = {
    "student": handout.student,
    "instructor": instructor.instructor,
    "nbgrader": grading.nbgrader,
    "slides": decks.slides,
}


def main(arguments):
    """Write an edition.

    Args:
        arguments: the words of the command, as in the package's first lines.

    Raises:
        SystemExit: with a sentence, before anything is written or executed, for a word that
            is not understood or a folder that cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="make student",
        description=about.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("edition", nargs="?", default="")
    parser.add_argument("out", nargs="?", default="")
    parser.add_argument("--from", dest="source", default="")
    parser.add_argument("--solutions", default="")
    parser.add_argument("lessons", nargs="*")
    asked = parser.parse_intermixed_args(arguments)
    edition = asked.edition
    if edition not in EDITIONS:
        raise SystemExit(
            f"There is no edition {edition!r}; there are {', '.join(EDITIONS)}, "
            "as in: make student OUT=../handout"
        )
    if asked.source and edition != "slides":
        raise SystemExit(f"{edition} takes no FROM: only slides and the site do.")
    if asked.solutions:
        raise SystemExit(f"{edition} takes no SOLUTIONS: only the site does.")
    lessons = chosen(asked.lessons)
    options = {"source": asked.source} if asked.source else {}
    out = folder.allowed(asked.out, f"make {edition}")
    with folder.new(out) as unfinished:
        EDITIONS[edition](unfinished, lessons, **options)
    print(f"The {edition} edition is in {out}")
    if edition == "nbgrader":
        print(grading.next_steps(out, lessons))


if __name__ == "__main__":
    main(sys.argv[1:])
