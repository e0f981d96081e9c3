"""How each fact changes the ticket."""
