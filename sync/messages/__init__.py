"""The wire: how the rules' values become bytes and topics, and back."""
