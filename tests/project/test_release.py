"""What a release, a contributor and a citation rest on: files that no program of ours reads."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REPOSITORY = PROJECT["urls"]["Repository"]
GITHUB = ROOT / ".github"


def read(name: str) -> dict[str, object]:
    return yaml.safe_load((ROOT / name).read_text())


def test_the_citation_is_of_this_version() -> None:
    citation = read("CITATION.cff")
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["repository-code"] == REPOSITORY
    assert set(citation["keywords"]) <= set(PROJECT["keywords"])


def test_all_addresses_are_of_one_repository() -> None:
    owner, name = REPOSITORY.removeprefix("https://github.com/").split("/")
    pages = f"https://{owner}.github.io/{name}"
    assert all(url.startswith((REPOSITORY, pages)) for url in PROJECT["urls"].values())
    assert read("mkdocs.yml")["extra"]["repository"] == REPOSITORY


def test_links_of_the_readme_work_where_it_stands_alone(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text((ROOT / "README.md").read_text())
    script = GITHUB / "scripts" / "absolute_links.py"
    subprocess.run([sys.executable, str(script), str(page), f"{REPOSITORY}/blob/v1"], check=True)
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    assert len(links) > 15
    for link in links:
        path = link.removeprefix(f"{REPOSITORY}/blob/v1/")
        assert path != link, "it is absolute"
        assert (ROOT / path.partition("#")[0]).exists()


def test_the_script_leaves_code_and_other_sites_alone() -> None:
    text = "[a](text/a.md#b) [c](https://example.org) [d](#e)\n```toml\n[x](y)\n```\n"
    sys.path.insert(0, str(GITHUB / "scripts"))
    try:
        from absolute_links import absolute
    finally:
        sys.path.pop(0)
    made = "[a](https://z/text/a.md#b) [c](https://example.org) [d](#e)\n```toml\n[x](y)\n```\n"
    assert absolute(text, "https://z/") == made


@pytest.mark.parametrize("path", sorted((GITHUB / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_workflows_are_whole(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}, "more is asked for by the job that needs it"
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    extras = PROJECT["optional-dependencies"]
    for name, job in workflow["jobs"].items():
        assert "timeout-minutes" in job or name == "deploy"
        for step in job["steps"]:
            script = step.get("run", "")
            assert set(re.findall(r"^make ([a-z-]+)", script, flags=re.MULTILINE)) <= targets
            assert {extra for names in re.findall(r"'\.\[(.+?)\]'", script) for extra in names.split(",")} <= set(
                extras
            )
            assert "${{ github.event" not in script, "what others write stands in the environment, never in a script"


def test_only_publishing_may_ask_for_an_identity() -> None:
    jobs = read(".github/workflows/release.yml")["jobs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["needs"] == "build"
    assert "permissions" not in jobs["build"]


def test_style_is_checked_with_the_release_that_is_pinned() -> None:
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    (ruff,) = [repo for repo in read(".pre-commit-config.yaml")["repos"] if "ruff" in repo["repo"]]
    assert ruff["rev"] == f"v{pins['ruff']}"


def test_the_page_on_installing_has_every_extra() -> None:
    page = (ROOT / "docs/how-to/install.md").read_text()
    cells = re.findall(r"^\| (`[^|]+`) \|", page, flags=re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([a-z0-9]+)`", cell)}
    assert named == set(PROJECT["optional-dependencies"])


def test_forms_and_the_container_are_read() -> None:
    for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml"):
        form = yaml.safe_load(path.read_text())
        assert path.name == "config.yml" or {"name", "description", "body"} <= set(form)
    assert "make test-fast" in json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())["postCreateCommand"]
    ecosystems = [update["package-ecosystem"] for update in read(".github/dependabot.yml")["updates"]]
    assert ecosystems == ["pip", "github-actions"]
