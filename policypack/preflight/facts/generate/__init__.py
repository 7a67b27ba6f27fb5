"""One module per generated table, each with `NAME` and `generate(out)`, which writes the table's file into the folder
`out`.
"""
