"""How a program of each language is started, and its failures explained."""
