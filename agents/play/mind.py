"""Who thinks for the window: moves of those who sit at the board, and thoughts about a position.

Made and used in the engine's thread alone. Everything heavy is imported here when it is first asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.play.exact import Truths, truth_of
from agents.play.seats import EXACT, PERSON, SEARCH, Seat, full_name, roster
from agents.play.thoughts import Candidate, Opinion, Thoughts, Truth
from agents.player import Player, UnknownPlayer
from agents.ready_made import preferred_of
from games.core import Game, States, load_game

if TYPE_CHECKING:
    from agents.go_ownership import Ownership
    from agents.search import Evaluator

PLAYOUTS = 6  # random games behind each judgement of a search without a network
OWNER_PLAYOUTS = 200  # behind whose point is whose
MODEL_HUMAN = "forgetful"  # whom the ready-made imitator imitates
GO_HUMAN = "tactician"
CLUB_PLAYER = "two-ply"  # whose procedure rules moves out (agents/certificates.py)
RARE = 1e-4  # a move 37 is below this chance
WARM = 2  # simulations that compile all a search needs
Stop = Callable[[], bool]


class Superseded(Exception):  # noqa: N818
    """Something else was asked for in the meantime: nobody waits for this answer."""


class Mind:
    """The players and thinkers of one game, each made when first asked for and kept."""

    def __init__(self, world: str) -> None:
        """Raises UnknownGame."""
        self.game: Game = load_game(world)
        from games.go import is_go  # with the rules, not with the menu

        self._is_go = is_go(self.game)
        self._players: dict[str, Player] = {}
        self._evaluators: dict[str, Evaluator] = {}
        self._owns: Ownership | None = None
        self._owns_by = ""
        self._truths: Truths | None = None
        self._knows_truth: bool | None = None
        self.stop: Stop = lambda: False

    def rules(self) -> Game:
        """The game, each of its rules called once: the window calls them, too, and while a kernel is compiled
        for the engine no other can be loaded."""
        game, states = self.game, self.game.new(1)
        states = game.step(states, game.legal_action_mask(states).argmax(axis=1).astype(np.int32))
        for rule in (game.current_player, game.observe, game.rewards, game.is_terminal, game.score):
            if rule is not None:
                rule(states)
        return game

    def prepare(self, seat: Seat, simulations: int) -> None:
        """Load what a seat needs, and have it move once, so that its kernels are there, too.

        Raises UnknownPlayer, CheckpointError.
        """
        if seat != PERSON:
            self._player(seat, simulations)
            self.move(seat, min(simulations, WARM), self.game.new(1), 0, 0)

    def move(self, seat: Seat, simulations: int, states: States, key: int, ply: int) -> int:
        """The seat's move at a position [1]; whatever it draws follows from the game's key and the ply."""
        player = self._player(seat, simulations)
        return int(player.act(states, np.array([key], np.uint64), np.array([ply], np.int32))[0])

    def think(self, states: States, simulations: int) -> Thoughts:
        """What is to be thought of a position [1] that is not over."""
        from agents.search import principal_variation, search_states
        from lab.tree_search import SearchConfig

        name, evaluator = self._thinker()
        config = SearchConfig(simulations, "puct", self.game.num_actions)
        result, tree = search_states(self.game, evaluator, states, config)
        visits, q = result.visit_counts[0], result.action_values[0]
        prior = np.exp(tree.log_prior[0, 0])
        lines = {int(a): self._line(int(a), tree) for a in np.flatnonzero(visits)}
        first = principal_variation(tree, 0)[:1]
        legal = np.flatnonzero(self.game.legal_action_mask(states)[0])
        order = sorted(legal, key=lambda a: (a not in first, -visits[a], -prior[a]))
        candidates = tuple(
            Candidate(int(a), int(visits[a]), float(q[a]), float(prior[a]), lines.get(int(a), (int(a),)))
            for a in order
        )
        truth = self._truth(states)
        owner, lead, lead_by = self._ownership(states)
        share = visits / max(1, visits.sum())
        searched = Opinion(
            "search", f"{name}, {simulations} simulations", _plain(share), float(result.value[0])
        )
        return Thoughts(
            float(result.value[0]),
            simulations,
            candidates,
            (*self._raw_opinions(states, name, prior, evaluator), searched),
            truth,
            self._surprises(states, truth),
            CLUB_PLAYER if self.game.name == "connect_four" else "",
            owner,
            lead,
            lead_by,
        )

    def _ownership(self, states: States) -> tuple[tuple[float, ...], float | None, str]:
        """Whose each point is expected to be, how far the first player leads, where area counts, and which
        agent says so; playouts where none has learned it."""
        if not self._is_go:
            return (), None, ""
        from agents.go_ownership import playout_ownership
        from agents.names import find_ownership

        if self._owns is None:
            name = self._thinker_name()
            learned = None if name == SEARCH else find_ownership(name, self.game)
            self._owns = learned or playout_ownership(OWNER_PLAYOUTS)
            self._owns_by = name.removeprefix("pretrained:") if learned else ""
        owner, lead = self._owns(states)
        return tuple(float(share) for share in owner), lead, self._owns_by

    def _line(self, action: int, tree: Any) -> tuple[int, ...]:
        """The moves that the search expects from a root move on, itself first."""
        line, edge = [int(action)], int(np.flatnonzero(tree.action_ids[0, 0] == action)[0])
        node = int(tree.children[0, 0, edge])
        while node > 0 and tree.visit_counts[0, node].any() and len(line) < 12:
            edge = int(tree.visit_counts[0, node].argmax())
            line.append(int(tree.action_ids[0, node, edge]))
            node = int(tree.children[0, node, edge])
        return tuple(line)

    def _raw_opinions(
        self, states: States, name: str, prior: Any, evaluator: Evaluator
    ) -> tuple[Opinion, ...]:
        """What those say who do not search: the imitator, or the human itself, and the search's network."""
        found = []
        names = [seat.name for seat in roster(self.game.name)]
        if "pretrained:imitator" in names:
            policy = self._policy("pretrained:imitator.sampled", states)
            found.append(Opinion("imitator", "copies a human, does not search", policy))
        elif human := {"connect_four": MODEL_HUMAN}.get(self.game.name, GO_HUMAN if self._is_go else ""):
            policy = self._policy(human, states)
            found.append(Opinion("human", f"{human}: its exact choice", policy))
        if name != SEARCH:
            value = float(evaluator(states)[1][0])
            found.append(Opinion("network", f"{name}, at first sight", _plain(prior), value))
        return tuple(found)

    def _policy(self, name: str, states: States) -> tuple[float, ...]:
        player = self._named(name)
        assert player.policy is not None
        return _plain(player.policy(states)[0])

    def _surprises(self, states: States, truth: Truth | None) -> tuple[int, ...]:
        """Moves that the club player's procedure leaves out, slips apart, and that keep the value, where
        nothing is to be taken or stopped at once and something can be lost (agents.positions: hard)."""
        if truth is None or self.game.name != "connect_four":
            return ()
        legal = [a for a, value in enumerate(truth.values) if value is not None]
        if all(truth.right(a) for a in legal) or self._is_forced(states, truth):
            return ()
        policy = self._policy(f"{CLUB_PLAYER}.careful", states)
        return tuple(a for a in legal if truth.right(a) and policy[a] < RARE)

    def _is_forced(self, states: States, truth: Truth) -> bool:
        """Whether a win can be taken or must be stopped at once."""
        from games.connect_four import playable_cells, winning_cells

        current, occupied = states["current"][0], states["occupied"][0]
        ends = winning_cells(current, occupied) | winning_cells(current ^ occupied, occupied)
        return bool(playable_cells(occupied) & ends)

    def _truth(self, states: States) -> Truth | None:
        truths = self._known_truths()
        return None if truths is None else truths(states)

    def _known_truths(self) -> Truths | None:
        if self._knows_truth is None:
            self._truths = truth_of(self.game)
            self._knows_truth = self._truths is not None
        return self._truths

    def _thinker(self) -> tuple[str, Evaluator]:
        """The name and the evaluator of the analysis: the agent that plays for us anywhere, else playouts."""
        name = self._thinker_name()
        return name.removeprefix("pretrained:"), self._evaluator(name)

    def _thinker_name(self) -> str:
        agents = [seat.name for seat in roster(self.game.name) if seat.group == "agents"]
        return preferred_of(agents, self.game.name)

    def _player(self, seat: Seat, simulations: int) -> Player:
        name = full_name(seat, simulations)
        if name in self._players:
            return self._players[name]
        if seat.searches and (simulations or seat.name == SEARCH):
            from agents.search import search_player
            from lab.tree_search import SearchConfig

            config = SearchConfig(max(1, simulations), "gumbel", self.game.num_actions)
            self._players[name] = search_player(name, self.game, self._evaluator(seat.name), config)
        elif seat.name == EXACT and self.game.name != "connect_four":
            self._players[name] = self._perfect()
        else:
            return self._named(name)
        return self._players[name]

    def _named(self, name: str) -> Player:
        from agents.names import find_player

        if name not in self._players:
            self._players[name] = find_player(name, self.game, batch=1)
        return self._players[name]

    def _perfect(self) -> Player:
        """Who plays by the truth. Raises UnknownPlayer where nobody knows it."""
        from agents.player import policy_player

        truths = self._known_truths()
        if truths is None:
            raise UnknownPlayer(f"{self.game.title} is too large to be known to the end: no perfect player")

        def policy(states: States) -> Any:
            out = np.zeros((len(states), self.game.num_actions))
            for row in range(len(states)):
                truth = truths(states[row : row + 1])
                out[row, list(truth.best)] = 1.0 / len(truth.best)
            return out

        return policy_player(EXACT, policy)

    def _evaluator(self, name: str) -> Evaluator:
        """What a seat's network thinks, given up as soon as nobody waits for it any more."""
        if name not in self._evaluators:
            self._evaluators[name] = self._stoppable(self._made_evaluator(name))
        return self._evaluators[name]

    def _made_evaluator(self, name: str) -> Evaluator:
        if name == SEARCH and self._is_go:
            from agents.go_estimate import playout_evaluator as go_evaluator

            return go_evaluator(self.game)
        if name == SEARCH:
            return playout_evaluator(self.game)
        from agents.names import find_evaluator

        return find_evaluator(name, self.game, batch=1)

    def _stoppable(self, evaluator: Evaluator) -> Evaluator:
        def checked(states: States) -> Any:
            if self.stop():
                raise Superseded
            return evaluator(states)

        return checked


def playout_evaluator(game: Game) -> Evaluator:
    """Every move alike, and the mean outcome of random games: for games without a network. A pure function of
    the position."""
    from lab.randomness import fold_in_batch, sample_batch

    def value(state: States) -> float:
        mover = int(game.current_player(state)[0])
        seed = zlib.crc32(state.tobytes())
        keys = fold_in_batch(np.full(PLAYOUTS, seed, np.uint64), np.arange(PLAYOUTS))
        states = np.repeat(state, PLAYOUTS)
        for ply in range(game.max_plies):
            mask = game.legal_action_mask(states)
            going = mask.any(axis=1)
            if not going.any():
                break
            states[going] = game.step(
                states[going], sample_batch(mask[going].astype(np.float64), keys[going], ply)
            )
        return float(game.rewards(states)[:, mover].mean())

    def evaluate(states: States) -> Any:
        values = [value(states[row : row + 1]) for row in range(len(states))]
        return np.zeros((len(states), game.num_actions), np.float32), np.array(values, np.float32)

    return evaluate


def _plain(policy: Any) -> tuple[float, ...]:
    return tuple(float(share) for share in policy)
