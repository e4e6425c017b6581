"""Several runs laid over each other."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from report_sample import Elements, sample_result

from lab.report.overlay import MOST, render_overlay, write_overlay
from lab.report.result import ResultError


def put(folder: Path, result: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(json.dumps(result))
    return folder


def test_every_run_is_drawn_and_named(tmp_path: Path) -> None:
    result = sample_result()
    first, second = put(tmp_path / "runs" / "first", result), put(tmp_path / "runs" / "second", result)
    path = write_overlay([first, second], tmp_path / "out")
    assert path == tmp_path / "out" / "overlay.html"
    page = path.read_text()
    assert Elements(page).open == []
    svgs = re.findall(r"<svg.*?</svg>", page, re.S)
    assert len(svgs) >= 2, "over CPU time and over games"
    zeros = set(re.findall(r">(first|second): zero  \d+ %<", svgs[0]))
    assert zeros == {"first", "second"}, "every curve says whose it is"
    dashes = set(re.findall(r"stroke-dasharray: ([^;\"]+)", svgs[0]))
    assert dashes, "the second run is dashed"
    for name in ("first", "second"):
        assert f"<h3>{name}</h3>" in page
    players = [row["player"] for row in result["worlds"][0]["panels"][0]["headline"]]
    assert all(page.count(f"</i>{player}</th>") == 2 for player in players)
    ids = [value for name, value in Elements(page).attributes if name == "id"]
    assert len(set(ids)) == len(ids), "no two elements share an id"


def test_the_same_runs_give_the_same_bytes() -> None:
    runs = {"a": sample_result(), "b": sample_result()}
    assert render_overlay(runs) == render_overlay(copy.deepcopy(runs))


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    folders = [put(tmp_path / part / "run", sample_result()) for part in ("x", "y")]
    page = write_overlay(folders, folders[0]).read_text()
    assert "<h3>x/run</h3>" in page
    assert "<h3>y/run</h3>" in page


def test_what_cannot_be_laid_over_is_named(tmp_path: Path) -> None:
    one, other = sample_result(), sample_result()
    other["worlds"][0]["world"] = "go"
    with pytest.raises(ResultError, match=r"different worlds.*compare` without --world"):
        render_overlay({"a": one, "b": other})
    (tmp_path / "unfinished").mkdir()
    folder = put(tmp_path / "finished", one)
    with pytest.raises(ResultError, match="there is no result yet"):
        write_overlay([folder, tmp_path / "unfinished"], tmp_path)
    many = [put(tmp_path / f"run-{i}", one) for i in range(MOST + 1)]
    with pytest.raises(ResultError, match=f"at most {MOST}"):
        write_overlay(many, tmp_path)
    assert not (tmp_path / "overlay.html").exists()
    with pytest.raises(ResultError, match="named twice"):
        write_overlay([folder, tmp_path / "run-0" / ".." / "finished"], tmp_path)
