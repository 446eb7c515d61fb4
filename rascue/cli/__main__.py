"""`python -m rascue.cli`, for child processes of `rascue run`."""

import sys

from rascue.cli.main import main

sys.exit(main())
