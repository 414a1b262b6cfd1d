"""Failed assertions in `networks` show their values, as those in test files do."""

import pytest

pytest.register_assert_rewrite("networks")
