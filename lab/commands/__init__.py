"""The subcommands that are for every world: both at once, resume, report, runs."""
