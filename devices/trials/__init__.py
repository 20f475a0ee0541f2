"""Long trials of the real spool and the real scanner source against the virtual devices, on demand."""
