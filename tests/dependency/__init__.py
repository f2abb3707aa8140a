"""alignspec as other projects use it: installed from its wheel."""
