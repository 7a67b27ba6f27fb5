"""Facts about AWS and pulumi-aws: typed accessors over small dated tables, loaded when first asked.

`python -m preflight.facts` regenerates the tables in `data/` from pinned packages. Hand tables stand in the accessor
modules, with the month they were written and the AWS page that states them; limits and names were compared with the API
reference that botocore 1.44.8 (2026-11-20) carries, what only a user guide says was not compared with the live page.
A fact that a table does not hold is unknown, never false: accessors say so in their types.
"""
