"""The words in which a run judges, and how many tiles it takes to judge."""

# Of two sets of tiles, by a permutation test.
SAME, DIFFERENT = "cannot be told from real", "differs from real"
TOO_FEW, UNDEFINED = "too few tiles", "not defined"
POWERLESS = "too few or too empty tiles to tell"  # from real; the test would not have seen it
# Of a fault that is looked for.
FOUND, NOT_FOUND, CANNOT_TELL = "found", "not found", "cannot tell"
# Of a statement of the paper.
HOLDS, FAILS, UNTESTABLE = "holds", "does not hold", "not testable"

FEWEST_TILES = 30  # of the smallest set that a verdict rests on
WANTED_TILES = 128  # a sharp verdict's, the paper's number of realisations
# Of the tiles that a set is worth, each as full as the others: of n that are full and n that are
# empty, the test tells them apart at 2^-n, and has to at 5 % over a family of ten descriptors.
FEWEST_TELLING = 8
MOST_UNSEEN = 20  # floors; an error so large has to be seen
