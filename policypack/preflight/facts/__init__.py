"""Facts about AWS and pulumi-aws: typed accessors over small dated tables, loaded when first asked.

`python -m preflight.facts` regenerates the tables in `data/` from pinned packages; hand tables stand in the accessor
modules with the AWS page and the date they were read. A fact that a table does not hold is unknown, never false:
accessors say so in their types.
"""
