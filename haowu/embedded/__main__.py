"""``python -m haowu.embedded remove``: stop the private servers and delete their data."""

import sys

from haowu import embedded

if sys.argv[1:] != ["remove"]:
    sys.exit(__doc__)
try:
    embedded.remove()
except embedded.NotReady as error:
    sys.exit(f"haowu: {error}")
