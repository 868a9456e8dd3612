"""The config of a run, made whole: defaults, and every mistake named before any job starts."""
