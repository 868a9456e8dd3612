"""What a run will do: its reconstructions, the code that each rule runs on, what it costs."""
