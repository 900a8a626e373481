"""The folder that an edition is written to: where it may be, and that it is whole or absent."""

import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path

from tools.lessons import BUILD, ROOT

#: In the name of a folder that is being written.
UNFINISHED = "-unfinished-"


def allowed(text, command):
    """The folder that ``OUT`` names.

    Args:
        text: what the user wrote after ``OUT=``; ``~`` is their home.
        command: what to show in an example, such as "make student".

    Returns:
        Path: absolute, new or empty, and outside the course's own folders (build/ apart).

    Raises:
        SystemExit: a sentence that names the value, what is wrong, and what to write.
    """
    example = f"Name a new folder outside the course, as in: {command} OUT=../folder"
    if not text.strip():
        raise SystemExit(f"OUT is missing. {example}")
    try:
        named = Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 (link kept)
        out = named.resolve()
        in_course = below(named, ROOT) or below(out, ROOT)  # by name, or by a link
        if out.exists() and not out.is_dir():
            raise SystemExit(f"OUT={text} is a file. {example}")
        above = next(path for path in out.parents if path.exists())
        if not above.is_dir():
            raise SystemExit(f"OUT={text}: {above} is a file. {example}")
        if in_course and not (out != BUILD and below(out, BUILD)):
            raise SystemExit(
                f"OUT={text} is inside the course's own folder {ROOT}. {example} "
                "(or OUT=build/folder)"
            )
        if out.exists() and (inside := sorted(x.name for x in out.iterdir())):
            left = next((x for x in inside if UNFINISHED in x), "")
            why = (
                f" (a command that was killed has left {left}: delete it)"
                if left
                else ""
            )
            raise SystemExit(f"OUT={text}: {out} is not empty{why}. {example}")
    except (OSError, RuntimeError) as error:  # RuntimeError: ~nobody, a circle of links
        raise SystemExit(f"OUT={text}: {reason(error)}. {example}") from None
    return out


def below(path, folder):
    """True for a folder and whatever is in it, also by a name that only the system knows."""
    above = (path, *path.parents)
    return folder in above or (
        folder.exists() and any(p.exists() and p.samefile(folder) for p in above)
    )


def reason(error):
    """An error of the system in a few words, with the place that it names."""
    words = getattr(error, "strerror", None) or str(error)
    place = getattr(error, "filename", None)
    return f"{words}: {place}" if place else words


@contextmanager
def new(out):
    """A folder to write into that becomes ``out`` at the end, and is gone after any error.

    Args:
        out: a Path that is not there yet, or an empty folder.

    Raises:
        SystemExit: the folder cannot be made.
    """
    name = f".{out.name[:40]}{UNFINISHED}{secrets.token_hex(3)}"
    unfinished = (out if out.is_dir() else out.parent) / name
    made = [p for p in (unfinished, *unfinished.parents) if not p.exists()]
    try:
        try:
            unfinished.mkdir(parents=True)
        except OSError as error:
            raise SystemExit(f"OUT={out} cannot be made: {reason(error)}") from None
        yield unfinished
        if out.is_dir():
            for path in unfinished.iterdir():
                path.rename(out / path.name)
            unfinished.rmdir()
        else:
            unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        for path in made[1:]:  # folders above it, which only this run has made
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise
