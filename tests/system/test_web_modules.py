"""The pages' modules that know nothing of a page (tests/web/pure.test.mjs)."""

import pathlib
import shutil
import subprocess

import pytest

from conftest import PATIENCE

HOME = pathlib.Path(__file__).parent.parent.parent


@pytest.mark.skipif(not shutil.which("node"), reason="no node: make test-packages")
def test_what_is_drawn_is_made_of_the_answer(tmp_path):
    # Where a package says so, any version of node takes files named .js for modules, as browsers do.
    shutil.copytree(HOME / "priv" / "www", tmp_path / "priv" / "www")
    (tmp_path / "tests" / "web").mkdir(parents=True)
    shutil.copy(HOME / "tests" / "web" / "pure.test.mjs", tmp_path / "tests" / "web")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        ["node", "--test", "tests/web/pure.test.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
