"""An independent oracle of Go's humans: dictionaries of stones, chains by flood fill."""

from __future__ import annotations

import itertools

import numpy as np

from agents import go_procedure as knowledge
from agents.go_procedure import GoHabit, GoHuman
from games.core import Game, States

Point = tuple[int, int]
Stones = dict[Point, int]  # (row, column) -> 1 Black, 2 White


class Oracle:
    """A position as plain dictionaries, and what a human makes of it: the words of go_procedure.py anew."""

    def __init__(self, game: Game, state: States) -> None:
        self.size, self.game = game.observation_shape[1], game
        marks = "".join(game.to_text(state[0]).split("\n")[: self.size])
        cells = list(itertools.product(range(self.size), repeat=2))
        self.cells = cells
        self.stones: Stones = {c: ".XO".index(m) for c, m in zip(cells, marks, strict=True) if m != "."}
        self.own = 1 + int(state["player"][0])
        self.passed, self.last = int(state["passes"][0]) == 1, int(state["last"][0])
        owners = game.score(state)[1][0]
        self.land = {c for c, owner in zip(cells, owners, strict=True) if owner == 3 - 2 * self.own}
        self.ahead = game.rewards(self._counted(state))[0, self.own - 1] > 0
        legal = game.legal_action_mask(state)[0][:-1]
        self.points = [c for c, fits in zip(cells, legal, strict=True) if fits and not self.own_eye(c)]
        self.after = {c: self.play(c) for c in self.points}
        self.taken = {c: len(self.stones) + 1 - len(after) for c, after in self.after.items()}
        self.endangered = self.in_atari(self.stones, self.own)
        self.exposed = {c: self.in_atari(after, self.own) for c, after in self.after.items()}
        self.attacked = {c: self.in_atari(after, 3 - self.own) for c, after in self.after.items()}
        self.liberties = {c: len(self.chain(after, c)[1]) for c, after in self.after.items()}

    def _counted(self, state: States) -> States:
        ended = state.copy()
        ended["passes"] = 2
        return ended

    def beside(self, cell: Point) -> list[Point]:
        near = [(cell[0] + r, cell[1] + c) for r, c in ((-1, 0), (1, 0), (0, -1), (0, 1))]
        return [there for there in near if 0 <= there[0] < self.size and 0 <= there[1] < self.size]

    def around(self, cell: Point, lines: int) -> list[Point]:
        return [c for c in self.cells if c != cell and max(abs(c[0] - cell[0]), abs(c[1] - cell[1])) <= lines]

    def own_eye(self, cell: Point) -> bool:
        if any(self.stones.get(near) != self.own for near in self.beside(cell)):
            return False
        corners = [c for c in self.around(cell, 1) if c[0] != cell[0] and c[1] != cell[1]]
        theirs = sum(self.stones.get(c) == 3 - self.own for c in corners)
        return theirs == 0 if len(corners) < 4 else theirs < 2

    def chain(self, stones: Stones, cell: Point) -> tuple[set[Point], set[Point]]:
        """The stones of a chain, and its liberties."""
        chain, free, todo = {cell}, set(), [cell]
        while todo:
            for near in self.beside(todo.pop()):
                if near not in stones:
                    free.add(near)
                elif stones[near] == stones[cell] and near not in chain:
                    chain.add(near)
                    todo.append(near)
        return chain, free

    def play(self, cell: Point) -> Stones:
        after = {**self.stones, cell: self.own}
        for near in self.beside(cell):
            if after.get(near) == 3 - self.own:
                chain, free = self.chain(after, near)
                if not free:
                    after = {c: kind for c, kind in after.items() if c not in chain}
        return after

    def in_atari(self, stones: Stones, color: int) -> int:
        """How many stones of that colour have one liberty left."""
        return sum(kind == color and len(self.chain(stones, c)[1]) == 1 for c, kind in stones.items())

    def rescues(self, cell: Point) -> bool:
        return self.exposed[cell] < self.endangered and self.liberties[cell] > 1

    def quiet(self, mind: int) -> list[Point]:
        """Step 4: what is left when there is nothing to take and nothing to rescue."""
        left = self.points
        if mind & knowledge.LADDER and mind & knowledge.RESCUE:
            left = [c for c in left if not self.rescues(c)] or left
        if mind & knowledge.SELF_ATARI:
            left = [c for c in left if self.liberties[c] > 1] or left
        if mind & knowledge.TWO_PLY:
            left = [c for c in left if self.exposed[c] <= self.endangered] or left
        return [c for c in left if c not in self.land] if mind & knowledge.OWN_LAND else left

    def odds(self, cell: Point, habit: GoHabit) -> float:
        line = min(*cell, self.size - 1 - cell[0], self.size - 1 - cell[1])
        odds = habit.lines[min(line, 2)]
        for near in self.beside(cell):
            kind = self.stones.get(near)
            odds *= 1.0 if kind is None else habit.touching if kind == self.own else habit.facing
        odds *= habit.atari if self.attacked[cell] else 1.0
        last = divmod(self.last, self.size) if 0 <= self.last < self.size**2 else None
        odds *= habit.near if last is not None and (cell == last or last in self.around(cell, 2)) else 1.0
        return odds * (habit.open if not self.stones.keys() & set(self.around(cell, 1)) else 1.0)

    def choice(self, mind: int, habit: GoHabit) -> np.ndarray:
        weights = np.zeros(self.size**2 + 1)
        if mind & knowledge.COUNT and self.ahead and self.passed:
            weights[-1] = 1.0
            return weights
        taking = {c: self.taken[c] ** 2 for c in self.points if self.taken[c]}
        saving = [c for c in self.points if self.rescues(c)]
        if mind & knowledge.LADDER:
            saving = [c for c in saving if self.liberties[c] >= 3]
        if mind & knowledge.CAPTURE and taking:
            kept = {c: self.odds(c, habit) * weight for c, weight in taking.items()}
        else:
            left = saving if mind & knowledge.RESCUE and saving else self.quiet(mind)
            kept = {c: self.odds(c, habit) for c in left}
        for (row, column), odds in kept.items():
            weights[row * self.size + column] = odds / sum(kept.values())
        weights[-1] = not kept
        return weights

    def policy(self, human: GoHuman) -> np.ndarray:
        """The mixture over every combination of slips."""
        policy = np.zeros(self.size**2 + 1)
        for slipped in itertools.product((False, True), repeat=len(human.slips)):
            chance, mind = 1.0, human.knows
            for slip, happens in zip(human.slips, slipped, strict=True):
                chance *= slip.rate if happens else 1 - slip.rate
                mind &= ~slip.misses if happens else ~0
            policy += chance * self.choice(mind, human.habit)
        return policy
