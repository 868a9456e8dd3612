"""What Snakemake's own process and the scripts both use: plain Python, nothing foreign imported.

So a config is checked, and a run is planned, where only Snakemake is installed.
"""
