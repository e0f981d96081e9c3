"""frontdoor.toml: one model of every key it may have, and what is said when one is wrong. `bot.roster` makes the office of it."""
