"""One record per kind of thing: what the rest of the house asks of it stands here, once.

Method kinds, doors, descriptors, diagnoses, figures, tables, words of verdicts. Nothing that
decides pixels or weights may depend on a record: an edited title reruns no training. What a
record's settings say reaches a stage as values, through the params of its rule.
"""
