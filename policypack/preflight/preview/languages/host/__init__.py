"""Programs of any language whose host (``pulumi-language-NAME``) is installed."""
