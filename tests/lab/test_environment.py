"""Going on under other conditions is refused by name, or recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lab.environment
from lab.environment import EnvironmentDiffers, environment, read_environment, settle
from lab.run import RunError

HERE = {"torch": "2.13.0", "precision": "float32", "kernels": "abc"}


def test_the_conditions_name_what_sums_depend_on() -> None:
    here = environment("cpu", "float32")
    assert here["precision"] == "float32"
    assert here["threads"] == 1
    assert here["graphics"] is None
    assert set(lab.environment.PACKAGES) <= set(here)
    assert all(here[name] for name in ("processor", "instructions", "python", "kernels", "torch"))


def test_the_first_sitting_writes_and_the_next_compares(tmp_path: Path) -> None:
    record = settle(tmp_path, HERE, begun=False)
    assert record["conditions"] == HERE
    assert read_environment(tmp_path) == record
    before = (tmp_path / "environment.json").read_bytes()
    assert settle(tmp_path, HERE, begun=True) == record
    assert (tmp_path / "environment.json").read_bytes() == before


def test_others_are_refused_with_what_differs_and_what_to_do(tmp_path: Path) -> None:
    settle(tmp_path, HERE, begun=False)
    before = (tmp_path / "environment.json").read_bytes()
    there = HERE | {"precision": "bfloat16", "kernels": "xyz"}
    with pytest.raises(EnvironmentDiffers) as caught:
        settle(tmp_path, there, begun=True)
    assert caught.value.differences == {"precision": ("float32", "bfloat16"), "kernels": ("abc", "xyz")}
    words = str(caught.value)
    assert "precision: then float32, now bfloat16" in words
    assert "our kernels' sources: then abc, now xyz" in words
    assert "--anyway" in words
    assert "torch" not in words
    assert isinstance(caught.value, RunError), "told in one line"
    assert (tmp_path / "environment.json").read_bytes() == before


def test_anyway_goes_on_and_records_it(tmp_path: Path) -> None:
    settle(tmp_path, HERE, begun=False)
    there = HERE | {"torch": "3.0"}
    record = settle(tmp_path, there, begun=True, anyway=True)
    assert record["conditions"] == there
    (change,) = record["changes"]
    assert change["differences"] == {"torch": {"then": "2.13.0", "now": "3.0"}}
    assert settle(tmp_path, there, begun=True) == record, "from now on these are its conditions"
    assert len(settle(tmp_path, HERE, begun=True, anyway=True)["changes"]) == 2


def test_a_run_that_never_said_is_not_gone_on_with_silently(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentDiffers, match="then None, now"):
        settle(tmp_path, HERE, begun=True)
    assert read_environment(tmp_path) is None
    assert settle(tmp_path, HERE, begun=True, anyway=True)["changes"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"schema": "other"}', '{"schema": "move37-environment/1", "conditions": {}}']
)
def test_a_damaged_record_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "environment.json").write_text(text)
    with pytest.raises(RunError, match=r"environment\.json cannot be read"):
        settle(tmp_path, HERE, begun=True)


def test_the_record_is_plain_json(tmp_path: Path) -> None:
    settle(tmp_path, environment("cpu", "bfloat16"), begun=False)
    record = json.loads((tmp_path / "environment.json").read_text())
    assert record["schema"] == "move37-environment/1"
