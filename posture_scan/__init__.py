"""posture-scan: checks a firm's security posture and says what it earns at insurance.

The data flows scope -> discovery -> evidence -> findings -> rating -> report -> envelope;
the folders stand in that order in ``.github/CONTRIBUTING.md``.
"""

import os

__version__ = "0.1.0"

# A wheel carries checks/ and profiles/ inside this package; a checkout keeps them beside it.
_here = os.path.dirname(__file__)
if not os.path.isdir(os.path.join(_here, "checks")):
    __path__.append(os.path.dirname(_here))
