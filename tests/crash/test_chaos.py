"""A short campaign of kills at random, the database among them; `make chaos` runs a long one."""

import os
import subprocess
import sys

import pytest

from tests.processes import ROOT

SECONDS = os.environ.get("CHAOS_SECONDS", "75")
SEED = os.environ.get("CHAOS_SEED", "20262")


@pytest.mark.crash
def test_everything_is_killed_at_random_and_nothing_is_lost_and_nothing_comes_twice_unnoticed(capsys):
    environment = {**os.environ, "CHAOS_SECONDS": SECONDS, "CHAOS_SEED": SEED}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.chaos"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    with capsys.disabled():
        print(f"\n{ended.stdout}")
