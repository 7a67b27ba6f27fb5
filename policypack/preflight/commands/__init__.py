"""The subcommands of ``preflight``, one module each; a module's ``command`` is the click command."""
