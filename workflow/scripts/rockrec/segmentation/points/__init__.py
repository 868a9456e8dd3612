"""Random points of a mosaic, judged by its user: the phase fraction, with an interval.

Strokes are no sample: where they lie the painter chose. Points are drawn at random from strata, by
what the model found and how sure it was, with more of them where it errs more; what they are then
judged to be gives the fraction, whatever the model is worth.
"""
