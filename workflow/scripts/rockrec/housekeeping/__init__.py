"""How a stage runs: what it logs, writes, keeps and computes on. Nothing here changes a number.

So an edit of this room reruns nothing that decides pixels or weights.
"""
