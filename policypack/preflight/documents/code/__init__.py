"""Code that comes along with a function: the files of its archive, and what can be seen in them without running
anything.

``open_code`` reads an archive or asset as Pulumi puts it on the wire; the other functions look into the files. Whatever
can't be seen (an S3 object, an image, a generated module) is said to be so: :class:`CannotTell`, with the reason.
"""

from .files import Files, open_code
from .handler import handler
from .node import node_handler
from .python import Import, python_handler, python_imports
from .rotation import STEPS, Steps, rotation_steps
from .sources import Unreadable
from .verdict import CannotTell, Found, Missing, Verdict

__all__ = [
    "STEPS",
    "CannotTell",
    "Files",
    "Found",
    "Import",
    "Missing",
    "Steps",
    "Unreadable",
    "Verdict",
    "handler",
    "node_handler",
    "open_code",
    "python_handler",
    "python_imports",
    "rotation_steps",
]
