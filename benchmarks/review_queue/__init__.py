"""How long the desk of reviewers takes over a large registry."""
