"""Code that comes along with a function: the files of its archive, and what can be seen in them without running
anything.

``open_code`` reads an archive or asset as Pulumi puts it on the wire; the other functions look into the files. Whatever
can't be seen (an S3 object, an image, a generated module) is said to be so: :class:`CannotTell`, with the reason.
"""

from preflight.documents.code.files import Files, Unreadable, open_code
from preflight.documents.code.handler import CannotTell, Found, Missing, Verdict, handler
from preflight.documents.code.node import node_handler
from preflight.documents.code.python import Import, python_handler, python_imports
from preflight.documents.code.rotation import STEPS, Steps, rotation_steps

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
