"""``python -m tests.reference``: see ``tests/reference/agreement.py``."""

import sys

from tests.reference.agreement import main

sys.exit(main())
