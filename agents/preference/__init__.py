"""AlphaGo, trained with RLHF: a reward model of scripted raters' taste in moves, and reinforcement on it.

The twin of llm_bridge/preference: raters, preferences, reward model, and three curves kept apart: the
proxy (what the reward model pays), the gold (the raters' true utility) and the goal (moves
that keep the exact value).
"""
