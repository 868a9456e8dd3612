"""The report page: what was run, what came out, in words, figures and tables."""
