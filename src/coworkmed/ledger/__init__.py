"""Days and hours that places gave one another: accounts, transfers, limits, statements, set-off."""
