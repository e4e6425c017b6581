"""The reward-hack zoo: graders with a planted hole, beside the verifier that knows the truth."""
