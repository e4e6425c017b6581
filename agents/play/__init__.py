"""The window: play against the agents and see what they think.

The game record, the thoughts and the engine know nothing of pygame; the drawing knows nothing of torch.
"""
