"""Stock ``pulumi_policy`` policies in Preflight's server, and Preflight's rules in a stock pack."""
