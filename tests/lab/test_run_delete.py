"""`runs delete` deletes a run and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.run import create_run
from lab.run_delete import LAST, NotDeletable, check_deletable, delete_run
from lab.run_lock import RunBusy, held_run, is_held, joined_run


def a_run(folder: Path) -> Path:
    """A run folder with a file of every kind that runs write, torn ones among them."""
    create_run(folder, {"job": "compare", "seed": 0}, "python train.py compare")
    part = folder / "seed-0"
    create_run(part, {"job": "compare", "seed": 0}, "python train.py compare")
    for name in (
        *("result.json", "report.html", "overlay.html", "environment.json", "times.json", "errors.log"),
        *(".lock", ".workers", ".result.json.unfinished", "arms/zero/curve.jsonl", "arms/zero/policies.npz"),
        *("arms/zero/checkpoint.safetensors", "arms/zero/.checkpoint.safetensors.unfinished"),
        *("tensorboard/zero/events.out.tfevents.1.vm.2.3", "demonstrations/forgetful.txt"),
        *("demonstrations/own/mine.txt", "results/match-a-v-b.json", "spent/zero.json", "seed-0/result.json"),
        *("studies/thinking/arms/base/curve.jsonl", "studies/thinking/demonstrations/textbook.txt"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (folder / "done").mkdir()
    (folder / "done" / "zero").touch()
    return folder


def everything(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def test_a_run_goes_whole_and_its_neighbours_stay(tmp_path: Path) -> None:
    run, other = a_run(tmp_path / "a"), a_run(tmp_path / "b")
    files, size = check_deletable(run)
    assert files == len([path for path in run.rglob("*") if path.is_file()])
    assert size > 20
    delete_run(run)
    assert not run.exists()
    assert everything(tmp_path) == {str(other)} | everything(other)


@pytest.mark.parametrize(
    "foreign",
    [
        *("thesis.txt", "arms/zero/thesis.docx", "arms/notes.md", "done/thesis", "plots/a.png"),
        *("seed-0/thesis.txt", "seed-x/config.json", "tensorboard/mine.txt", "results/table.csv"),
        *("studies/thesis.txt", "studies/thinking/thesis.txt", "studies/thinking/arms/base/notes.md"),
    ],
)
def test_what_no_run_wrote_is_kept_and_all_else_with_it(tmp_path: Path, foreign: str) -> None:
    run = a_run(tmp_path / "a")
    (run / foreign).parent.mkdir(parents=True, exist_ok=True)
    (run / foreign).write_text("years of work")
    before = everything(tmp_path)
    with pytest.raises(NotDeletable, match="holds what no run wrote"):
        delete_run(run)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "place", ["link", "arms/link", "seed-0/arms", "tensorboard/zero/events.out.tfevents.9"]
)
def test_links_are_never_followed(tmp_path: Path, place: str) -> None:
    run, mine = a_run(tmp_path / "a"), tmp_path / "mine"
    mine.mkdir()
    (mine / "curve.jsonl").write_text("mine")
    (run / place).symlink_to(mine)
    with pytest.raises(NotDeletable, match="holds what no run wrote"):
        delete_run(run)
    (run / place).unlink()
    link = tmp_path / "link"
    link.symlink_to(run)
    with pytest.raises(NotDeletable, match="is a link"):
        delete_run(link)
    assert (mine / "curve.jsonl").read_text() == "mine"
    assert (run / "config.json").exists()


def test_what_is_no_run_is_not_deleted(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        (tmp_path / "file").touch()
        with pytest.raises(NotDeletable, match="nothing is deleted"):
            delete_run(folder)
    (tmp_path / "config.json").write_text('{"schema": "of somebody else"}')
    with pytest.raises(NotDeletable, match="nothing is deleted"):
        delete_run(tmp_path)
    assert (tmp_path / "config.json").exists()


def test_a_running_run_is_not_deleted(tmp_path: Path) -> None:
    run = a_run(tmp_path / "a")
    before = everything(run)
    with held_run(run), pytest.raises(RunBusy):
        delete_run(run)
    assert everything(run) == before


@pytest.mark.parametrize("hold", [held_run, joined_run], ids=["at work", "a worker of a killed run"])
def test_a_run_of_several_seeds_is_not_deleted_while_one_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hold: Any
) -> None:
    monkeypatch.setattr("lab.run_delete.PATIENCE", 0.1)
    run = a_run(tmp_path / "a")
    create_run(run / "seed-1", {"job": "compare", "seed": 1}, "python train.py compare")
    before = everything(run)
    with hold(run / "seed-1"), pytest.raises(RunBusy, match="seed-1"):
        delete_run(run)
    left = everything(run) - before
    assert {Path(name).name for name in left} <= {".lock", ".workers"}
    assert everything(run) >= before
    delete_run(run)
    assert not run.exists()


def test_nobody_else_may_hold_a_run_while_it_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, held = a_run(tmp_path / "a"), set()
    unlink = Path.unlink

    def look(path: Path, missing_ok: bool = False) -> None:
        if path.name not in LAST:
            held.add((is_held(run), is_held(run / "seed-0")))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", look)
    delete_run(run)
    assert held == {(True, True)}


def test_a_torn_deletion_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run(tmp_path / "a")

    def torn(path: Path) -> None:
        raise OSError("the lights went out")

    with monkeypatch.context() as patch:
        patch.setattr("lab.run_delete.shutil.rmtree", torn)
        with pytest.raises(OSError, match="lights"):
            delete_run(run)
    delete_run(run)
    assert not run.exists()


def test_a_run_of_two_worlds_goes_with_its_parts(tmp_path: Path) -> None:
    """The worlds' folders are runs of their own; a folder of another name is the user's."""
    run = tmp_path / "both"
    create_run(run, {"job": "compare", "worlds": ["here", "there"]}, "python train.py compare")
    for part in ("here", "there/seed-0", "there"):
        (run / part).mkdir(parents=True, exist_ok=True)
        (run / part / "config.json").write_text((run / "config.json").read_text())
        (run / part / "result.json").write_text("{}")
    (run / "elsewhere").mkdir()
    with pytest.raises(NotDeletable, match="elsewhere"):
        delete_run(run)
    (run / "elsewhere").rmdir()
    with held_run(run / "there" / "seed-0"), pytest.raises(RunBusy, match="seed-0"):
        delete_run(run)
    assert (run / "here" / "result.json").exists()
    delete_run(run)
    assert not run.exists()
