"""What the doctor finds on machines of every kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab import doctor
from lab.doctor import Finding


def test_versions_of_python() -> None:
    assert doctor.python_version((3, 11)).level == doctor.python_version((3, 13)).level == "good"
    assert doctor.python_version((3, 10)).level == doctor.python_version((3, 14)).level == "problem"


def test_missing_packages_are_named() -> None:
    assert doctor.versions().level == "good"
    finding = doctor.versions(("numpy", "no-such-package"))
    assert finding.level == "problem"
    assert "no-such-package" in finding.value


@pytest.mark.parametrize(
    ("count", "limit", "level", "words"),
    [
        (8, None, "good", "8 of"),
        (2, 2.0, "good", "2 of"),
        (8, 1.5, "note", "1.5 by the container"),
        (1, None, "note", "1 of"),
    ],
)
def test_cores(
    count: int, limit: float | None, level: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "cgroup_limit", lambda: None)
    finding = doctor.cores(count, limit)
    assert finding.level == level
    assert words in finding.value
    assert (level == "note") == ("--workers 1" in finding.advice)


def test_limits_of_both_kinds_of_control_groups(tmp_path: Path) -> None:
    assert doctor.cgroup_limit(tmp_path) is None
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("-1\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert doctor.cgroup_limit(tmp_path) is None
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("250000\n")
    assert doctor.cgroup_limit(tmp_path) == 2.5
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert doctor.cgroup_limit(tmp_path) is None
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    assert doctor.cgroup_limit(tmp_path) == 1.5


def test_throttling_is_seen(tmp_path: Path) -> None:
    assert doctor.throttling(tmp_path) is None
    (tmp_path / "cpu.stat").write_text("usage_usec 5\nnr_periods 10\nnr_throttled 0\n")
    assert doctor.throttling(tmp_path) is None
    (tmp_path / "cpu.stat").write_text("usage_usec 5\nnr_periods 10\nnr_throttled 4\n")
    finding = doctor.throttling(tmp_path)
    assert finding is not None
    assert "4 of 10" in finding.value


def test_load_and_threads() -> None:
    quiet, busy = doctor.busyness(0.2, 2), doctor.busyness(3.0, 2)
    assert quiet is not None
    assert busy is not None
    assert (quiet.level, busy.level) == ("good", "note")
    assert doctor.threads({}).level == doctor.threads({"OMP_NUM_THREADS": "1"}).level == "good"
    assert doctor.threads({"OMP_NUM_THREADS": "8"}).level == "note"


def test_battery_and_governor(tmp_path: Path) -> None:
    supply, cpu = tmp_path / "supply", tmp_path / "cpu"
    assert doctor.power(supply, cpu) is None
    (supply / "BAT0").mkdir(parents=True)
    (supply / "BAT0" / "status").write_text("Full\n")
    (cpu / "cpu0" / "cpufreq").mkdir(parents=True)
    (cpu / "cpu0" / "cpufreq" / "scaling_governor").write_text("powersave\n")
    (cpu / "intel_pstate").mkdir()
    assert doctor.power(supply, cpu) is None, "there powersave is the ordinary governor"
    (cpu / "intel_pstate").rmdir()
    (supply / "BAT0" / "status").write_text("Discharging\n")
    finding = doctor.power(supply, cpu)
    assert finding is not None
    assert finding.value == "on battery, the processor saves power (governor powersave)"


def test_display() -> None:
    assert doctor.display({}, "linux").level == "note"
    assert doctor.display({"DISPLAY": ":0"}, "linux").value == "DISPLAY=:0"
    assert doctor.display({}, "darwin").level == "good"


def test_kernel_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    folder = tmp_path / "kernels"
    assert doctor.kernel_cache(folder).level == "problem"
    folder.mkdir()
    assert "cold" in doctor.kernel_cache(folder).advice
    (folder / "games").mkdir()
    (folder / "games" / "step.1.nbc").touch()
    assert doctor.kernel_cache(folder) == Finding("Kernel cache", "good", f"{folder}, 1 kernels")
    (tmp_path / "temporary" / "k").mkdir(parents=True)
    assert "temporary" in doctor.kernel_cache(tmp_path / "temporary" / "k").advice


@pytest.mark.parametrize(("free", "level"), [(5e9, "good"), (5e8, "note"), (1e6, "problem")])
def test_disk(tmp_path: Path, free: float, level: str) -> None:
    assert doctor.disk(tmp_path, free).level == level


def test_who_is_found_first_decides_about_a_name(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        (folder / "games").mkdir(parents=True)
        (folder / "games" / "__init__.py").touch()
    (theirs / "train.py").touch()
    names = ("games", "train", "agents")
    assert [f.level for f in doctor.name_clashes(names, ours, [str(ours)])] == ["good"]
    first = doctor.name_clashes(names, ours, [str(theirs), str(ours)])
    assert [finding.level for finding in first] == ["problem", "problem"]
    assert str(theirs / "games") in first[0].value
    last = doctor.name_clashes(names, ours, [str(ours), str(theirs), str(theirs)])
    assert [finding.level for finding in last] == ["note", "note"]


def test_modules_of_other_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    owners = {"games": ["move37", "retro-games"], "agents": ["move37"]}
    monkeypatch.setattr("importlib.metadata.packages_distributions", lambda: owners)
    (finding,) = doctor.name_owners(("games", "agents", "train"))
    assert finding.level == "problem"
    assert finding.advice == "uninstall retro-games"


def test_imports_are_timed_and_failures_named() -> None:
    assert "json 0." in doctor.import_times(("json",)).value
    finding = doctor.import_times(("json", "no_such_module"))
    assert finding.level == "problem"
    assert "ModuleNotFoundError" in finding.value


def test_a_note_is_fit_a_problem_is_not() -> None:
    good, note, problem = (Finding("a", level, "v") for level in ("good", "note", "problem"))
    assert doctor.report([good, note])["fit"] is True
    told = doctor.report([good, problem, note])
    assert told["fit"] is False
    assert json.loads(json.dumps(told))["findings"][1] == {
        "name": "a",
        "level": "problem",
        "value": "v",
        "advice": "",
    }
