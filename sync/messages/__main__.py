"""`python -m sync.messages`: print the AsyncAPI document that `docs/asyncapi.json` keeps."""

import sys

from sync.messages.asyncapi import text

if __name__ == "__main__":
    sys.stdout.write(text())
