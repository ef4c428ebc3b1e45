"""The pack about TLS: versions, suites and certificates of whatever speaks it."""
