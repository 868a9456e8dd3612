"""Tables of the paper, from the files of a run: data frames, one module per table."""
