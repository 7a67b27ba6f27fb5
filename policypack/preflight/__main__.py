"""``python -m preflight``: the command line."""

from preflight.commands.cli import main

if __name__ == "__main__":
    main()
