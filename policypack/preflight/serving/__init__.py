"""Policy packs: ``PolicyPack``, and the Analyzer service behind it."""
