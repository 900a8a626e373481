"""What welcomes a contributor is valid and calls what everybody can call."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.lessons import ROOT

#: Of the published schema of dev containers, what is used here.
CONTAINER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "build", "postCreateCommand"],
    "properties": {
        "name": {"type": "string"},
        "build": {
            "type": "object",
            "required": ["dockerfile"],
            "properties": {"dockerfile": {"type": "string"}},
            "additionalProperties": False,
        },
        "hostRequirements": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "cpus": {"type": "integer", "minimum": 1},
                "memory": {"type": "string", "pattern": r"^\d+([tgmk]b)?$"},
                "storage": {"type": "string", "pattern": r"^\d+([tgmk]b)?$"},
            },
        },
        "remoteUser": {"type": "string"},
        "postCreateCommand": {"type": "string"},
        "customizations": {"type": "object"},
    },
}


def valid(made, place):
    """Does check-jsonschema find the dev container valid?"""
    for name, content in (("schema", CONTAINER), ("made", made)):
        (place / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    command = [Path(sys.executable).with_name("check-jsonschema"), "--schemafile"]
    files = [place / "schema.json", place / "made.json"]
    return not subprocess.run([*command, *files], capture_output=True).returncode


def dry(line):
    """A command of make that the Makefile understands."""
    assert re.fullmatch(r"make [\w./-]+", line), line
    return not subprocess.run(
        [*line.split(), "-n"], cwd=ROOT, capture_output=True
    ).returncode


def test_the_dev_container_is_valid_and_sets_up_by_a_make_target(tmp_path):
    folder = ROOT / ".devcontainer"
    made = json.loads((folder / "devcontainer.json").read_text(encoding="utf-8"))
    assert valid(made, tmp_path)
    dockerfile = (folder / made["build"]["dockerfile"]).read_text(encoding="utf-8")
    assert f" {made['remoteUser']}\n" in dockerfile
    assert dry(made["postCreateCommand"])
    for tool in ("git", "make", "python3-venv"):
        assert tool in dockerfile


@pytest.mark.parametrize(
    "wrong", [{"postCreate": "make"}, {"hostRequirements": {"memory": "8 gigabytes"}}]
)
def test_a_dev_container_that_is_not_valid_is_refused(wrong, tmp_path):
    made = {
        "name": "a",
        "build": {"dockerfile": "b"},
        "postCreateCommand": "c",
        **wrong,
    }
    assert not valid(made, tmp_path)


def test_pre_commit_calls_make_check():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = [h for repo in yaml.safe_load(text)["repos"] for h in repo["hooks"]]
    assert hooks and all(dry(h["entry"]) and h["language"] == "system" for h in hooks)


def test_every_folder_and_file_of_the_top_level_is_explained():
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    told = "".join(
        (ROOT / x).read_text(encoding="utf-8") for x in ("README.md", "CONTRIBUTING.md")
    )
    dull = {"README.md", ".gitignore", ".gitattributes", ".dockerignore", "conftest.py",
            "pyproject.toml", "Makefile", "LICENSE", "LICENSE-text.md"}  # fmt: skip
    for name in listed.stdout.split():
        known = name in dull or name.removesuffix(".txt") in told
        assert known or f"{name}/" in told, (
            f"{name}: README.md does not say what it is for"
        )
