"""Pure helpers about the documents that properties hold: IAM policies, ARNs, networks, schedules, code, templates,
names.

Nothing in here knows resources, rules or the network. Three conventions hold throughout:

* A question about a document that may hold unknown values is answered with :data:`~preflight.documents.answer.Answer`:
  ``True``, ``False``, or ``None`` where it can't be told.
* Bad text never raises: the reader returns :class:`~preflight.documents.answer.Invalid` with a reason, or a value whose
  ``error`` says what is wrong. (:mod:`~preflight.documents.yaml_text` raises: its callers name the file.)
* Every fact about AWS names the documentation page that it comes from.
"""
