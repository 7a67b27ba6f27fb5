"""Rules for CloudTrail trails: what they record, where it goes, how it is kept."""
