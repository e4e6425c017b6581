"""What is remembered: settings and one's own rated games."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.play.own_rating import (
    OwnRating,
    Played,
    Rung,
    history_path,
    load_history,
    place,
    rate,
    read_ladder,
    rung_of,
    save_history,
    sentence,
    title,
)
from agents.play.settings import Settings, load_settings, parse_settings, save_settings, settings_path

LADDER = [Rung("zero with 64 simulations", 600.0, 530.0, 670.0), Rung("alphabeta-4", 380.0, 320.0, 440.0)]
LADDER += [Rung("forgetful.recorded", 0.0, 0.0, 0.0), Rung("random", -720.0, None, -570.0)]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_settings_are_remembered() -> None:
    assert load_settings() == (Settings(), "")
    settings = Settings(world="tic_tac_toe", sides=["me", "perfect"], speed=4.0, size=[800, 600], games=7)
    assert save_settings(settings) == ""
    assert load_settings() == (settings, "")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"speed": "fast"}', '{"sides": ["me"]}', '{"games": true}', '{"size": [1, "2"]}']
)
def test_broken_settings_are_put_aside(text: str) -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text(text)
    settings, told = load_settings()
    assert settings == Settings()
    assert "settings.json.broken" in told
    assert settings_path().with_name("settings.json.broken").read_text() == text
    assert load_settings() == (Settings(), "")


def test_settings_of_another_version_are_read_as_far_as_they_go() -> None:
    assert parse_settings({"sound": False, "colour_of_the_sky": 3}) == Settings(sound=False)
    assert parse_settings({"size": [10, 10]}).size == [640, 480]
    with pytest.raises(ValueError, match="range"):
        parse_settings({"palette": "neon"})


def test_nothing_is_remembered_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    assert "not remembered" in save_settings(Settings())
    assert "not remembered" in save_history([])
    settings, told = load_settings()
    assert settings == Settings()
    assert told


def test_a_rating_follows_from_the_games() -> None:
    def games(opponent: str, won: int, lost: int) -> list[Played]:
        return [Played("connect_four", opponent, float(n < won)) for n in range(won + lost)]

    assert rate([], LADDER, "connect_four") is None
    assert rate(games("perfect", 3, 3), LADDER, "connect_four") is None, "an unrated opponent tells nothing"
    assert rate(games("alphabeta-4", 3, 3), LADDER, "tic_tac_toe") is None, "another game"
    even = rate(games("alphabeta-4", 30, 30), LADDER, "connect_four")
    assert even is not None
    assert even.rating == pytest.approx(380.0, abs=3)
    assert even.games == 60
    # the model's own interval: 1.96 * 400 / ln 10 / sqrt(n / 4) at even odds, the prior a game more
    assert (even.high - even.low) / 2 == pytest.approx(1.96 * 173.7 / (61 / 4) ** 0.5, rel=0.05)
    better = rate(games("alphabeta-4", 45, 15), LADDER, "connect_four")
    assert better is not None
    assert better.rating == pytest.approx(380 + 190.8, abs=15)
    always = rate(games("alphabeta-4", 5, 0), LADDER, "connect_four")
    assert always is not None
    assert always.low > 380 > always.low - 400, "winning all of a few games bounds from below"


def test_the_place_is_told_in_a_sentence() -> None:
    own = OwnRating(400.0, 300.0, 500.0, 12)
    below, above = place(own, LADDER)
    assert below is not None
    assert above is not None
    assert (below.player, above.player) == ("alphabeta-4", "zero with 64 simulations")
    words = sentence(own, LADDER)
    assert words == "You are here: above Alpha-beta 4, below Zero, 64 simulations (12 games)."
    assert "few games" in sentence(OwnRating(-900.0, -1000.0, -800.0, 1), LADDER)
    assert sentence(None, []) == "", "of a ladder that is not there nothing is said"
    assert title("forgetful.best") == "Forgetful at best"
    assert title("alphabeta-6") == "Alpha-beta 6"
    assert title("imitator.sampled") == "Imitator, sampled"


def test_the_shipped_ladder_knows_the_window_s_opponents() -> None:
    ladder = read_ladder("connect_four")
    assert [rung.rating for rung in ladder] == sorted((rung.rating for rung in ladder), reverse=True)
    for name in ("forgetful", "forgetful.best", "alphabeta-4", "alphabeta-8", "wins-and-blocks", "random"):
        assert rung_of(ladder, name) is not None, name
    assert rung_of(ladder, "perfect") is None
    assert read_ladder("tic_tac_toe") == []


def test_a_ready_made_agent_lies_between_the_strengths_that_were_measured() -> None:
    ladder = [Rung("pretrained:zero", 600.0, 560.0, 640.0), Rung("pretrained:zero@15", 800.0, 750.0, 850.0)]
    found = rung_of(ladder, "pretrained:zero@3")
    assert found is not None
    assert found.rating == pytest.approx(700.0), "half way in the logarithm of 1 + simulations"
    assert (found.low, found.high) == (560.0, 850.0)
    assert rung_of(ladder, "pretrained:zero@16") is None, "beyond what was measured nothing is said"
    assert rung_of(ladder, "pretrained:master@3") is None
    assert title("pretrained:zero@64") == "Ready-made Zero, 64 simulations"
    shipped = read_ladder("connect_four")
    assert rung_of(shipped, "pretrained:zero@64") is not None
    assert rung_of(read_ladder("connect_four", ready_made=False), "pretrained:zero@64") is None


def test_rated_games_are_remembered_and_broken_ones_put_aside() -> None:
    games = [Played("connect_four", "alphabeta-4", 0.5)]
    assert save_history(games) == ""
    assert load_history() == (games, "")
    history_path().write_text('[{"world": "connect_four", "opponent": "x", "points": 7}]')
    found, told = load_history()
    assert found == []
    assert "put aside" in told
    assert load_history() == ([], "")
