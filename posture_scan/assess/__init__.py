"""The main job as a library: observe, judge, rate and write down, for commands and programs."""
