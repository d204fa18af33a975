"""`python -m ops.supervisor`: the demo, as PORT, DATA, FRESH and DEMO say."""

import os
import sys

from ops.supervisor.supervisor import main

if __name__ == "__main__":
    sys.exit(main(os.environ))
