"""Find packs, plan what to collect once, run it, judge it; the one wall around code that fails."""
