"""What the code imports is what the requirements name, group by group."""

import ast
import json
import sys
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lessons import NOTEBOOKS, ROOT

OWN = {"utils", "forecast", "tools", "tests", "conftest", "course_guard"}
#: Imported where it is there, by a test that is skipped elsewhere, or in Colab only.
OPTIONAL = {"nbgrader", "google", "distributed", "cloudpickle"}
#: Needed though no file imports it: a command, a kernel, a plug-in, a theme.
BY_NAME = {
    "requirements.txt": {
        *("tensorflow", "tensorflow-cpu"),  # one of the two is there
        *("tensorboard", "ipykernel", "jupyterlab"),
    },
    "requirements-dev.txt": {
        *("nbmake", "pytest-xdist", "ruff", "uv"),
        *("check-jsonschema", "zizmor"),
    },
    "requirements-site.txt": {"furo", "myst-nb", "playwright", "sphinx-revealjs"},
}
SITE = ["tools/website.py", "docs/site/*.py", "tests/browser/*.py"]


def named(file):
    """The distributions that a file names, without the files that it takes in."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    lines = [line.split("#")[0].strip() for line in lines]
    needs = [Requirement(line) for line in lines if line and not line.startswith("-r")]
    return {canonicalize_name(need.name) for need in needs}


def code_of(path):
    """The Python of a module, or of a notebook's code cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def imported(paths):
    """{top-level module: files that import it}, without our own and Python's."""
    found = {}
    for path in paths:
        for node in ast.walk(ast.parse(code_of(path))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in {n.split(".")[0] for n in names}:
                found.setdefault(name, set()).add(path.relative_to(ROOT).as_posix())
    ours = OWN | OPTIONAL | set(sys.stdlib_module_names)
    return {name: files for name, files in found.items() if name not in ours}


def files(*patterns):
    return {path for pattern in patterns for path in ROOT.glob(pattern)}


STUDENT = files("utils/*.py", "forecast/**/*.py") | set(NOTEBOOKS.glob("*.ipynb"))
SITES = files(*SITE)
DEV = files("tools/**/*.py", "tests/**/*.py", "conftest.py") - SITES
GROUPS = [
    (STUDENT, ["requirements.txt"]),
    (DEV, ["requirements.txt", "requirements-dev.txt"]),
    (SITES, ["requirements.txt", "requirements-dev.txt", "requirements-site.txt"]),
]


@pytest.mark.parametrize(("paths", "files"), GROUPS, ids=["student", "dev", "site"])
def test_every_import_is_named(paths, files):
    allowed = set().union(*map(named, files))
    brought = packages_distributions()
    assert len(paths) >= 5
    for module, where in imported(paths).items():
        names = {canonicalize_name(x) for x in brought.get(module, [module])}
        names |= {"tomli"} if module == "tomli" else set()
        assert names & allowed, f"{module}, in {sorted(where)}: name it in {files[-1]}"


@pytest.mark.parametrize(("paths", "files"), GROUPS, ids=["student", "dev", "site"])
def test_every_name_is_needed(paths, files):
    brought, used = packages_distributions(), {"tomli"}
    for module in imported(paths):
        used |= {canonicalize_name(name) for name in brought.get(module, [module])}
    spare = named(files[-1]) - used - BY_NAME[files[-1]]
    assert not spare, f"{files[-1]} names {sorted(spare)}, which no file imports"
