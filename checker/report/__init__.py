"""Words and JSON: everything that people or programs read is made here."""
