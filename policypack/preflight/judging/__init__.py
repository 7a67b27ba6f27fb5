"""From a request to verdicts: decode, dispatch, call the rules, and word what they found."""
