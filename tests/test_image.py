"""The image for a hub and for Binder holds what students need, and no solution.

Docker itself is not run here: what its COPY lines and .dockerignore let through is worked out
from the two files by Docker's published rules, and looked through.
"""

import re
import shlex
import shutil
from pathlib import Path, PurePosixPath

import pytest

from tests.leaks import leaks
from tools.course_copy import copy
from tools.editions.__main__ import main
from tools.lessons import ROOT, all_lessons

DOCKERFILE = (ROOT / "binder" / "Dockerfile").read_text(encoding="utf-8")
IGNORE = (ROOT / ".dockerignore").read_text(encoding="utf-8")


def matches(pattern, path):
    """True if a pattern of Docker names this path or a folder above it."""
    parts = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pattern = pattern.strip("/")
    regex = re.sub(
        r"\*\*/|\*\*|\*|\?|[^*?]+",
        lambda m: parts.get(m[0], re.escape(m[0])),
        pattern,
    )
    path = PurePosixPath(path)
    return any(re.fullmatch(regex, str(p)) for p in (path, *path.parents[:-1]))


def sent(context, ignore):
    """The files that Docker gets to see, as relative paths: the last matching line counts."""
    lines = [x.strip() for x in ignore.splitlines()]
    rules = [x for x in lines if x and not x.startswith("#")]
    found = []
    for path in sorted(p for p in context.rglob("*") if p.is_file()):
        name, out = path.relative_to(context).as_posix(), False
        for rule in rules:
            if matches(rule.removeprefix("!"), name):
                out = not rule.startswith("!")
        if not out:
            found.append(name)
    return found


def built(context, image, dockerfile=DOCKERFILE, ignore=IGNORE):
    """Make the folder that the image's COPY lines make."""
    seen = sent(context, ignore)
    for line in dockerfile.replace("\\\n", " ").splitlines():
        if re.match(r"\s*ADD\b", line, re.IGNORECASE):
            pytest.fail(f"this test understands COPY only: {line}")
        if not re.match(r"\s*COPY\b", line, re.IGNORECASE):
            continue
        *sources, target = [x for x in shlex.split(line)[1:] if x[:2] != "--"]
        for source in sources:
            source = source.rstrip("/")
            whole = source == "."
            taken = [x for x in seen if whole or matches(source, x)]
            assert taken, f"nothing to copy for {source}"
            for name in taken:
                inside = name
                if not whole and name != source and "*" not in source:
                    inside = name.removeprefix(f"{source}/")
                elif not whole:
                    inside = PurePosixPath(name).name
                there = image / target / inside
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(context / name, there)
    return image


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """The repository as it is, with editions that somebody has left in it."""
    folder = tmp_path_factory.mktemp("context") / "course"
    skip = shutil.ignore_patterns(
        ".git", ".venv", "build", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(ROOT, folder, ignore=skip)
    solution = next((folder / "notebooks" / "solutions").glob("*.ipynb"))
    for place in (
        "solved",
        "build/instructor",
        "notebooks/.ipynb_checkpoints",
        "utils",
    ):
        (folder / place).mkdir(parents=True, exist_ok=True)
    shutil.copy(solution, folder / "solved")
    shutil.copy(solution, folder / "build" / "instructor")
    return folder


def test_the_image_holds_the_course_and_no_solution(repository, tmp_path):
    image = built(repository, tmp_path / "image")
    assert leaks(image) == []
    copy(tmp_path / "course")  # what lessons use, by the tests' own copy
    wanted = {
        p.relative_to(tmp_path / "course")
        for p in (tmp_path / "course").rglob("*")
        if p.is_file()
    }
    there = {p.relative_to(image) for p in image.rglob("*") if p.is_file()}
    assert there == wanted | {Path("LICENSE"), Path("LICENSE-text.md")}


def test_the_hand_out_makes_the_same_image_without_badges(repository, tmp_path):
    main(["student", str(tmp_path / "handout")])
    image = built(tmp_path / "handout", tmp_path / "image", ignore="")
    whole = built(repository, tmp_path / "whole")
    names = [
        {p.relative_to(f).as_posix() for p in f.rglob("*") if p.is_file()}
        for f in (image, whole)
    ]
    assert names[0] == names[1]
    assert leaks(image) == []
    for lesson in all_lessons():
        text = (image / "notebooks" / lesson.path.name).read_text(encoding="utf-8")
        assert "colab-badge" not in text and "notebooks/solutions" not in text


@pytest.mark.parametrize(
    ("dockerfile", "ignore", "safe"),
    [
        (DOCKERFILE, "", True),  # each of the two files is enough
        ("COPY . ./", IGNORE, True),
        ("COPY . ./", ".git\n.venv\nbuild", False),  # as it once was
        ("COPY notebooks ./notebooks", "", False),
        ("COPY . ./", IGNORE + "!solved\n", False),
    ],
)
def test_solutions_are_kept_out_twice(dockerfile, ignore, safe, repository, tmp_path):
    image = built(repository, tmp_path / "image", dockerfile, ignore)
    assert (leaks(image) == []) == safe
    assert safe or any("solutions" in x or "solved" in x for x in leaks(image))


def test_the_image_starts_what_it_holds():
    assert "notebooks/00_welcome.ipynb" in DOCKERFILE
    assert re.search(r"(?m)^USER \$\{NB_USER\}$", DOCKERFILE), "not as root"
    after = DOCKERFILE.index("\nUSER ")
    assert DOCKERFILE.rindex("\nCOPY") < DOCKERFILE.index("chown -R") < after
