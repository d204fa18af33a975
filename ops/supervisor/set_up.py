"""Builds the demo's schools, in a process of its own with the product's settings and the app's role.

Run by the supervisor: `python -m ops.supervisor.set_up OUTPUT.json`. The schools are made by
`ops.demo_school.build`; what it returns about them is written to the output.
"""

import json
import os
import sys
from pathlib import Path

from ops.supervisor.installation import write_private
from ops.supervisor.servers import ROOT


def main() -> None:
    """Set Django up and build."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import django

    django.setup()
    from ops import demo_school

    built = demo_school.build(data_dir=Path(os.environ["DATA"]), base=os.environ["DEMO_BASE"])
    write_private(Path(sys.argv[1]), json.dumps({"schools": built["schools"], "sso": built.get("sso", [])}))


if __name__ == "__main__":
    main()
