"""The language half: who writes and how it learns. Stands on lab alone. Its rooms are built next."""
