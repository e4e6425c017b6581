"""The first lessons: small worlds with one player, whose truth is known exactly. Nothing heavy here."""
