"""One event's trace: every hop between till and shop page with its time, kept for a week."""
